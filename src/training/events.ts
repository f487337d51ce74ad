import type { CheckpointMemory } from './optimisation/checkpointRule.js';

/** One line of steps.jsonl. */
export interface StepRecord {
  /** Steps done, from 1. */
  readonly step: number;
  /** Epochs done, fractional. */
  readonly epoch: number;
  /** Class-weighted training loss, mean over the images since the last record. */
  readonly loss: number;
  /** Share of right answers since the last record, in [0, 1]. */
  readonly accuracy: number;
  readonly imagesPerSecond: number;
}

/**
 * One line of metrics.jsonl. Accuracies in [0, 1]. Both losses are class-weighted means over images, sum of w[y] times loss over
 * sum of w[y]; the training one is of augmented images, while the weights changed, and with label smoothing where that is on.
 */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly validationBalancedAccuracy: number;
  /** Recall on validation images by class id, null where a class has none; runs of earlier versions lack it. */
  readonly validationRecall?: Readonly<Record<string, number | null>>;
  /** Mean negative log-likelihood under the frequencies of the classes that the network is trained to answer for; runs of earlier versions lack it. */
  readonly validationLogLoss?: number;
  /** Mean AUROC of each class against the rest, over the classes that have one, [0, 1]; null where none has. Runs of earlier versions lack it. */
  readonly validationMacroAuroc?: number | null;
  /** Whether this epoch's weights were kept as the best so far; runs of earlier versions lack it. */
  readonly best?: boolean;
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** Where the seconds of an epoch went, what was done before the training was gone on with left out. */
export interface EpochSeconds {
  /** Until batches were there. */
  readonly waiting: number;
  /** In the network: forward and backward, and the way to a graphics card and back. */
  readonly computing: number;
  /** In the optimizer, averages and running statistics, where they are not part of the network's graph. */
  readonly updating: number;
  /** Evaluating the weights on the validation images, opening the network for it included. */
  readonly validating: number;
}

/** Where a training stands; with the trainer's state, all that resuming needs. */
export interface TrainPosition extends CheckpointMemory {
  readonly step: number;
  /** Epochs that are over. */
  readonly epoch: number;
  /** Of the running epoch: sum over its images of class weight times loss, and of the class weights. */
  readonly lossSum: number;
  readonly weightSum: number;
  readonly correct: number;
  readonly stepsInEpoch: number;
  readonly seconds: number;
  /** 0 where none is over. */
  readonly bestEpoch: number;
}

/**
 * What train() yields: the command line prints it, a browser worker posts it, the run folder records it, programs hear it by
 * `onEvent`. `secondsLeft` is a forecast for the whole training, validations included, by how long the last steps took; null where there
 * is nothing to tell from. Early stopping may end a training sooner.
 */
export type TrainEvent =
  /** Before the start where a head is trained on features: images whose features are computed. */
  | { type: 'features'; done: number; total: number }
  | { type: 'start'; steps: number; stepsPerEpoch: number; epochs: number; firstStep: number }
  | { type: 'step'; record: StepRecord; steps: number; secondsLeft: number | null }
  | { type: 'validation'; epoch: number }
  | { type: 'epoch'; record: EpochRecord; best: boolean; secondsLeft: number | null; seconds: EpochSeconds }
  /** Save now: the trainer holds the weights and the state. Whoever hears it by `onEvent` finds them saved. */
  | { type: 'checkpoint'; best: boolean; position: TrainPosition }
  | { type: 'stopped'; reason: 'interrupted' | 'diverged'; step: number }
  /** `early-stopping`: too many epochs without a better one; `epoch`: epochs that were trained. */
  | { type: 'done'; reason: 'all-epochs' | 'early-stopping'; epoch: number; bestEpoch: number };
