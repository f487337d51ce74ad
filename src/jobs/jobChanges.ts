import { formatSetting } from '../training/recipe/recipeSettings.js';
import { withAbsolutePaths } from './jobPaths.js';
import { findJobKind } from './kinds/registry.js';
import type { PlannedJob } from './plan.js';
import { canonicalJson } from './planText.js';
import { trainedRecipe } from './trainedRecipe.js';

/** How a recipe's file is called, and its comments, change nothing. */
const ofNoMatter = ['settings.recipe.name', 'settings.recipe.sha256'];

/**
 * What differs between a job as its results were begun and as it is planned now, as `settings.preset (quick, now demo)`. Where files and folders lie makes
 * no difference: whether they are the same is seen by their contents.
 */
export function jobChanges(before: Partial<PlannedJob>, now: PlannedJob): string[] {
  // With one place for all files and folders.
  const placed = ({ settings = {}, ...job }: Partial<PlannedJob>) =>
    leaves({ ...job, settings: withAbsolutePaths(findJobKind(now.kind), settings, () => '/') });
  const [oldPlaced, currentPlaced] = [placed(before), placed(now)];
  return differences(before, now)
    .filter(({ name }) => oldPlaced.get(name) !== currentPlaced.get(name))
    .map(({ name, was, is }) => `${name} (${was ?? 'not set'}, now ${is ?? 'not set'})`);
}

/** Whether what a job was begun as comes to what it is planned as now, on the same data and files. */
export const isSameJob = (before: Partial<PlannedJob>, now: PlannedJob): boolean =>
  canonicalJson(before.data ?? null) === canonicalJson(now.data ?? null) && differences(before, now).length === 0;

/** Settings that differ. What one of the two leaves unsaid, and would be what the other says, is none: nobody could say it before there was such a setting. */
function differences(before: Partial<PlannedJob>, now: PlannedJob) {
  const [old, current] = [leaves(compared(before)), leaves(compared(now))];
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((name) => !ofNoMatter.includes(name));
  const found = names.flatMap((name) => {
    const [was, is] = [old.get(name), current.get(name)];
    return was === is ? [] : [{ name, was, is }];
  });
  if (now.kind !== 'train' || !found.some(isUnsaid)) return found;
  const [oldRecipe, recipe] = [trainedRecipe(before.settings), trainedRecipe(now.settings)];
  return found.filter((one) => {
    const [was, is] = [oldRecipe(one.name), recipe(one.name)];
    return !isUnsaid(one) || was === undefined || formatSetting(was) !== formatSetting(is);
  });
}

const isUnsaid = ({ was, is }: { readonly was?: string; readonly is?: string }) =>
  was === undefined || is === undefined;

const compared = ({ kind, run, seed, threads, device, settings }: Partial<PlannedJob>) => ({
  ...{ kind, run, seed, threads, device },
  settings: settings ?? {},
});

/** Every value that is no group, by its path; lists are one value, but for those of groups. */
function leaves(value: object, path = '', found = new Map<string, string>()): Map<string, string> {
  for (const [name, inner] of Object.entries(value)) {
    const place = path ? `${path}.${name}` : name;
    if (inner === undefined) continue;
    if (isGroup(inner) || (Array.isArray(inner) && inner.some(isGroup))) leaves(inner, place, found);
    else found.set(place, formatSetting(inner));
  }
  return found;
}

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
