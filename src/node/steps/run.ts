import { resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import type { NearDuplicates } from '../../data/groups/nearDuplicates.js';
import { describeJoin } from '../../data/joining/describeJoin.js';
import { isJoined } from '../../data/joining/joinDatasets.js';
import { dataError } from '../../errors.js';
import { findModel } from '../../models/index.js';
import { silentProgress } from '../../progress.js';
import { epochLine } from '../../report/files/trainingLines.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { trainsHeadOnly } from '../../training/headTraining.js';
import { hasStalled } from '../../training/optimisation/earlyStopping.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { recipeFitting, requireEnoughImages, splitImages } from '../../training/recipe/trainingSplits.js';
import { countForeseen, countStatistics } from '../dataset/countStatistics.js';
import { hasHash } from '../dataset/dataHash.js';
import type { CountedImages } from '../dataset/imagePassOptions.js';
import { findNearAmong } from '../dataset/nearDuplicates.js';
import { pathsOf } from '../dataset/openDatasets.js';
import { openLimited, type PreparedData, prepareData } from '../dataset/trainingData.js';
import { requireCacheFolder } from '../files/cacheFolder.js';
import { readJsonLines } from '../files/jsonLines.js';
import type { StepContext } from '../machine/stepContext.js';
import { makeTurnstile, type Turnstile } from '../machine/turnstile.js';
import { holdNewRun } from '../run/holdRun.js';
import { discardUnconfigured } from '../run/removeRun.js';
import { checkRunFolder, createRunFolder, type RunFolder, runFolderPaths } from '../run/runFolder.js';
import { keepSplitRecords, readRunSplits } from '../run/runSplits.js';
import { estimateRun } from '../training/estimateRun.js';
import { planRun, type RunOptions, type RunPlan } from '../training/planRun.js';
import { refuseEarly, trySplit } from '../training/refuseEarly.js';
import { type Rehearsal, rehearseBeside } from '../training/rehearseBeside.js';
import { startTrainThread, type TrainThread } from '../training/trainThread.js';
import { type EvaluateStepResult, evaluateStep, readTestEvaluation } from './evaluate.js';
import { type ExplainStepResult, explainStep } from './explain.js';
import { exploreStep, likelyPictures } from './explore.js';
import { type ExportStepResult, exportStep } from './export.js';
import { reportStep } from './report.js';
import { splitStep } from './split.js';
import { type TrainStepResult, trainStep } from './train.js';

/** What a training gave, and its run folder. */
export interface TrainRunResult extends TrainStepResult {
  readonly run: RunFolder;
}

/**
 * Everything up to the trained network: split, prepare, train.
 * @throws LesionlabError kind `usage`, `data` or `run`, with nothing left behind where the run could not begin; kind `interrupted`
 *   after saving
 */
export async function trainRun(ctx: StepContext, options: RunOptions): Promise<TrainRunResult> {
  await checkRunFolder(options.run, options);
  return await holdNewRun(ctx, options.run, 'train', () => trainHeld(ctx, options));
}

async function trainHeld(ctx: StepContext, options: RunOptions): Promise<TrainRunResult> {
  // Refusals first: the folder, the recipe, then the data with every image; only then is anything written or replaced.
  const { resumes } = await checkRunFolder(options.run, options);
  await requireCacheFolder();
  const plan = await planRun(ctx, options, { resumes });
  const context = { ...ctx, seed: plan.seed };
  const thread = startTrainThread();
  try {
    const dataset = await openLimited(
      { data: options.data, limit: plan.limit, dataOptions: plan.dataOptions },
      plan.splitSeed,
      plan.saved?.data.classes,
    );
    try {
      return await trainOpened(context, options, plan, dataset, thread);
    } finally {
      await dataset.images.close();
    }
  } finally {
    await thread.close();
  }
}

async function trainOpened(
  ctx: StepContext,
  options: RunOptions,
  plan: RunPlan,
  dataset: Dataset,
  thread: TrainThread,
): Promise<TrainRunResult> {
  const { recipe, seed, weightsFile } = plan;
  const { threads, device } = ctx;
  if (isJoined(dataset)) for (const line of describeJoin(dataset.joined)) ctx.progress.note(line);
  const isAhead = opensEarly(plan);
  // Loads the runtime and builds the network while images are read.
  if (isAhead)
    thread.prepare({ recipe, seed, classIds: dataset.info.classes.map(({ id }) => id), threads, device, weightsFile });
  const counted = plan.saved ? undefined : await refuseEarly(ctx, plan, dataset);
  const turnstile = makeTurnstile();
  const rehearsal = await announce(ctx, options, plan, dataset, isAhead && device === 'cpu' && { thread, turnstile });
  const onEvent: StepContext['onEvent'] = (event, run) => {
    rehearsal?.hear(event);
    ctx.onEvent?.(event, run);
  };
  return await prepareAndTrain({ ...ctx, onEvent }, options, plan, dataset, { thread, turnstile, rehearsal, counted });
}

/** Whether the network can be opened before there is a job: all that it begins with follows from recipe, seed and a file of weights. */
const opensEarly = ({ recipe, saved }: RunPlan): boolean =>
  !saved && recipe.metadata.length === 0 && !findModel(recipe.model).file && !trainsHeadOnly(recipe);

/** What goes on beside the pass over the images. */
interface Beside {
  readonly thread: TrainThread;
  readonly turnstile: Turnstile;
  readonly rehearsal?: Rehearsal;
  /** Images that will most likely be trained on: what their statistics are made of is counted while they are read. */
  readonly counted?: ReadonlySet<string>;
}

async function prepareAndTrain(
  ctx: StepContext,
  options: RunOptions,
  plan: RunPlan,
  dataset: Dataset,
  { thread, turnstile, rehearsal, counted }: Beside,
): Promise<TrainRunResult> {
  // The one pass over the images: decoded, audited and resized at once.
  const thumbnails = plan.nearDuplicates && !plan.saved;
  const pictures = options.explore ? likelyPictures(dataset, ctx.seed) : undefined;
  const data = await prepareData(ctx, dataset, recipeFitting(plan.recipe), {
    ...{ excludeUnusable: plan.excludeUnusable, thumbnails, pictures, counted, turnstile },
  });
  // What the cache knew was not counted when it was read.
  const foreseen = data.counted ?? (counted && countForeseen(ctx, data.prepared, counted));
  let near: readonly NearDuplicates[] | undefined;
  try {
    await rehearsal?.end();
    if (plan.saved) await refuseOtherImages(plan.saved, options, data);
    else {
      near = plan.nearDuplicates ? await findNearAmong(ctx, data.dataset, data.thumbnails!) : undefined;
      requireEnoughImages(trySplit(plan, data.dataset, [...data.links, ...(near ?? [])]), plan.recipe);
    }
    const run = await createRunFolder(options.run, options);
    try {
      if (options.overwrite) await options.onReplace?.();
      return { ...(await trainOn(ctx, options, plan, dataset, run, { ...data, foreseen }, near, thread)), run };
    } catch (error) {
      await discardUnconfigured(run);
      throw error;
    }
  } finally {
    data.close();
  }
}

async function announce(
  ctx: StepContext,
  options: RunOptions,
  { recipe, saved, weightsFile }: RunPlan,
  dataset: Dataset,
  beside: Pick<Beside, 'thread' | 'turnstile'> | false,
): Promise<Rehearsal | undefined> {
  const { epochs, earlyStopping, freeze } = recipe.training;
  const records = saved ? await readJsonLines(runFolderPaths(options.run).metrics, epochLine) : [];
  const epochsDone = records.length;
  const stalled = hasStalled({ epoch: epochsDone, bestEpoch: findBestEpoch(records)?.epoch ?? 0 }, earlyStopping);
  if (freeze !== 'none' && weightsFile === null && !findModel(recipe.model).file)
    ctx.progress.note(
      `What is frozen (${freeze}) stays at random weights: a file of weights would give it learned ones.`,
    );
  // It takes steps to tell, which nobody would read of.
  const isRead = ctx.progress !== silentProgress;
  if (epochsDone >= epochs || stalled) ctx.progress.note('Its training is over.');
  else if (isRead && beside) return rehearseBeside(ctx.progress, recipe, dataset, beside.thread, beside.turnstile);
  else if (isRead) await estimateRun(ctx, recipe, dataset, epochsDone);
  return undefined;
}

/** @throws LesionlabError kind `data` where the images of a run to resume have other contents than when it began */
async function refuseOtherImages(saved: RunConfig, options: RunOptions, data: PreparedData): Promise<void> {
  const { dataset } = await splitAsBefore(data.dataset, runFolderPaths(options.run));
  if (hasHash(dataset, data.prepared, saved.data.sha256)) return;
  throw dataError(
    'data-changed',
    `The image files in ${pathsOf(options.data).join(' and ')} have other contents than those that the run in ${options.run} began with.`,
    { hint: 'Put the files of that time back and resume, or begin anew: another --run folder, or --overwrite.' },
  );
}

async function trainOn(
  ctx: StepContext,
  options: RunOptions,
  plan: RunPlan,
  dataset: Dataset,
  run: RunFolder,
  {
    dataset: usable,
    links,
    audit,
    excluded,
    prepared,
    pictures,
    foreseen,
  }: PreparedData & { readonly foreseen?: ReturnType<typeof countForeseen> | CountedImages },
  near: readonly NearDuplicates[] | undefined,
  thread: TrainThread,
): Promise<TrainStepResult> {
  const { recipe, saved, ratios, splitRule: rule, splitFile } = plan;
  const { signal } = ctx;
  const by = { seed: plan.splitSeed, signal };
  const split = saved
    ? await splitAsBefore(usable, run)
    : await splitStep(by, usable, run.path, { links, near, ratios, rule, splitFile });
  const { indices } = splitImages(split.dataset, split.splits, prepared, recipe).train;
  const counts = !saved && recipe.normalisation === 'train-split';
  return await trainStep(ctx, {
    run,
    thread,
    beside: async () => {
      if (options.explore) await exploreStep(ctx, dataset, run.exploration, { audit, pictures });
    },
    statistics: counts ? await countStatistics(ctx, prepared, indices, await foreseen) : undefined,
    dataset: split.dataset,
    splits: split.splits,
    splitRule: rule,
    nearDuplicates: plan.nearDuplicates,
    splitSeed: plan.splitSeed,
    ratios,
    prepared,
    recipe,
    preset: plan.preset,
    overrides: plan.overrides,
    recipeFile: plan.recipeFile,
    dataFolders: pathsOf(options.data).map((path) => resolve(path)),
    limit: plan.limit,
    excluded,
    weightsFile: plan.weightsFile,
    teacher: plan.teacher,
    resume: saved !== undefined,
    tensorBoard: options.tensorBoard ?? false,
  });
}

async function splitAsBefore(dataset: Dataset, run: RunFolder) {
  const rows = await readRunSplits(run);
  const kept = keepSplitRecords(dataset, rows);
  const splitOf = new Map(rows.map(({ imageId, split }) => [imageId, split]));
  return { dataset: kept, splits: kept.records.map(({ imageId }) => splitOf.get(imageId)!) };
}

/** What each part of the pipeline gave. */
export interface RunStepResult {
  readonly training: TrainRunResult;
  /** Of the test split with the best checkpoint; that of an earlier call where nothing has changed since. */
  readonly evaluation: EvaluateStepResult;
  readonly explanations: ExplainStepResult;
  /** Null where the network is out of a file without gradients, which can't be written with its new head as one file. */
  readonly model: ExportStepResult | null;
  readonly report: { readonly path: string; readonly bytes: number };
}

/**
 * The whole pipeline into one run folder: explore, split, prepare, train, evaluate, explain, export, report.
 * @throws LesionlabError as `trainRun` does
 */
export async function runStep(ctx: StepContext, options: RunOptions): Promise<RunStepResult> {
  await checkRunFolder(options.run, options);
  return await holdNewRun(ctx, options.run, 'run', () => runHeld(ctx, options));
}

async function runHeld(ctx: StepContext, options: RunOptions): Promise<RunStepResult> {
  const training = await trainRun(ctx, { ...options, explore: true });
  const { path } = training.run;
  // A resumed run has the seed that it began with.
  const context = { ...ctx, seed: training.config.seed };
  const evaluation = (await readTestEvaluation(training.run)) ?? (await evaluateStep(context, { run: path }));
  const { onlyFeatures } = findModel(training.config.model.id);
  if (onlyFeatures)
    ctx.progress.note(
      'Without gradients of its layers, the network is explained by occlusion, and no model.onnx is written.',
    );
  const explanations = await explainStep(context, { run: path, ...(onlyFeatures && { method: 'occlusion' }) });
  const model = onlyFeatures ? null : await exportStep(context, { run: path });
  const report = await reportStep(context, path);
  return { training, evaluation, explanations, model, report };
}
