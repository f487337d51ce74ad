import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { LesionlabError, runError } from '../../errors.js';
import { findToldModel } from '../../models/architectures/findToldModel.js';
import { decodeSafetensors, encodeSafetensors, initialWeights, type NetworkSize } from '../../models/index.js';
import type { Weights } from '../../nn/index.js';
import { epochLine, stepLine } from '../../report/files/trainingLines.js';
import type { EpochRecord, TrainEvent, TrainPosition } from '../../training/events.js';
import { trainsHeadOnly } from '../../training/headTraining.js';
import { checkpointMetadata } from '../../training/recipe/checkpointMetadata.js';
import { train } from '../../training/train.js';
import type { Trainer } from '../../training/trainer.js';
import { appendJsonLine, readJsonLines, writeJsonLines } from '../files/jsonLines.js';
import { writeFileWhole } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import { loadCheckpoint, loadInitialWeights } from '../run/checkpointFile.js';
import { addNetworkOfRun } from '../run/networkOfRun.js';
import { type RunFolder, readTrainedConfig, runFolderPaths } from '../run/runFolder.js';
import { mendCheckpoints } from './mendCheckpoints.js';
import { openHeadTraining } from './openHeadTraining.js';
import { type EarlyTraining, networkSize, openNetworkTraining } from './openTraining.js';
import { type EventFile, openEventFile } from './tensorBoard.js';
import type { TrainJob, TrainMessage } from './trainJob.js';

/**
 * Trains and writes steps.jsonl, metrics.jsonl and the checkpoints of a run folder. Occupies the calling thread: run it
 * in a worker.
 * @param tell gets every event, after the files are written, and what else a reader should know
 * @param early what was opened before the job was known
 */
export async function runTrainJob(
  job: TrainJob,
  tell: (message: TrainMessage) => void,
  early?: EarlyTraining,
): Promise<void> {
  const post = (event: TrainEvent) => tell({ type: 'event', event });
  const folder = runFolderPaths(job.runFolder);
  // A thread knows no network out of a file until it has read it.
  await addNetworkOfRun(folder, await readTrainedConfig(folder));
  const model = findToldModel(job.recipe.model, job.metadata?.encoding);
  const size = networkSize(job, model);
  const saved = job.resume ? await readState(folder) : undefined;
  await keepLinesUpTo(folder, saved?.position);
  const firstStep = saved?.position.step ?? 0;
  const shouldStop = () => Atomics.load(job.stopFlag, 0) !== 0;
  const opened = trainsHeadOnly(job.recipe)
    ? await openHeadTraining(
        job,
        size,
        await beginningWeights(job, size, folder, saved !== undefined),
        { firstStep, fresh: saved === undefined },
        { shouldStop, report: (done, total) => post({ type: 'features', done, total }) },
      )
    : await openNetworkTraining(
        job,
        size,
        early,
        () => beginningWeights(job, size, folder, saved !== undefined),
        firstStep,
      );
  if (!opened) {
    post({ type: 'stopped', reason: 'interrupted', step: firstStep });
    return;
  }
  const { complete, turn = Number.POSITIVE_INFINITY } = opened;
  let board: EventFile | undefined;
  try {
    if (saved) {
      restore(opened.trainer, saved, folder, firstStep > turn ? firstStep - turn : firstStep);
      await opened.recomputeStatistics?.();
      const last = () =>
        encodeSafetensors(complete(opened.trainer.evaluatedWeights()), metadataOf(job, saved.position.epoch));
      for (const name of await mendCheckpoints(folder, saved.position, last))
        tell({ type: 'note', text: `The ${name} checkpoint was missing or damaged, and was made again.` });
    } else if (job.weightsFile) await saveInitialWeights(folder, job, complete(opened.trainer.evaluatedWeights()));
    board = job.tensorBoard ? openEventFile(folder.tensorboard) : undefined;
    const { classIds, recipe } = job;
    const events = train({ ...opened, training: recipe.training, classIds, shouldStop, position: saved?.position });
    for await (const event of events) {
      if (event.type === 'step') {
        await appendJsonLine(folder.steps, event.record);
        board?.scalar('loss/train step', event.record.loss, event.record.step);
      } else if (event.type === 'epoch') {
        await appendJsonLine(folder.metrics, event.record);
        for (const [tag, value] of epochScalars(event.record)) board?.scalar(tag, value, event.record.epoch);
      } else if (event.type === 'checkpoint') {
        const { trainer } = opened;
        await saveCheckpoint(folder, job, complete(trainer.evaluatedWeights()), trainer.readState(), event);
      }
      post(event);
    }
  } finally {
    board?.close();
    await opened.close();
  }
}

/** Those of the file or of chance; where a training goes on, its state holds all that is trained, and its checkpoint what is frozen. */
async function beginningWeights(
  job: TrainJob,
  size: NetworkSize,
  folder: RunFolder,
  goesOn: boolean,
): Promise<Weights> {
  const { weightsFile, seed } = job;
  if (!goesOn) return weightsFile ? loadInitialWeights(weightsFile, size, { seed }) : initialWeights(size, seed);
  // The weights file may have moved since.
  const frozen = job.recipe.training.freeze !== 'none';
  if (!frozen) return initialWeights(size, seed);
  // What is frozen is the same in both.
  return (await loadCheckpoint(folder, 'last').catch(() => loadCheckpoint(folder, 'best'))).weights;
}

