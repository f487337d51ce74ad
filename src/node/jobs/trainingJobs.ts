import { resolve } from 'node:path';
import { usageError } from '../../errors.js';
import { checkPlan } from '../../jobs/checkPlan.js';
import { isPath, withAbsolutePaths } from '../../jobs/jobPaths.js';
import { trainJob } from '../../jobs/kinds/trainJob.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { trainedRecipe } from '../../jobs/trainedRecipe.js';
import { formatSetting } from '../../training/recipe/recipeSettings.js';
import { pathsOf } from '../dataset/openDatasets.js';
import type { StepContext } from '../machine/stepContext.js';
import { refuseSeveral, withRecipeOpened } from '../training/openRecipe.js';
import type { RunOptions } from '../training/planRun.js';
import type { OpenedPlan } from './openedPlan.js';
import { madePlan, openedPlan, placedPlan } from './openPlan.js';

export type TrainingJob = Extract<PlannedJob, { kind: 'train' }>;

/** What a command that makes plans is asked for, beside what is trained. */
export interface PlanPlace {
  /** Where the jobs run. Default `here`. */
  readonly on?: string;
  /** Jobs at once at most. Default: as many as cores and memory allow. */
  readonly beside?: number;
  /** The number of threads was asked for, rather than left at its default: a plan with another one is not gone on with. */
  readonly threadsGiven?: boolean;
}

/** What jobs that a command plans have in common: a training of these options. */
export async function planTraining(
  { seed, threads, device }: StepContext,
  options: Omit<RunOptions, 'run'>,
): Promise<Omit<TrainingJob, 'id' | 'run'>> {
  const {
    recipe,
    overrides = {},
    member,
    network,
    weightsFile,
    teacher,
    splitRule,
    dataOptions,
    ...rest
  } = await withRecipeOpened(options);
  await refuseSeveral(options);
  const { preset, limit, ratios, splitSeed, nearDuplicates, excludeUnusable, tensorBoard, explore, ...others } = rest;
  const { data, seedGiven: _seed, resume: _resume, overwrite: _overwrite, onReplace: _replaced, ...lost } = others;
  // An option that a job would not have is an error of the compiler's here.
  lost satisfies Record<string, never>;
  const settings = {
    ...{ preset, limit, ratios, splitSeed, nearDuplicates, excludeUnusable, tensorBoard, explore },
    recipe:
      recipe &&
      (typeof recipe === 'object' && 'changes' in recipe
        ? { name: recipe.name, sha256: recipe.sha256, changes: recipe.changes }
        : recipe),
    ...{ overrides, member, network, teacher, weights: weightsFile, split: splitRule },
    imageTypes: dataOptions?.imageTypes,
    allowMissing: dataOptions?.allowMissing,
  };
  return {
    kind: 'train',
    data: pathsOf(data).map((path) => resolve(path)),
    ...{ seed, threads, device, needs: [] },
    settings: withAbsolutePaths(trainJob, withoutNothing(settings), resolve) as TrainingJob['settings'],
  };
}

/** As JSON has it: what is undefined or null, and groups with nothing in them, are left out. */
function withoutNothing(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      if (inner === undefined || inner === null) return [];
      if (typeof inner !== 'object' || Array.isArray(inner)) return [[name, inner]];
      const group = withoutNothing(inner);
      return Object.keys(group).length > 0 || name === 'learningRateFactors' ? [[name, group]] : [];
    }),
  );
}

/** Whether a plan is gone on with, and what of it was asked for expressly. */
type GivenSettings = Pick<RunOptions, 'resume' | 'seedGiven'> &
  Pick<PlanPlace, 'threadsGiven'> & {
    /** Settings that follow from what was left at its default. */
    readonly unasked?: readonly string[];
    /** Whether jobs that the plan in the folder doesn't have yet come to it. */
    readonly adds?: boolean;
  };

/**
 * The plan of a command, as it is to be run: where a folder holds one of the same command that is gone on with, that one, as long as nothing else is asked for now.
 * @param seedGiven whether the seed was asked for
 * @throws LesionlabError kind `usage` where settings are asked for that the plan in the folder doesn't have
 */
