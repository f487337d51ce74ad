import { requireDistinct, requireInteger, requireLength, requireNumber, unexpected, Words } from '../checks.js';
import type { BatchPlan } from '../data/augmentation/batches.js';
import { metadataWidth } from '../data/preparation/metadataInput.js';
import type { Batch } from '../data/preparation/preprocessing.js';
import { takeRows } from '../data/preparation/takeRows.js';
import type { Weights } from '../nn/index.js';
import { Random } from '../random.js';
import type { EpochRecord, TrainEvent, TrainPosition } from './events.js';
import { fullSizeRate, fullSizeTurn } from './fullSize.js';
import { type CheckpointChoice, judgeEpoch, noCheckpoints } from './optimisation/checkpointRule.js';
import { dropMetadata } from './optimisation/dropMetadata.js';
import { hasStalled } from './optimisation/earlyStopping.js';
import { learningRateAt, type ScheduleOptions } from './optimisation/schedules.js';
import type { Recipe } from './recipe/config.js';
import { makeTimeLeft } from './timeLeft.js';
import type { Trainer } from './trainer.js';
import type { ValidationResult } from './validate.js';

/** What a training is made of: the trainer, its batches, and how to validate. */
export interface TrainOptions {
  /** That of the step to begin with. */
  readonly trainer: Trainer;
  readonly training: ScheduleOptions &
    Pick<Recipe['training'], 'epochs' | 'earlyStopping'> &
    Partial<Pick<Recipe['training'], 'deferredWeights' | 'averagedTail' | 'metadataDropout' | 'fullSizeEpochs'>> &
    CheckpointChoice;
  /** In class order. */
  readonly classIds: readonly string[];
  readonly plan: BatchPlan;
  /** Batches from the position's step on, and how to give their memory back. */
  readonly batches: { next(): Promise<Batch>; recycle(batch: Batch): void };
  /** [count * width], what is known of the images of the training split beside their pixels, encoded, where the model takes it. */
  readonly metadata?: Float32Array;
  /** [count * K], a teacher's probabilities for the images of the training split as they are, where the trainer learns from one. */
  readonly teacher?: Float32Array;
  /** With `fullSizeEpochs`: opens the trainer of the last epochs and closes the one before. @param weights to go on from */
  readonly enterFullSize?: (weights: Weights) => Promise<Trainer>;
  /** Computes statistics of batch norms for the weights that are evaluated, and gives them to the trainer; left out where the running ones are taken. */
  readonly recomputeStatistics?: () => Promise<void>;
  /** Evaluates weights on the validation split. */
  readonly validate: (weights: Weights) => Promise<ValidationResult>;
  /** Asked after every step; true ends the training with a checkpoint. */
  readonly shouldStop?: () => boolean;
  readonly position?: TrainPosition;
  /** Lines of steps.jsonl an epoch. Default 40. */
  readonly recordsPerEpoch?: number;
}

const beginning: TrainPosition = {
  step: 0,
  epoch: 0,
  lossSum: 0,
  weightSum: 0,
  correct: 0,
  stepsInEpoch: 0,
  seconds: 0,
  bestEpoch: 0,
  ...noCheckpoints,
};

/** Metadata of a batch, some of it dropped by seed and step. */
function drawMetadata(
  { model, seed = 0 }: Trainer['options'],
  known: Float32Array,
  rows: Int32Array,
  rate: number,
  step: number,
): Float32Array {
  const encoding = model.metadata!;
  const found = takeRows(known, metadataWidth(encoding), rows);
  dropMetadata(found, encoding, rate, new Random(seed, 'metadata', step));
  return found;
}

const beginRecord = () => ({ loss: 0, weight: 0, correct: 0, steps: 0, began: Date.now() });

/**
 * States saved before losses were weighted by their batches lack `weightSum`: their running epoch's figures cannot be gone on
 * with, and are those of its remaining steps.
 */
function readPosition(position: TrainPosition = beginning): TrainPosition {
  if (Number.isFinite(position.weightSum)) return position;
  return { ...position, lossSum: 0, weightSum: 0, correct: 0, stepsInEpoch: 0, seconds: 0 };
}

