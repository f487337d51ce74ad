import { formatSetting } from '../training/recipe/recipeSettings.js';
import { isPath } from './jobPaths.js';
import { findJobKind } from './kinds/registry.js';
import type { PlannedJob } from './plan.js';

/** How a recipe's file is called, and its comments, change nothing. */
const ofNoMatter = ['settings.recipe.name', 'settings.recipe.sha256'];

/**
 * What differs between a job as its results were begun and as it is planned now, as `settings.preset (quick, now demo)`. Where files and folders lie makes
 * no difference: whether they are the same is seen by their contents.
 */
export function jobChanges(before: Partial<PlannedJob>, now: PlannedJob): string[] {
  const paths = new Set(findJobKind(now.kind).paths.map((path) => `settings.${path}`));
  const [old, current] = [leaves(compared(before)), leaves(compared(now))];
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((name) => !ofNoMatter.includes(name));
  return names.flatMap((name) => {
    const [was, is] = [old.get(name), current.get(name)];
    if (was === is || (paths.has(name) && isPath(was) && isPath(is))) return [];
    return [`${name} (${was ?? 'not set'}, now ${is ?? 'not set'})`];
  });
}

const compared = ({ kind, run, seed, threads, device, settings }: Partial<PlannedJob>) => ({
  ...{ kind, run, seed, threads, device },
  settings: settings ?? {},
});

/** Every value that is no group, by its path; lists are one value. */
function leaves(value: object, path = '', found = new Map<string, string>()): Map<string, string> {
  for (const [name, inner] of Object.entries(value)) {
    const place = path ? `${path}.${name}` : name;
    if (inner === undefined) continue;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) leaves(inner, place, found);
    else found.set(place, formatSetting(inner));
  }
  return found;
}
