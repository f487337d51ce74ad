import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Evaluation } from '../../evaluation/evaluate.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { appendJsonLine, readJsonLines } from '../files/jsonLines.js';
import { readEvaluation } from './readRunFiles.js';
import type { RunFolder } from './runFolder.js';
import { loadRunModel, type RunModel } from './runModel.js';

/** Which weights were used. */
export interface CheckpointDescription extends Pick<RunModel, 'epoch' | 'sha256'> {
  /** `judged` of somebody else's classifier, whose table or file the SHA-256 is of. */
  readonly name: RunModel['name'] | 'judged';
}

/** What an evaluation found, and where it was written. */
export interface EvaluateStepResult {
  readonly evaluation: Evaluation;
  readonly checkpoint: CheckpointDescription;
  /** Of groups of images; left out where the evaluation was made before. */
  readonly subgroups?: readonly SubgroupEvaluation[];
  /** Files written. */
  readonly files: readonly string[];
}

/** One line of evaluation/test/log.jsonl: every look at the test split counts. */
export interface EvaluationLogEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly checkpoint: RunModel['name'] | 'judged';
  /** Of the weights. */
  readonly sha256: string;
  readonly epoch: number | null;
  readonly images: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** What looked, where it was no evaluation: `shortcuts` scores changed pictures, of some of the images. */
  readonly by?: 'shortcuts';
  /** It was of a run that the folder held before, and that was replaced. */
  readonly replaced?: boolean;
}

export const evaluationLogLine = z.looseObject({
  time: z.string(),
  checkpoint: z.enum(['best', 'last', 'ensemble', 'judged']),
  sha256: z.string(),
  epoch: z.number().nullable(),
  images: z.number(),
  accuracy: z.number(),
  balancedAccuracy: z.number(),
  replaced: z.boolean().optional(),
}) as unknown as z.ZodType<EvaluationLogEntry>;

/**
 * The evaluation of the test split that a run holds already, where it is of the weights as they are now: looking again
 * would tell nothing new.
 * @param weights default: the run's, the best where there are several
 */
export async function readTestEvaluation(
  folder: RunFolder,
  weights?: CheckpointDescription,
): Promise<EvaluateStepResult | null> {
  const paths = folder.evaluation('test');
  const last = (await readJsonLines(paths.log, evaluationLogLine)).findLast(
    ({ by, replaced }) => by === undefined && !replaced,
  );
  const evaluation = await readEvaluation(paths.evaluation);
  if (!last || !evaluation || !existsSync(paths.predictions)) return null;
  const { name, epoch, sha256 } = weights ?? (await loadRunModel(folder));
  // One that was interrupted after its line in the log may have been of other weights.
  return sameNumbers(last, evaluation) && last.checkpoint === name && last.sha256 === sha256
    ? { evaluation, checkpoint: { name, epoch, sha256 }, files: [] }
    : null;
}

const sameNumbers = (entry: EvaluationLogEntry, evaluation: Evaluation | null): boolean =>
  (['images', 'accuracy', 'balancedAccuracy'] as const).every((key) => entry[key] === evaluation?.[key]);

/**
 * Counts an evaluation of the test split, before anything is written that shows what was seen. One that was interrupted before evaluation.json stood is gone on
 * with, and counts once.
 * @throws LesionlabError kind `run` where the log can't be written
 */
export async function logTestEvaluation(
  folder: RunFolder,
  weights: CheckpointDescription,
  evaluation: Evaluation,
): Promise<void> {
  const paths = folder.evaluation('test');
  const last = (await readJsonLines(paths.log, evaluationLogLine)).at(-1);
  const goesOn =
    last?.by === undefined &&
    !last?.replaced &&
    last?.checkpoint === weights.name &&
    last.sha256 === weights.sha256 &&
    sameNumbers(last, evaluation);
  if (goesOn && !sameNumbers(last, await readEvaluation(paths.evaluation).catch(() => null))) return;
  await logTestLook(folder, weights, evaluation);
}

/** Counts a look at the test split. @param by what looked, where it was no evaluation @throws LesionlabError kind `run` where the log can't be written */
export async function logTestLook(
  folder: RunFolder,
  { name, sha256, epoch }: CheckpointDescription,
  { images, accuracy, balancedAccuracy }: Pick<Evaluation, 'images' | 'accuracy' | 'balancedAccuracy'>,
  by?: EvaluationLogEntry['by'],
): Promise<void> {
  const entry: EvaluationLogEntry = {
    time: new Date().toISOString(),
    checkpoint: name,
    sha256,
    epoch,
    images,
    accuracy,
    balancedAccuracy,
    ...(by && { by }),
  };
  await appendJsonLine(folder.evaluation('test').log, entry);
}
