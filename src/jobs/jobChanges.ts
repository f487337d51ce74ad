import { formatSetting } from '../training/recipe/recipeSettings.js';
import { withAbsolutePaths } from './jobPaths.js';
import { findJobKind } from './kinds/registry.js';
import type { PlannedJob } from './plan.js';

/** How a recipe's file is called, and its comments, change nothing. */
const ofNoMatter = ['settings.recipe.name', 'settings.recipe.sha256'];

/**
 * What differs between a job as its results were begun and as it is planned now, as `settings.preset (quick, now demo)`. Where files and folders lie makes
 * no difference: whether they are the same is seen by their contents.
 */
export function jobChanges(before: Partial<PlannedJob>, now: PlannedJob): string[] {
  const [old, current] = [leaves(compared(before)), leaves(compared(now))];
  // With one place for all files and folders.
  const placed = ({ settings = {}, ...job }: Partial<PlannedJob>) =>
    leaves({ ...job, settings: withAbsolutePaths(findJobKind(now.kind), settings, () => '/') });
  const [oldPlaced, currentPlaced] = [placed(before), placed(now)];
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((name) => !ofNoMatter.includes(name));
  return names.flatMap((name) => {
    const [was, is] = [old.get(name), current.get(name)];
    if (was === is || oldPlaced.get(name) === currentPlaced.get(name)) return [];
    return [`${name} (${was ?? 'not set'}, now ${is ?? 'not set'})`];
  });
}

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
