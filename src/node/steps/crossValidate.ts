import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldRatios } from '../../data/groups/splitRule.js';
import { usageError } from '../../errors.js';
import { type Evaluation, evaluatePredictions, formatPredictionsCsv, joinPredictions } from '../../evaluation/index.js';
import { removeWhole, writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { holdNewRun } from '../run/holdRun.js';
import { readPredictions } from '../run/readPredictions.js';
import { removeRun } from '../run/removeRun.js';
import { runFolderPaths } from '../run/runFolder.js';
import { withRecipeOpened } from '../training/openRecipe.js';
import type { RunOptions } from '../training/planRun.js';
import { evaluateStep, readTestEvaluation } from './evaluate.js';
import { trainRun } from './run.js';

/** What is cross-validated; the rest as for `trainRun`. */
export interface CrossValidateStepOptions extends Omit<RunOptions, 'run' | 'splitRule' | 'ratios'> {
  /** Folder for the folds' runs and the pooled results. */
  readonly out: string;
  /** At least 3: one fold tests, one validates, the others train. Default 5. */
  readonly folds?: number;
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

/** Results of the folds, and where they were written. */
export interface CrossValidateStepResult extends CrossValidation {
  /** Files written beside the runs. */
  readonly files: readonly string[];
}

/**
 * k-fold cross-validation by lesion: trains one network a fold, tests each on its fold, and scores all predictions together, so that
 * every image of the dataset is a test image once. Folds that are done are not trained again on resuming.
 * @throws LesionlabError kind `usage` for fewer than 3 folds; as `trainRun` and `evaluateStep` do
 */
export async function crossValidateStep(
  context: StepContext,
  options: CrossValidateStepOptions,
): Promise<CrossValidateStepResult> {
  const { folds = 5 } = options;
  if (!Number.isInteger(folds) || folds < 3)
    throw usageError('bad-folds', `Expected a whole number of folds from 3, found ${folds}.`, {
      hint: 'One fold tests, one validates, the others train; five is usual.',
    });
  return await holdNewRun(context, options.out, 'cross-validate', () => validateHeld(context, folds, options));
}

async function validateHeld(
  context: StepContext,
  folds: number,
  { out, folds: _, resamples, ...asked }: CrossValidateStepOptions,
): Promise<CrossValidateStepResult> {
  const options = await withRecipeOpened(asked);
  const files = [join(out, 'cross-validation.json'), join(out, 'predictions.csv')];
  const results: FoldResult[] = [];
  const predictions = [];
  for (let fold = 0; fold < folds; fold++) {
    const run = join(out, `fold-${fold + 1}`);
    const folder = runFolderPaths(run);
    context.progress.note(`Fold ${fold + 1} of ${folds}, into ${run}.`);
    // Folds of another number in the folder are refused as other ratios are.
    const splitRule = { kind: 'fold', fold, folds } as const;
    const onReplace = () => removeEarlier(out, folds, files);
    await trainRun(context, { ...options, run, splitRule, ratios: foldRatios(folds), onReplace });
    const done = await readTestEvaluation(folder);
    const { evaluation } = done ?? (await evaluateStep(context, { run, resamples: 0, scoresOnly: true }));
    const { images, lesions, accuracy, balancedAccuracy, auroc } = evaluation;
    results.push({ fold: fold + 1, run, images, lesions, accuracy, balancedAccuracy, macroAuroc: auroc.macro });
    predictions.push(await readPredictions(folder, 'test'));
  }
  const all = joinPredictions(predictions);
  const pooled = evaluatePredictions(all, { split: 'cross-validation', seed: context.seed, resamples });
  const spread = {
    accuracy: spreadOf(results.map((result) => result.accuracy)),
    balancedAccuracy: spreadOf(results.map((result) => result.balancedAccuracy)),
    macroAuroc: spreadOf(results.flatMap(({ macroAuroc }) => macroAuroc ?? [])),
  };
  const content: CrossValidation = { folds: results, spread, pooled };
  await writeJson(files[0], content);
  await writeFileWhole(files[1], formatPredictionsCsv(all));
  return { ...content, files };
}

/** Results of the folds that are to be replaced, and folds beyond those that will be trained now. */
async function removeEarlier(out: string, folds: number, files: readonly string[]): Promise<void> {
  for (const file of files) await removeWhole(file);
  for (let fold = folds + 1; existsSync(join(out, `fold-${fold}`)); fold++)
    await removeRun(runFolderPaths(join(out, `fold-${fold}`)), { forget: true });
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
