import type { MetadataEncoding } from '../../data/preparation/metadataInput.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import type { PostedError } from '../../postedError.js';
import type { TrainEvent } from '../../training/events.js';
import type { Recipe } from '../../training/recipe/config.js';
import type { SplitImages } from '../../training/recipe/trainingSplits.js';

/** What a training thread gets before its job, when nothing may be known of the images yet. */
export interface TrainPreparation {
  readonly recipe: Recipe;
  readonly seed: number;
  readonly classIds: readonly string[];
  readonly threads: number;
  readonly device: 'cpu' | 'webgpu';
  /** file of weights (safetensors, .pth or ONNX) to begin with instead of random weights. */
  readonly weightsFile: string | null;
}

/** Everything a training needs; plain data, so that it can be sent to a worker. */
export interface TrainJob extends TrainPreparation {
  readonly runFolder: string;
  readonly classWeights: readonly number[];
  readonly logitOffsets?: readonly number[];
  /** Left out in runs of earlier versions that are gone on with. */
  readonly trainedPrevalence?: readonly number[];
  readonly preprocessing: Preprocessing;
  readonly preparedFile: string;
  /** What is known of the images beside their pixels, [count, width] of each split, where the network is told it. */
  readonly metadata?: {
    readonly encoding: MetadataEncoding;
    readonly train: Float32Array;
    readonly validation: Float32Array;
  };
  /** [training images * K], a teacher's probabilities, where the network learns from one. */
  readonly teacher?: Float32Array;
  readonly train: SplitImages;
  readonly validation: SplitImages;
  /** Goes on from the saved state instead of beginning anew. */
  readonly resume: boolean;
  /** Also writes TensorBoard event files. */
  readonly tensorBoard: boolean;
  /** Shared with whoever may stop the training: element 0 other than 0 means stop. */
  readonly stopFlag: Int32Array<SharedArrayBuffer>;
}

/** What a training thread is sent: what to open ahead, a few steps to be timed, and last a job, or null where there will be none. */
export type TrainRequest =
  | { readonly type: 'prepare'; readonly preparation: TrainPreparation }
  | { readonly type: 'rehearse' }
  | { readonly type: 'train'; readonly job: TrainJob | null };

/** Seconds that a step takes, and augmenting an image, found out on random pixels. */
export interface RehearsedTimes {
  readonly step: number;
  readonly augmented: number;
}

/** What the training thread posts. */
export type TrainMessage =
  /** The network stands open, and can rehearse. */
  | { type: 'opened' }
  | { type: 'rehearsed'; times: RehearsedTimes }
  | { type: 'event'; event: TrainEvent }
  | { type: 'note'; text: string }
  | { type: 'error'; error: PostedError };
