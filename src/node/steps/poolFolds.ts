import { join } from 'node:path';
import { z } from 'zod';
import { dataError, runError } from '../../errors.js';
import { type Evaluation, evaluatePredictions } from '../../evaluation/evaluate.js';
import { joinPredictions } from '../../evaluation/predictions/joinPredictions.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { formatPredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { readPredictions } from '../run/readPredictions.js';
import { readEvaluation } from '../run/readRunFiles.js';
import { runFolderPaths } from '../run/runFolder.js';

/** Which folds are scored together. */
export interface PoolFoldsOptions {
  /** Folder for the pooled results. */
  readonly out: string;
  /** Run folders of the folds in their order, each evaluated on its test split. */
  readonly runs: readonly string[];
  /** Bootstrap resamples behind the pooled intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
}

/** How the network of one fold did on its fold. */
export interface FoldResult {
  /** From 1. */
  readonly fold: number;
  /** Run folder. */
  readonly run: string;
  readonly images: number;
  readonly lesions: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroAuroc: number | null;
}

/** Mean and sample standard deviation over the folds. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** cross-validation.json */
export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  readonly spread: { readonly accuracy: Spread; readonly balancedAccuracy: Spread; readonly macroAuroc: Spread };
  /** Of all images, each predicted by the network that did not see its lesion. */
  readonly pooled: Evaluation;
}

/** What reading it needs. */
export const crossValidationFile = z.looseObject({
  folds: z.array(z.looseObject({ fold: z.number(), run: z.string() })),
  spread: z.looseObject({}),
  pooled: z.looseObject({ images: z.number() }),
}) as unknown as z.ZodType<CrossValidation>;

/** Files that pooled results are written as. */
export const poolFiles = (out: string): readonly [string, string] => [
  join(out, 'cross-validation.json'),
  join(out, 'predictions.csv'),
];

/**
 * Scores the test predictions of several folds together, so that every image of the dataset is a test image once, and writes
 * cross-validation.json and predictions.csv.
 * @throws LesionlabError kind `run` where a fold has not been evaluated; kind `data` where an image is in two of them
 */
export async function poolFoldsStep(
  { seed }: Pick<StepContext, 'seed'>,
  { out, runs, resamples }: PoolFoldsOptions,
): Promise<CrossValidation> {
  const { predictions, ...content } = await poolRuns(runs, { split: 'cross-validation', seed, resamples });
  const [results, table] = poolFiles(out);
  await writeFileWhole(table, formatPredictionsCsv(predictions));
  await writeJson(results, content);
  return content;
}

/** The same of runs wherever they lie, of which nothing is written. @throws LesionlabError as `poolFoldsStep` does */
export async function poolRuns(
  runs: readonly string[],
  options: { readonly split: string; readonly seed: number; readonly resamples?: number },
): Promise<CrossValidation & { readonly predictions: Predictions }> {
  const folds: FoldResult[] = [];
  const parts: Predictions[] = [];
  for (const [i, run] of runs.entries()) {
    const folder = runFolderPaths(run);
    const evaluation = await readEvaluation(folder.evaluation('test').evaluation);
    if (!evaluation)
      throw runError('not-evaluated', `${run} has not been evaluated on its test split.`, {
        hint: `Evaluate it: \`lesionlab evaluate ${run}\``,
      });
    const { images, lesions, accuracy, balancedAccuracy, auroc } = evaluation;
    folds.push({ fold: i + 1, run, images, lesions, accuracy, balancedAccuracy, macroAuroc: auroc.macro });
    parts.push(await readPredictions(folder, 'test'));
  }
  const predictions = joinPredictions(parts);
  refuseTwice(predictions.imageIds, runs);
  const pooled = evaluatePredictions(predictions, options);
  const spread = {
    accuracy: spreadOf(folds.map((fold) => fold.accuracy)),
    balancedAccuracy: spreadOf(folds.map((fold) => fold.balancedAccuracy)),
    macroAuroc: spreadOf(folds.flatMap(({ macroAuroc }) => macroAuroc ?? [])),
  };
  return { folds, spread, pooled, predictions };
}

/** Each image counts once: seeds of one split have the same test images, and are put together otherwise. */
function refuseTwice(imageIds: readonly string[], runs: readonly string[]): void {
  const seen = new Set<string>();
  const twice = imageIds.find((id) => seen.size === seen.add(id).size);
  if (twice === undefined) return;
  throw dataError('image-in-two-folds', `Image ${twice} is a test image of two of the runs: ${runs.join(', ')}.`, {
    hint: 'Only folds of one division are pooled. Seeds of one split are averaged instead: `lesionlab ensemble`.',
  });
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
