import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import type { Recipe, RunConfig } from '../../training/config.js';
import { type RecipeOverrides, resolveRecipe } from '../../training/resolveRecipe.js';
import { sharpCodec } from '../codec.js';
import { estimateRun } from '../estimateRun.js';
import { checkRunFolder, createRunFolder, type RunFolder, readConfig, runFolderPaths } from '../runFolder.js';
import type { StepContext } from '../stepContext.js';
import { openLimited, prepareData, readSplits } from '../trainingData.js';
import { type EvaluateStepResult, evaluateStep } from './evaluate.js';
import { type ExplainStepResult, explainStep } from './explain.js';
import { exploreStep } from './explore.js';
import { type ExportStepResult, exportStep } from './export.js';
import { reportStep } from './report.js';
import { splitStep } from './split.js';
import { type TrainStepResult, trainStep } from './train.js';

export interface RunOptions {
  readonly data: string;
  /** Run folder. */
  readonly run: string;
  readonly preset: string;
  readonly overrides: RecipeOverrides;
  /** safetensors file to begin with. */
  readonly weightsFile: string | null;
  readonly limit: number | null;
  readonly excludeUnusable: boolean;
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly tensorBoard: boolean;
}

export interface TrainRunResult extends TrainStepResult {
  readonly run: RunFolder;
}

/** Everything up to the trained network: (explore,) split, prepare, train. */
export async function trainRun(ctx: StepContext, options: RunOptions, explore: boolean): Promise<TrainRunResult> {
  // Refusals first: the folder, the recipe, then the data; only then is anything written.
  const { resumes } = await checkRunFolder(options.run, options);
  const plan = await planRun(ctx, options, resumes);
  const dataset = await openLimited({ data: options.data, limit: plan.limit }, plan.seed);
  try {
    const run = await createRunFolder(options.run, options);
    return { ...(await trainOn({ ...ctx, seed: plan.seed }, options, plan, dataset, run, explore)), run };
  } finally {
    await dataset.images.close();
  }
}

interface Plan {
  readonly recipe: Recipe;
  readonly preset: string;
  readonly overrides: readonly string[];
  readonly seed: number;
  readonly limit: number | null;
}

/** The recipe from the options, or that of the run to resume. */
async function planRun(ctx: StepContext, options: RunOptions, resumes: boolean): Promise<Plan> {
  const { recipe, overrides } = resolveRecipe(options.preset, options.overrides);
  const fresh = { recipe, preset: options.preset, overrides, seed: ctx.seed, limit: options.limit };
  const saved = resumes ? await readSavedConfig(options.run) : undefined;
  if (!saved) return fresh;
  const asked = Object.entries(options.overrides).filter(([, value]) => value !== undefined);
  const settings = { ...saved.recipe, ...saved.recipe.training } as Record<string, unknown>;
  const differing = asked.filter(([name, value]) => settings[name] !== value).map(([name]) => name);
  if (options.limit !== null && options.limit !== saved.data.limit) differing.push('limit');
  if (differing.length > 0) {
    throw usageError('resume-changes', `A resumed run keeps its settings; these differ: ${differing.join(', ')}.`, {
      hint: 'Leave them out, or begin a new run in another folder.',
    });
  }
  ctx.progress.note(`Going on with the run in ${options.run} (preset ${saved.preset}, seed ${saved.seed}).`);
  return { ...saved, limit: saved.data.limit };
}

async function readSavedConfig(path: string): Promise<RunConfig | undefined> {
  const folder = runFolderPaths(path);
  // Stopped before it was configured: it begins anew.
  return existsSync(folder.config) ? readConfig(folder) : undefined;
}

async function trainOn(
  ctx: StepContext,
  options: RunOptions,
  plan: Plan,
  dataset: Dataset,
  run: RunFolder,
  explore: boolean,
): Promise<TrainStepResult> {
  const { recipe } = plan;
  await estimateRun(ctx, recipe, dataset);
  const { excludeUnusable } = options;
  const explored = explore ? await exploreStep(ctx, dataset, run.exploration, sharpCodec) : undefined;
  const data = await prepareData(ctx, dataset, recipe, { excludeUnusable, known: explored?.audit });
  try {
    const splits = existsSync(run.splitsCsv)
      ? await readSplits(run, data.dataset)
      : (await splitStep(ctx, data.dataset, run.path, { linked: data.linked })).splits;
    return await trainStep(ctx, {
      run,
      dataset: data.dataset,
      splits,
      prepared: data.prepared,
      recipe,
      preset: plan.preset,
      overrides: plan.overrides,
      dataFolder: resolve(options.data),
      limit: plan.limit,
      excluded: data.excluded,
      weightsFile: options.weightsFile,
      resume: options.resume,
      tensorBoard: options.tensorBoard,
    });
  } finally {
    data.prepared.close();
  }
}

export interface RunStepResult {
  readonly training: TrainRunResult;
  readonly evaluation: EvaluateStepResult | null;
  readonly explanations: ExplainStepResult;
  readonly model: ExportStepResult;
  readonly report: { readonly path: string; readonly bytes: number };
}

/** The whole pipeline into one run folder: explore, split, prepare, train, evaluate, explain, export, report. */
export async function runStep(ctx: StepContext, options: RunOptions): Promise<RunStepResult> {
  const training = await trainRun(ctx, options, true);
  const { path } = training.run;
  const evaluated = training.run.evaluation('test').evaluation;
  // A resumed run whose training was over already does not look at the test split again.
  const evaluation = isNewer(evaluated, training.run.bestCheckpoint) ? null : await evaluateStep(ctx, { run: path });
  const explanations = await explainStep(ctx, { run: path });
  const model = await exportStep(ctx, { run: path });
  const report = await reportStep(ctx, path);
  return { training, evaluation, explanations, model, report };
}

const isNewer = (path: string, than: string) =>
  existsSync(path) && existsSync(than) && statSync(path).mtimeMs > statSync(than).mtimeMs;
