import type { Preprocessing } from '../data/preparation/preprocessing.js';
import type { ImageAnswer } from '../evaluation/answers/imageAnswer.js';
import type { AnswerKnowledge, ExportedModel } from '../evaluation/index.js';
import type { ComputeDevice } from './computeDevice.js';

/** A model that a worker has opened, as far as the page must know it. */
export interface OpenedModel extends AnswerKnowledge {
  /** Model id, for example `lenet`. */
  readonly id: string;
  readonly preprocessing: Preprocessing;
  readonly testTimeAugmentation: ExportedModel['testTimeAugmentation'];
  /** Trained on images that lesionlab drew itself. */
  readonly synthetic: boolean;
  readonly quantisation?: 'int8';
  /** Undefined where the file computes no heat maps. */
  readonly heatMapLayer?: string;
  /** Name of the data that it was trained on; undefined where the file doesn't say. */
  readonly dataName?: string;
  readonly device: ComputeDevice;
  /** Why it is not the device that was asked for. */
  readonly deviceNote?: string;
}

/** Where evidence for each class was found: [K, H, W], at least 0, in units of the class score. */
export interface ClassHeat {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** What a worker says about an image. */
export interface PredictedImage {
  readonly answer: ImageAnswer;
  /** Pixels of the image. */
  readonly width: number;
  readonly height: number;
  /** Time for the network alone, all views together. */
  readonly milliseconds: number;
  /** Small JPEG of what the network saw. */
  readonly thumbnail: Blob;
  /** Where it was asked for and the model computes it. */
  readonly heat: ClassHeat | null;
}
