import { readFile } from 'node:fs/promises';
import type { BatchPlan } from '../data/batches.js';
import { runError } from '../errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  findModel,
  initialWeights,
  type ModelDefinition,
  openClassifier,
} from '../models/index.js';
import type { Weights } from '../nn/index.js';
import type { OpenOptions } from '../runtime/index.js';
import { nodeRuntime } from '../runtime/node.js';
import type { EpochRecord, StepRecord, TrainEvent } from '../training/events.js';
import { type TrainPosition, train } from '../training/train.js';
import { Trainer } from '../training/trainer.js';
import { validate } from '../training/validate.js';
import { createBatchLoader } from './batchLoader.js';
import { appendJsonLine, readJsonLines, writeJsonLines } from './jsonLines.js';
import { packageInfo } from './packageInfo.js';
import { openPreparedFile } from './preparedFile.js';
import { type RunFolder, runFolderPaths } from './runFolder.js';
import { openEventFile } from './tensorBoard.js';
import type { TrainJob } from './trainJob.js';
import { writeFileWhole } from './writeFile.js';

const validationBatchSize = 32;

/**
 * Trains and writes steps.jsonl, metrics.jsonl and the checkpoints of a run folder. Occupies the calling thread: run it
 * in a worker.
 * @param post gets every event but checkpoints, after the files are written
 */
export async function runTrainJob(
  job: TrainJob,
  post: (event: Exclude<TrainEvent, { type: 'checkpoint' }>) => void,
): Promise<void> {
  const folder = runFolderPaths(job.runFolder);
  const { recipe, seed, classWeights, preprocessing } = job;
  const model = findModel(recipe.model);
  const size = { model, classCount: job.classIds.length, imageSize: preprocessing.imageSize };
  // Batches are made on the same cores: threads that spin while they wait would take the time from that.
  const open: OpenOptions = { device: job.device, threads: job.threads, spin: false };
  const saved = job.resume ? await readState(folder) : undefined;
  const trainer = await Trainer.open(
    nodeRuntime,
    {
      ...size,
      batchSize: recipe.training.batchSize,
      optimizer: { kind: recipe.training.optimizer, weightDecay: recipe.training.weightDecay },
      classWeights,
      labelSmoothing: recipe.training.labelSmoothing,
      weightAveraging: recipe.training.weightAveraging,
    },
    job.weightsFile ? await readWeights(job.weightsFile) : initialWeights(size, seed),
    open,
  );
  if (saved) trainer.restoreState(saved.state, saved.position.step);
  await keepLinesUpTo(folder, saved?.position);

  const images = openPreparedFile(job.preparedFile);
  const loader = createBatchLoader({
    preparedFile: job.preparedFile,
    indices: job.train.indices,
    labels: job.train.labels,
    batchSize: recipe.training.batchSize,
    preprocessing,
    seed,
    augmentation: recipe.augmentation,
    firstStep: saved?.position.step ?? 0,
    ahead: 4,
  });
  const board = job.tensorBoard ? openEventFile(folder.tensorboard) : undefined;
  const evaluate = async (weights: Weights) => {
    const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize: validationBatchSize }, open);
    try {
      return await validate(classifier, { images, ...job.validation, preprocessing, seed }, classWeights);
    } finally {
      await classifier.close();
    }
  };
  try {
    const events = train({
      trainer,
      training: recipe.training,
      plan: loader.plan as BatchPlan,
      batches: loader,
      validate: evaluate,
      shouldStop: () => Atomics.load(job.stopFlag, 0) !== 0,
      position: saved?.position,
    });
    for await (const event of events) {
      if (event.type === 'step') {
        await appendJsonLine(folder.steps, event.record);
        board?.scalar('loss/train step', event.record.loss, event.record.step);
      } else if (event.type === 'epoch') {
        await appendJsonLine(folder.metrics, event.record);
        for (const [tag, value] of epochScalars(event.record)) board?.scalar(tag, value, event.record.epoch);
      } else if (event.type === 'checkpoint') {
        await saveCheckpoint(folder, job, model, trainer, event);
        continue;
      }
      post(event);
    }
  } finally {
    board?.close();
    await loader.close();
    images.close();
    await trainer.close();
  }
}

const epochScalars = (record: EpochRecord): [string, number][] => [
  ['loss/train', record.trainLoss],
  ['loss/validation', record.validationLoss],
  ['accuracy/train', record.trainAccuracy],
  ['accuracy/validation', record.validationAccuracy],
  ['accuracy/validation balanced', record.validationBalancedAccuracy],
  ['learning rate', record.learningRate],
];

async function saveCheckpoint(
  folder: RunFolder,
  job: TrainJob,
  model: ModelDefinition,
  trainer: Trainer,
  { best, position }: { best: boolean; position: TrainPosition },
): Promise<void> {
  const weights = encodeSafetensors(trainer.evaluatedWeights(), {
    lesionlab: packageInfo.version,
    model: model.id,
    classes: JSON.stringify(job.classIds),
    preprocessing: JSON.stringify(job.preprocessing),
    epoch: String(position.epoch),
  });
  if (best) await writeFileWhole(folder.bestCheckpoint, weights);
  await writeFileWhole(folder.lastCheckpoint, weights);
  const state = encodeSafetensors(trainer.readState(), { position: JSON.stringify(position) });
  await writeFileWhole(folder.trainingState, state);
}

async function readWeights(path: string): Promise<Weights> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw runError('weights-unreadable', `Cannot read ${path}: ${cause.message}`, { cause });
  });
  return decodeSafetensors(bytes, path).weights;
}

/** @throws LesionlabError kind `run` where there is nothing to go on with */
async function readState(folder: RunFolder): Promise<{ state: Weights; position: TrainPosition } | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(folder.trainingState);
  } catch (cause) {
    // Stopped before the first checkpoint: begins anew.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw runError('not-readable', `Cannot read ${folder.trainingState}: ${(cause as Error).message}`, { cause });
  }
  const { weights, metadata } = decodeSafetensors(bytes, folder.trainingState);
  try {
    return { state: weights, position: JSON.parse(metadata.position) as TrainPosition };
  } catch (cause) {
    throw runError('bad-state', `${folder.trainingState} does not say where the training stood`, { cause });
  }
}

/** A killed process may have logged more than it saved: those lines would come twice. */
async function keepLinesUpTo(folder: RunFolder, { step, epoch } = { step: 0, epoch: 0 }): Promise<void> {
  const steps = await readJsonLines<StepRecord>(folder.steps);
  await writeJsonLines(
    folder.steps,
    steps.filter((record) => record.step <= step),
  );
  const metrics = await readJsonLines<EpochRecord>(folder.metrics);
  await writeJsonLines(
    folder.metrics,
    metrics.filter((record) => record.epoch <= epoch),
  );
}
