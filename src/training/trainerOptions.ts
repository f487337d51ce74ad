import { requireInteger, requireLength, requireNumber, requireNumbers, requireWeights } from '../checks.js';
import type { Shape } from '../graph/index.js';
import type { ModelDefinition } from '../models/index.js';
import type { Distillation } from './optimisation/distillation.js';
import type { OptimizerOptions } from './optimisation/optimizers.js';

/** What is trained, and how. */
export interface TrainerOptions {
  readonly model: ModelDefinition;
  readonly classCount: number;
  readonly imageSize: number;
  /** Of one input, without the batch. Default [3, S, S]; [D] where the model is a head that takes features. */
  readonly inputShape?: Shape;
  readonly batchSize: number;
  readonly optimizer: OptimizerOptions;
  /** [K], loss weights. */
  readonly classWeights: readonly number[];
  readonly labelSmoothing: number;
  /** [K], added to the logits in the loss alone: see `logitAdjustment` of a recipe. Default none; `balanceClasses` can change them, but not add any later. */
  readonly logitOffsets?: readonly number[];
  /** Focal loss's focusing, 0 for cross-entropy. Default 0. */
  readonly focusing?: number;
  /** Of the Beta distribution that the share of mixup is drawn from, [0, 1]. Default 0, no mixup. */
  readonly mixup?: number;
  /** The same of cutmix. Default 0, no cutmix. */
  readonly cutmix?: number;
  /** Decay per step of the weights' moving average, 0 for none. */
  readonly weightAveraging: number;
  /** Share of the training at its end whose weights are averaged alike: the steps say where it begins. Default 0, none. */
  readonly averagedTail?: number;
  /** Stochastic depth: the probability of the last residual branch, rising to it from 0. Default 0, what the architecture has. */
  readonly dropPath?: number;
  /** Learns from a teacher's answers, too, which come with each step. Default none. */
  readonly distillation?: Distillation;
  /** Names of the parameters to train; the others, and the statistics of their batch norms, stay as they are. Default all. */
  readonly trainable?: (name: string) => boolean;
  /** Let dropout drop. Default true. */
  readonly dropout?: boolean;
  /** Of dropout's masks, mixup and cutmix. Default 0. */
  readonly seed?: number;
  /**
   * Keep parameters and all that belongs to them where the graph runs, updated by the graph. Default on WebGPU; on the CPU the
   * optimizer's own kernels are seven times as fast.
   */
  readonly updatesThere?: boolean;
}

/** Arrays that averaging takes from the store. */
export const averages = ({ weightAveraging, averagedTail = 0 }: TrainerOptions) =>
  weightAveraging > 0 || averagedTail > 0 ? 1 : 0;

/** @throws LesionlabError kind `usage` for an option out of its range */
export function requireTrainerOptions(options: TrainerOptions): void {
  const {
    classCount,
    imageSize,
    batchSize,
    classWeights,
    labelSmoothing,
    mixup = 0,
    weightAveraging,
    seed = 0,
  } = options;
  requireInteger('classCount', classCount, { min: 2 });
  requireInteger('imageSize', imageSize, { min: 1 });
  requireInteger('batchSize', batchSize, { min: 1 });
  requireWeights('classWeights', classWeights, classCount, 'one a class');
  requireNumber('labelSmoothing', labelSmoothing, { min: 0, below: 1 });
  if (options.logitOffsets) {
    requireLength('logitOffsets', options.logitOffsets, classCount, 'one a class');
    requireNumbers('logitOffsets', options.logitOffsets);
  }
  requireNumber('focusing', options.focusing ?? 0, { min: 0 });
  requireNumber('mixup', mixup, { min: 0, max: 1 });
  requireNumber('cutmix', options.cutmix ?? 0, { min: 0, max: 1 });
  requireNumber('weightAveraging', weightAveraging, { min: 0, below: 1 });
  requireNumber('averagedTail', options.averagedTail ?? 0, { min: 0, max: 1 });
  requireNumber('dropPath', options.dropPath ?? 0, { min: 0, below: 1 });
  requireInteger('seed', seed);
}
