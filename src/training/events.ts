/** One line of steps.jsonl. */
export interface StepRecord {
  /** Steps done, from 1. */
  readonly step: number;
  /** Epochs done, fractional. */
  readonly epoch: number;
  /** Weighted training loss, mean since the last record. */
  readonly loss: number;
  readonly imagesPerSecond: number;
}

/** One line of metrics.jsonl. Accuracies in [0, 1]; losses are class-weighted (training) means per image. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly validationBalancedAccuracy: number;
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** What train() yields. The command line prints them, a browser worker posts them, the run folder records them. */
export type TrainEvent =
  | { type: 'start'; steps: number; stepsPerEpoch: number; epochs: number; firstStep: number }
  | { type: 'step'; record: StepRecord; steps: number }
  | { type: 'validation'; done: number; total: number }
  | { type: 'epoch'; record: EpochRecord; best: boolean }
  | { type: 'stopped'; reason: 'interrupted' | 'diverged'; step: number }
  | { type: 'done'; bestEpoch: number };
