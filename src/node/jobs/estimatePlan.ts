import type { Dataset } from '../../data/dataset.js';
import { inOrder } from '../../jobs/inOrder.js';
import { packJobs } from '../../jobs/packJobs.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { canonicalJson } from '../../jobs/planText.js';
import { silentProgress } from '../../progress.js';
import type { MeasuredNetworks } from '../../training/estimateTraining.js';
import { recipeFitting } from '../../training/recipe/trainingSplits.js';
import { openLimited } from '../dataset/trainingData.js';
import { availableThreads } from '../machine/availableThreads.js';
import { createContext } from '../machine/stepContext.js';
import { estimateRun, type RunEstimate } from '../training/estimateRun.js';
import { chooseRecipe } from '../training/openRecipe.js';
import { openedRecipe } from './kinds/train.js';
import type { OpenedPlan } from './openedPlan.js';
import { readStatus } from './readStatus.js';

/** What a training costs. */
export interface TrainingCost extends RunEstimate {
  readonly data: { readonly name: string; readonly images: number; readonly classes: readonly string[] };
}

/** What running a plan would do. */
export interface PlanEstimate {
  /** What would be done, in order; `seconds` of training that is left, null for what is no training. */
  readonly jobs: readonly {
    readonly id: string;
    readonly kind: string;
    readonly seconds: number | null;
    /** Of a training, as if nothing of it was done. */
    readonly cost?: TrainingCost;
  }[];
  /** Of all trainings, one after another. */
  readonly seconds: number;
  /** The same as they would run beside each other on the cores of this machine. */
  readonly secondsHere: number;
  /** Jobs that are done already. */
  readonly done: number;
  /** Of memory, that this process took while it tried the trainings; null where there are none. */
  readonly memoryBytes: number | null;
  /** Of disk, for prepared images and features of all trainings: those that several share are counted once. */
  readonly cacheBytes: number;
}

/**
 * Says what would be done of a plan, and how long the trainings would take, from a few steps of each kind on random pixels. Nothing is written.
 * @throws LesionlabError as opening the data does
 */
export async function estimatePlan(opened: OpenedPlan, { overwrite = false } = {}): Promise<PlanEstimate> {
  const standings = new Map((await readStatus(opened)).map((status) => [status.id, status]));
  const missing = inOrder(opened.plan.jobs).filter(({ id }) => overwrite || standings.get(id)?.state !== 'done');
  const whole = new Map<string, ReturnType<typeof estimateJob>>();
  const known: KnownCosts = { datasets: new Map(), networks: new Map() };
  const prepared = new Map<string, number>();
  const jobs: (PlanEstimate['jobs'][number] & { threads: number })[] = [];
  for (const job of missing) {
    const { id, kind, threads } = job;
    if (kind !== 'train') {
      jobs.push({ id, kind, seconds: null, threads });
      continue;
    }
    const key = canonicalJson([job.threads, job.device, job.data, { ...job.settings, split: null, splitSeed: null }]);
    const costs = whole.get(key) ?? estimateJob(job, known);
    whole.set(key, costs);
    const { cost, images } = await costs;
    prepared.set(images, cost.cacheBytes);
    const progress = overwrite ? null : (standings.get(id)?.progress ?? null);
    const left = progress ? 1 - progress.done / progress.total : 1;
    jobs.push({ id, kind, seconds: progress?.secondsLeft ?? left * cost.trainingSeconds, cost, threads });
  }
  const trainings = jobs.flatMap(({ seconds, threads }) => (seconds === null ? [] : [{ seconds, threads }]));
  return {
    jobs: jobs.map(({ threads: _, ...job }) => job),
    seconds: trainings.reduce((sum, { seconds }) => sum + seconds, 0),
    secondsHere: Math.max(0, ...packJobs(trainings, availableThreads()).map(({ ends }) => ends)),
    done: opened.plan.jobs.length - missing.length,
    memoryBytes: trainings.length > 0 ? 1024 * process.resourceUsage().maxRSS : null,
    cacheBytes: [...prepared.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** What trainings of a plan have in common, and one of them has found out. */
interface KnownCosts {
  readonly datasets: Map<string, Promise<Pick<Dataset, 'info' | 'records'>>>;
  readonly networks: MeasuredNetworks;
}

/** @returns also what its prepared images are known by */
async function estimateJob(
  job: Extract<PlannedJob, { kind: 'train' }>,
  known: KnownCosts,
): Promise<{ readonly cost: TrainingCost; readonly images: string }> {
  const { data, seed, threads, device, settings } = job;
  const { preset, recipe: given, member, overrides, network, limit, splitSeed, imageTypes, allowMissing } = settings;
  const { recipe } = await chooseRecipe(
    { preset, member, recipe: openedRecipe(given), overrides: overrides as never, network: network as never },
    silentProgress,
  );
  const dataOptions = imageTypes || allowMissing !== undefined ? { imageTypes, allowMissing } : undefined;
  const asked = { data: data!, limit: limit ?? null, dataOptions };
  const key = canonicalJson([data, limit ?? null, dataOptions ?? null]);
  // Another seed takes other images into a limit, and about as many.
  const opened = known.datasets.get(key) ?? readDataset(asked, splitSeed ?? seed);
  known.datasets.set(key, opened);
  const dataset = await opened;
  const { name, classes } = dataset.info;
  const estimate = await estimateRun(createContext({ threads, device }), recipe, dataset, 0, known.networks);
  const about = { name, images: dataset.records.length, classes: classes.map((one) => one.name) };
  return { cost: { ...estimate, data: about }, images: canonicalJson([key, recipeFitting(recipe)]) };
}

/** What a dataset's table says: no image is read. */
async function readDataset(...asked: Parameters<typeof openLimited>): Promise<Dataset> {
  const dataset = await openLimited(...asked);
  await dataset.images.close();
  return dataset;
}
