import { valueAt } from '../training/recipe/recipeSettings.js';
import { findJobKind } from './kinds/registry.js';
import type { PlannedJob } from './plan.js';

/** Files and folders that a job reads, as it names them: its data, and those that its settings name. */
export function jobPaths({ kind, data = [], settings }: PlannedJob): string[] {
  const named = findJobKind(kind).paths.flatMap((place) => [valueAt(settings, place)].flat());
  return [...data, ...named.filter(isPath)];
}

/** Whether a setting names a file or a folder; else it is a word that may stand in its place. */
export const isPath = (value: unknown): value is string => typeof value === 'string' && /[/\\]/.test(value);

/** The run that is there already in which a job works; undefined where it works in a folder of the plan's. */
export const sourceOf = ({ kind, settings }: Pick<PlannedJob, 'kind' | 'settings'>): string | undefined =>
  findJobKind(kind).folder === 'uses' && 'source' in settings ? settings.source : undefined;