const epochScalars = (record: EpochRecord): [string, number][] => [
  ['loss/train', record.trainLoss],
  ['loss/validation', record.validationLoss],
  ['accuracy/train', record.trainAccuracy],
  ['accuracy/validation', record.validationAccuracy],
  ['accuracy/validation balanced', record.validationBalancedAccuracy],
  ['learning rate', record.learningRate],
  ...Object.entries(record.validationRecall ?? {}).flatMap(([id, recall]): [string, number][] =>
    recall === null ? [] : [[`recall/validation ${id}`, recall]],
  ),
];

const metadataOf = (job: TrainJob, epoch: number): Record<string, string> =>
  checkpointMetadata({ ...job, version: packageInfo.version, epoch });

/** Keeps what came from elsewhere, for the maps of the network before training: the file may move, or change. */
const saveInitialWeights = (folder: RunFolder, job: TrainJob, weights: Weights): Promise<void> =>
  writeFileWhole(folder.initialWeights, encodeSafetensors(weights, metadataOf(job, 0)));

async function saveCheckpoint(
  folder: RunFolder,
  job: TrainJob,
  evaluated: Weights,
  trainingState: Weights,
  { best, position }: { best: boolean; position: TrainPosition },
): Promise<void> {
  const weights = encodeSafetensors(evaluated, metadataOf(job, position.epoch));
  if (best) await writeFileWhole(folder.bestCheckpoint, weights);
  await writeFileWhole(folder.lastCheckpoint, weights);
  const state = encodeSafetensors(trainingState, { position: JSON.stringify(position) });
  await writeFileWhole(folder.trainingState, state);
}

const count = z.int().nonnegative();
/** States of earlier versions knew one rule. */
const ofBefore = z.looseObject({ bestEpoch: count, bestBalancedAccuracy: z.number() }).transform((position) => ({
  ...position,
  bestScore: position.bestEpoch > 0 ? position.bestBalancedAccuracy : null,
  recentScores: [],
}));
const savedPosition = z.union([ofBefore, z.unknown()]).pipe(
  z.object({
    step: count,
    epoch: count,
    lossSum: z.number(),
    weightSum: z.number(),
    correct: count,
    stepsInEpoch: count,
    seconds: z.number(),
    bestEpoch: count,
    bestScore: z.number().nullable(),
    recentScores: z.array(z.number()),
  }),
);

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
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      await refuseWithoutState(folder);
      return undefined;
    }
    throw runError('not-readable', `Cannot read ${folder.trainingState}: ${(cause as Error).message}`, { cause });
  }
  try {
    const { weights, metadata } = decodeSafetensors(bytes, folder.trainingState);
    return { state: weights, position: savedPosition.parse(JSON.parse(metadata.position)) };
  } catch (cause) {
    const message =
      cause instanceof LesionlabError ? cause.message : `${folder.trainingState} does not say where the training stood`;
    throw runError('bad-state', message, { hint: resumeHint, cause });
  }
}

/** A training that was stopped before its first checkpoint begins anew; one that went on from there would begin over what it has. */
async function refuseWithoutState(folder: RunFolder): Promise<void> {
  const { length } = await readJsonLines(folder.metrics, epochLine);
  const evaluated = existsSync(folder.evaluation('test').evaluation) || existsSync(folder.model);
  if (length <= 1 && !evaluated) return;
  throw runError(
    'bad-state',
    `${folder.trainingState} is missing, although ${length} ${length === 1 ? 'epoch was' : 'epochs were'} trained.`,
    { hint: 'Put the file back, or train again with --overwrite.' },
  );
}

function restore(trainer: Trainer, { state }: SavedTraining, folder: RunFolder, steps: number): void {
  try {
    trainer.restoreState(state, steps);
  } catch (cause) {
    const { message } = cause as Error;
    throw runError('bad-state', `${folder.trainingState}: ${message}`, { hint: resumeHint, cause });
  }
}

/**
 * A killed process may have logged more than it saved: those lines would come twice.
 * @throws LesionlabError kind `run` where lines of earlier epochs are gone
 */
async function keepLinesUpTo(folder: RunFolder, { step, epoch } = { step: 0, epoch: 0 }): Promise<void> {
  const steps = await readJsonLines(folder.steps, stepLine);
  await writeJsonLines(
    folder.steps,
    steps.filter((record) => record.step <= step),
  );
  const metrics = (await readJsonLines(folder.metrics, epochLine)).filter((record) => record.epoch <= epoch);
  // A line is written before the state that counts it: one that is missing was lost, and which epoch was best rests on it.
  const lost = Array.from({ length: epoch }, (_, i) => i + 1).filter((n, i) => metrics[i]?.epoch !== n);
  if (lost.length > 0 || metrics.length > epoch) {
    throw runError(
      'bad-metrics',
      `${folder.metrics} should have a line for each of ${epoch} epochs, in their order; it has those of ${metrics.map((line) => line.epoch).join(', ') || 'none'}.`,
      { hint: 'Put the file back, or train again with --overwrite.' },
    );
  }
  await writeJsonLines(folder.metrics, metrics);
}
