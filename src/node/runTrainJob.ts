import { readFile } from 'node:fs/promises';
import type { BatchPlan } from '../data/batches.js';
import { LesionlabError, runError } from '../errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  initialWeights,
  type ModelDefinition,
  type NetworkSize,
  openClassifier,
} from '../models/index.js';
import type { Weights } from '../nn/index.js';
import type { OpenOptions } from '../runtime/index.js';
import { nodeRuntime } from '../runtime/node.js';
import type { EpochRecord, StepRecord, TrainEvent } from '../training/events.js';
import { recipeTrainerOptions } from '../training/recipeTrainerOptions.js';
import { type TrainPosition, train } from '../training/train.js';
import { Trainer } from '../training/trainer.js';
import { validate } from '../training/validate.js';
import { createBatchLoader } from './batchLoader.js';
import { loadCheckpoint, loadInitialWeights } from './checkpointFile.js';
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
  const trainerOptions = recipeTrainerOptions(recipe);
  const { model } = trainerOptions;
  const size = { model, classCount: job.classIds.length, imageSize: preprocessing.imageSize };
  // Batches are made on the same cores: threads that spin while they wait would take the time from that.
  const open: OpenOptions = { device: job.device, threads: job.threads, spin: false };
  const saved = job.resume ? await readState(folder) : undefined;
  const trainer = await Trainer.open(
    nodeRuntime,
    {
      ...size,
      ...trainerOptions,
      classWeights,
      seed,
    },
    await beginningWeights(job, size, folder, saved),
    open,
  );
  if (saved) restore(trainer, saved, folder);
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

/** The weights that the trainer opens with; those of the saved state take the place of all that is trained. */
async function beginningWeights(
  { weightsFile, recipe, seed }: TrainJob,
  size: NetworkSize,
  folder: RunFolder,
  saved: SavedTraining | undefined,
): Promise<Weights> {
  // What is frozen is not in the state but in the checkpoint; its first source may have moved since.
  if (saved && recipe.training.freeze !== 'none') return (await loadCheckpoint(folder, 'last')).weights;
  return weightsFile && !saved ? await loadInitialWeights(weightsFile, size, { seed }) : initialWeights(size, seed);
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

interface SavedTraining {
  readonly state: Weights;
  readonly position: TrainPosition;
}

const resumeHint = 'The training cannot go on from it: train again with --overwrite.';

/** @throws LesionlabError kind `run` where the state is damaged */
async function readState(folder: RunFolder): Promise<SavedTraining | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(folder.trainingState);
  } catch (cause) {
    // Stopped before the first checkpoint: begins anew.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw runError('not-readable', `Cannot read ${folder.trainingState}: ${(cause as Error).message}`, { cause });
  }
  try {
    const { weights, metadata } = decodeSafetensors(bytes, folder.trainingState);
    return { state: weights, position: JSON.parse(metadata.position) as TrainPosition };
  } catch (cause) {
    const message =
      cause instanceof LesionlabError ? cause.message : `${folder.trainingState} does not say where the training stood`;
    throw runError('bad-state', message, { hint: resumeHint, cause });
  }
}

function restore(trainer: Trainer, { state, position }: SavedTraining, folder: RunFolder): void {
  try {
    trainer.restoreState(state, position.step);
  } catch (cause) {
    const { message } = cause as Error;
    throw runError('bad-state', `${folder.trainingState}: ${message}`, { hint: resumeHint, cause });
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