export async function planOfCommand(
  folder: string,
  by: string,
  jobs: readonly PlannedJob[],
  { resume = false, seedGiven = false, threadsGiven = false, unasked = [], adds = false }: GivenSettings,
): Promise<OpenedPlan> {
  const made = madePlan(by, jobs);
  if (!resume) return openedPlan(checkPlan(made, folder), folder);
  return await placedPlan(made, folder, (earlier) => {
    if (earlier.made.by !== by) return made;
    const data = jobs.find(({ kind }) => kind === 'train')?.data;
    refuseOtherSettings(jobs, earlier.jobs, { seedGiven, threadsGiven, unasked });
    // The data may have moved; whether it is the same is seen by its contents.
    const again = (job: PlannedJob): PlannedJob => {
      if (job.kind === 'train') return data ? { ...job, data } : job;
      // What is worked out of the runs is simply worked out again.
      const asked = jobs.find(({ id, kind }) => id === job.id && kind === job.kind);
      return asked ? ({ ...job, settings: asked.settings } as PlannedJob) : job;
    };
    const added = adds ? jobs.filter(({ id }) => !earlier.jobs.some((job) => job.id === id)) : [];
    return { ...earlier, jobs: [...earlier.jobs.map(again), ...added] };
  });
}

function refuseOtherSettings(
  asked: readonly PlannedJob[],
  has: readonly PlannedJob[],
  { seedGiven, threadsGiven, unasked = [] }: GivenSettings,
): void {
  const differing = new Set<string>();
  const trainings = (jobs: readonly PlannedJob[]) => jobs.filter((job): job is TrainingJob => job.kind === 'train');
  const [now, before] = [trainings(asked), trainings(has)];
  if (now.length !== before.length)
    differing.add(`trainings (asked for: ${now.length}, the plan has: ${before.length})`);
  for (const [i, job] of before.entries()) {
    const other = now[i];
    if (!other) continue;
    if (seedGiven && other.seed !== job.seed)
      differing.add(`seed (asked for: ${other.seed}, the plan has: ${job.seed})`);
    if (threadsGiven && other.threads !== job.threads)
      differing.add(`threads (asked for: ${other.threads}, the plan has: ${job.threads})`);
    const recipe = trainedRecipe(job.settings);
    const isSo = (name: string, value: unknown) => {
      const whole = recipe(`settings.${name}`);
      return whole !== undefined && formatSetting(whole) === formatSetting(value);
    };
    for (const line of compare(without(other.settings, unasked), job.settings, isSo)) differing.add(line);
  }
  if (differing.size === 0) return;
  throw usageError('resume-changes', `A resumed run keeps its settings; these differ: ${[...differing].join('; ')}.`, {
    hint: 'Leave them out, or begin anew in another folder.',
  });
}

const without = (settings: object, names: readonly string[]) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));

/**
 * What is asked for expressly, and isn't what the plan has. Where a file lies makes no difference.
 * @param isSo whether what the plan doesn't say has a value all the same
 */
function compare(asked: object, has: unknown, isSo: (place: string, value: unknown) => boolean, path = ''): string[] {
  return Object.entries(asked).flatMap(([name, value]) => {
    const own = typeof has === 'object' && has !== null ? (has as Record<string, unknown>)[name] : undefined;
    const place = path ? `${path}.${name}` : name;
    if (place === 'recipe.name' || (place === 'recipe.sha256' && own !== undefined)) return [];
    if (typeof value === 'object' && !Array.isArray(value)) return compare(value as object, own, isSo, place);
    if (own === undefined && isSo(place, value)) return [];
    if (JSON.stringify(value) === JSON.stringify(own) || (isPath(value) && isPath(own))) return [];
    const words = (text: unknown) => (Array.isArray(text) ? text.join('/') : String(text ?? 'none'));
    return [`${place.replace(/^overrides\./, '')} (asked for: ${words(value)}, the plan has: ${words(own)})`];
  });
}