/** The next batch, made and put on the graphics card while that computes the one before. */
function sendNext(trainer: Trainer, batches: TrainOptions['batches']): Promise<Batch> {
  const step = trainer.steps + 1;
  const next = batches.next().then((batch) => {
    trainer.sendAhead(batch.images, step);
    return batch;
  });
  next.catch(() => {}); // whoever waits for it gets it
  return next;
}

/**
 * Trains, one event after the other. On a `checkpoint` event the trainer holds the weights and the state to save; it goes
 * on when the next event is asked for. The best epoch is the one with the highest validation balanced accuracy, or by the rule
 * that is asked for, the earlier on ties; with early stopping, training ends once so many epochs after it are over.
 * @throws LesionlabError kind `usage` where plan, classes or position don't fit the trainer
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent> {
  const { training, classIds, plan, batches, validate, teacher, metadata: known, enterFullSize } = options;
  let { trainer } = options;
  const { shouldStop = () => false, recordsPerEpoch = 40 } = options;
  const { batchSize } = trainer.options;
  requireInteger('epochs', training.epochs, { min: 1 });
  requireNumber('recordsPerEpoch', recordsPerEpoch, { above: 0 });
  requireLength('classIds', classIds, trainer.options.classCount, 'one a class');
  requireDistinct('classIds', classIds);
  if ((training.fullSizeEpochs ?? 0) > 0 && !enterFullSize)
    throw unexpected('enterFullSize', 'a trainer for the last epochs, as fullSizeEpochs wants it', new Words('none'));
  if (plan.batchSize !== batchSize)
    throw unexpected('plan', `batches of ${batchSize} as the trainer takes`, plan.batchSize);
  const steps = plan.epochEnd(training.epochs - 1);
  const { averagedTail = 0 } = training;
  const tail = averagedTail > 0 ? Math.round((1 - averagedTail) * steps) : undefined;
  const turn = fullSizeTurn(training, plan);
  // The schedule is over with the epochs before.
  const scheduled = turn ?? steps;
  const recordEvery = Math.max(1, Math.round(plan.stepsPerEpoch / recordsPerEpoch));
  const start = readPosition(options.position);
  requireInteger('position.step', start.step, { min: 0, max: steps });
  requireInteger('position.epoch', start.epoch, { min: 0, max: training.epochs });
  let { epoch, lossSum, weightSum, correct, stepsInEpoch, bestEpoch } = start;
  let memory = { bestScore: start.bestScore, recentScores: start.recentScores };
  let epochBegan = Date.now() - 1000 * start.seconds;
  let recent = beginRecord();
  const timeLeft = makeTimeLeft();
  const secondsLeft = (done: number) =>
    timeLeft.forecast({ steps: steps - done, validations: training.epochs - epoch });
  const position = (step: number): TrainPosition => {
    const seconds = (Date.now() - epochBegan) / 1000;
    return { step, epoch, lossSum, weightSum, correct, stepsInEpoch, seconds, bestEpoch, ...memory };
  };

  yield { type: 'start', steps, stepsPerEpoch: plan.stepsPerEpoch, epochs: training.epochs, firstStep: start.step };
  const endsEarly = (done: number) => done < steps && hasStalled({ epoch, bestEpoch }, training.earlyStopping);
  if (endsEarly(start.step)) {
    yield { type: 'done', reason: 'early-stopping', epoch, bestEpoch };
    return;
  }
  let ahead: Promise<Batch> | undefined;
  let spent = { waiting: 0, stepping: 0, updatedBefore: trainer.updateMilliseconds };
  for (let step = start.step; step < steps; step++) {
    if (step === turn) {
      await trainer.synchronise();
      trainer = await enterFullSize!(trainer.evaluatedWeights());
      spent.updatedBefore = trainer.updateMilliseconds;
    }
    const before = step < scheduled ? 0 : scheduled;
    const asked = Date.now();
    const batch = await (ahead ?? batches.next());
    const received = Date.now();
    spent.waiting += received - asked;
    const learningRate =
      step < scheduled
        ? learningRateAt(step, scheduled, epoch, training)
        : fullSizeRate(step - scheduled, steps - scheduled, training.learningRate);
    const weighted = step >= (training.deferredWeights ?? 0) * steps;
    const answers = teacher && takeRows(teacher, trainer.options.classCount, batch.indices);
    const metadata = known && drawMetadata(trainer.options, known, batch.indices, training.metadataDropout ?? 0, step);
    const told = {
      weighted,
      tail: tail === undefined ? undefined : Math.max(0, tail - before),
      teacher: answers,
      metadata,
    };
    const running = trainer.step(batch.images, batch.labels, learningRate, told);
    // The last epochs' images are of another size, and for another trainer.
    const sendsAhead = trainer.sendsAhead && step + 1 < steps && step + 1 !== turn;
    ahead = sendsAhead ? sendNext(trainer, batches) : undefined;
    const result = await running;
    spent.stepping += Date.now() - received;
    batches.recycle(batch);
    if (!Number.isFinite(result.loss)) {
      yield { type: 'stopped', reason: 'diverged', step };
      return;
    }
    lossSum += result.loss * result.weight;
    weightSum += result.weight;
    correct += result.correct;
    stepsInEpoch += 1;
    recent.loss += result.loss * result.weight;
    recent.weight += result.weight;
    recent.correct += result.correct;
    recent.steps += 1;
    const done = step + 1;
    if (done % recordEvery === 0 || done === steps) {
      const seconds = Math.max(1e-3, (Date.now() - recent.began) / 1000);
      const imagesPerSecond = (recent.steps * batchSize) / seconds;
      const record = {
        step: done,
        epoch: done / plan.stepsPerEpoch,
        loss: recent.loss / recent.weight,
        accuracy: recent.correct / (recent.steps * batchSize),
        imagesPerSecond,
      };
      timeLeft.addSteps(seconds, recent.steps);
      yield { type: 'step', record, steps, secondsLeft: secondsLeft(done) };
      recent = beginRecord();
    }
    if (done === plan.epochEnd(epoch)) {
      const trained = (Date.now() - epochBegan) / 1000;
      yield { type: 'validation', epoch: epoch + 1 };
      const validationBegan = Date.now();
      await trainer.synchronise();
      await options.recomputeStatistics?.();
      const validation = await validate(trainer.evaluatedWeights());
      const validating = (Date.now() - validationBegan) / 1000;
      timeLeft.addValidation(validating);
      if (!Number.isFinite(validation.loss)) {
        // The epoch's last update went wrong: it is not saved, so that the checkpoint before it stays.
        yield { type: 'stopped', reason: 'diverged', step: done };
        return;
      }
      epoch += 1;
      const judged = judgeEpoch(memory, validation, training, training.epochs);
      const { best } = judged;
      memory = judged.memory;
      if (best) bestEpoch = epoch;
      const record: EpochRecord = {
        epoch,
        trainLoss: lossSum / weightSum,
        trainAccuracy: correct / (stepsInEpoch * batchSize),
        validationLoss: validation.loss,
        validationAccuracy: validation.accuracy,
        validationBalancedAccuracy: validation.balancedAccuracy,
        validationRecall: Object.fromEntries(classIds.map((id, k) => [id, validation.recall[k]])),
        validationLogLoss: validation.logLoss,
        validationMacroAuroc: validation.macroAuroc,
        best,
        learningRate,
        seconds: (Date.now() - epochBegan) / 1000,
        imagesPerSecond: (stepsInEpoch * batchSize) / trained,
      };
      lossSum = 0;
      weightSum = 0;
      correct = 0;
      stepsInEpoch = 0;
      epochBegan = Date.now();
      const updating = (trainer.updateMilliseconds - spent.updatedBefore) / 1000;
      const seconds = {
        waiting: spent.waiting / 1000,
        computing: spent.stepping / 1000 - updating,
        updating,
        validating,
      };
      spent = { waiting: 0, stepping: 0, updatedBefore: trainer.updateMilliseconds };
      yield { type: 'epoch', record, best, secondsLeft: secondsLeft(done), seconds };
      yield { type: 'checkpoint', best, position: position(done) };
      if (endsEarly(done)) {
        yield { type: 'done', reason: 'early-stopping', epoch, bestEpoch };
        return;
      }
      recent = beginRecord();
    }
    if (done < steps && shouldStop()) {
      await trainer.synchronise();
      await options.recomputeStatistics?.();
      yield { type: 'checkpoint', best: false, position: position(done) };
      yield { type: 'stopped', reason: 'interrupted', step: done };
      return;
    }
  }
  yield { type: 'done', reason: 'all-epochs', epoch, bestEpoch };
}
