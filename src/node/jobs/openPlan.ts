import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { dataError, usageError } from '../../errors.js';
import { checkPlan } from '../../jobs/checkPlan.js';
import { jobPaths, withAbsolutePaths } from '../../jobs/jobPaths.js';
import { trainJob } from '../../jobs/kinds/trainJob.js';
import { mapPaths, type PathMapping } from '../../jobs/mapPaths.js';
import { type Plan, type PlannedJob, usualAttempts } from '../../jobs/plan.js';
import { canonicalJson, planText } from '../../jobs/planText.js';
import { readPlan } from '../../jobs/readPlan.js';
import { silentProgress } from '../../progress.js';
import { readTextFile } from '../files/readTextFile.js';
import { writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { runFolderPaths } from '../run/runFolder.js';
import { chooseRecipe, openRecipe } from '../training/openRecipe.js';
import { openedRecipe } from './kinds/train.js';
import { jobFolderOf, type OpenedPlan, planFile } from './openedPlan.js';

/** A plan and where its results lie. */
export const openedPlan = (plan: Plan, folder: string): OpenedPlan => ({
  folder: resolve(folder),
  named: folder,
  plan,
  hash: createHash('sha256').update(planText(plan)).digest('hex'),
});

/**
 * Opens a plan: a folder that holds plan.json, or a file, as a command wrote it or somebody by hand. Recipes that it names are read into it.
 * @param folder for the results; default: where the file lies
 * @throws LesionlabError kind `usage` where there is none, or it can't be run
 */
export async function openPlan(
  context: Pick<StepContext, 'seed' | 'threads' | 'device'>,
  path: string,
  folder?: string,
): Promise<OpenedPlan> {
  const file = (await isFolder(path)) ? planFile(path) : path;
  if (!existsSync(file))
    throw usageError(
      'no-plan',
      file === path ? `There is no plan ${path}.` : `The folder ${path} holds no plan.json.`,
      {
        hint: 'Give the file of a plan, or the folder that `cross-validate`, `leak`, `ablate` or `train --seeds` was given as --run. docs/jobs.md says how to write one.',
      },
    );
  const { seed, threads, device } = context;
  const base = dirname(resolve(file));
  const absolute = (relative: string) => resolve(base, relative);
  const defaults = { seed, threads, device, absolute, lesionlab: packageInfo.version };
  const read = readPlan(await readTextFile(file), basename(file), defaults);
  const whole = await withRecipes(read, absolute);
  await checkRecipes(whole);
  return openedPlan(whole, folder ?? (file === path ? dirname(path) : path));
}

/**
 * A plan with the recipes that it names read into it, so that it means the same tomorrow and on other machines.
 * @param absolute a path that a recipe names, as the plan's own are read
 * @throws LesionlabError kind `usage` where one is no recipe file
 */
export async function withRecipes(read: Plan, absolute: (path: string) => string): Promise<Plan> {
  const jobs: PlannedJob[] = [];
  for (const job of read.jobs) jobs.push(await withRecipe(job, absolute));
  return { ...read, jobs };
}

async function withRecipe(job: PlannedJob, absolute: (path: string) => string): Promise<PlannedJob> {
  if (job.kind !== 'train' || typeof job.settings.recipe !== 'string') return job;
  const { name, sha256, changes } = await openRecipe(job.settings.recipe);
  const recipe = { name: basename(name), ...(sha256 && { sha256 }), changes: { ...changes } };
  return { ...job, settings: withAbsolutePaths(trainJob, { ...job.settings, recipe }, absolute) };
}

/** @throws LesionlabError kind `usage` for settings that no training could begin with: told before the first one does */
export async function checkRecipes({ jobs }: Plan): Promise<void> {
  const seen = new Set<string>();
  for (const job of jobs) {
    if (job.kind !== 'train') continue;
    const { preset, recipe, member, overrides, network } = job.settings;
    const text = JSON.stringify([preset, recipe, member, overrides, network]);
    if (seen.has(text)) continue;
    seen.add(text);
    await chooseRecipe(
      { preset, member, recipe: openedRecipe(recipe), overrides: overrides as never, network: network as never },
      silentProgress,
    );
  }
}

/** Puts a plan into its folder, as plan.json. */
export async function placePlan({ folder, plan }: OpenedPlan): Promise<void> {
  const earlier = await readPlaced(folder).catch(() => undefined);
  if (earlier && canonicalJson(earlier) === canonicalJson(plan)) return;
  await writeJson(planFile(folder), plan);
}

/** The plan that a folder holds; undefined where it holds none. */
export async function readPlaced(folder: string): Promise<Plan | undefined> {
  const path = planFile(folder);
  if (!existsSync(path)) return undefined;
  // Whole as it is written by lesionlab: defaults are never asked for.
  const defaults = {
    seed: 0,
    threads: 1,
    device: 'cpu',
    lesionlab: packageInfo.version,
    absolute: (of: string) => of,
  } as const;
  return readPlan(await readTextFile(path), path, defaults);
}

/** @throws LesionlabError kind `usage` where the folder holds another plan, with results of its own */
export async function refuseOtherPlan({ named, folder, plan }: OpenedPlan): Promise<void> {
  const earlier = await readPlaced(folder);
  if (!earlier) return;
  const same = earlier.made.by === plan.made.by && earlier.made.file === plan.made.file;
  if (same) return;
  const has = earlier.jobs.some(
    (job) => job.kind === 'train' && existsSync(runFolderPaths(jobFolderOf(folder, job)).config),
  );
  if (!has) return;
  const name = ({ made }: Plan) => (made.by === 'hand' ? `the plan ${made.file}` : `a plan of "${made.by}"`);
  throw usageError(
    'other-plan',
    `${named} already holds ${name(earlier)} with its results; ${name(plan)} can't be put beside it.`,
    {
      hint: 'One folder has one plan: name another with --run, or replace the earlier one and its results with --overwrite.',
    },
  );
}

/** @throws LesionlabError kind `data` naming every file and folder of these jobs that isn't there */
export function requireFiles(jobs: readonly PlannedJob[], mappings: readonly PathMapping[]): void {
  const missing = new Map<string, string[]>();
  for (const job of jobs)
    for (const path of jobPaths(mapPaths(job, mappings)))
      if (!existsSync(path)) missing.set(path, [...(missing.get(path) ?? []), job.id]);
  if (missing.size === 0) return;
  const list = [...missing].map(([path, ids]) => `${path} (${ids.length > 3 ? `${ids.length} jobs` : ids.join(', ')})`);
  throw dataError('missing-files', `The plan names what isn't there: ${list.join('; ')}.`, {
    details: list,
    hint: {
      terminal: 'Put it there, or say where it lies on this machine: --map /as/the/plan/has/it=/as/it/is/here',
      page: 'Put it there, or begin another plan with the place where it is now.',
    },
  });
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** The plan that a folder holds. @throws LesionlabError kind `usage` where it holds none */
export const openPlanFolder = (folder: string): Promise<OpenedPlan> =>
  openPlan({ seed: 0, threads: 1, device: 'cpu' }, folder);

/** Jobs that a command plans. @param by name of the command */
export const madePlan = (by: string, jobs: readonly PlannedJob[]): Plan => ({
  plan: 1,
  lesionlab: packageInfo.version,
  made: { by },
  attempts: usualAttempts,
  jobs: [...jobs],
});

/** A plan of a command in a folder, after a look at the one that the folder holds. @param choose which of the two is meant */
export async function placedPlan(made: Plan, folder: string, choose: (earlier: Plan) => Plan): Promise<OpenedPlan> {
  const earlier = await readPlaced(resolve(folder));
  return openedPlan(checkPlan(earlier ? choose(earlier) : made, folder), folder);
}
