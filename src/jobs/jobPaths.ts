import type { JobKind } from './kinds/jobKind.js';
import { findJobKind } from './kinds/registry.js';
import type { PlannedJob } from './plan.js';

/** Files and folders that a job reads, as it names them: its data, and those that its settings name. */
export function jobPaths({ kind, data = [], settings }: PlannedJob): string[] {
  const named: string[] = [];
  withAbsolutePaths(findJobKind(kind), settings, (path) => {
    named.push(path);
    return path;
  });
  return [...data, ...named];
}

/** Settings with all that are paths of files or folders made absolute, but for words that stand in the place of one. */
export const withAbsolutePaths = (
  { paths, words = {} }: Pick<JobKind, 'paths' | 'words'>,
  settings: Readonly<Record<string, unknown>>,
  absolute: (path: string) => string,
): Record<string, unknown> =>
  paths.reduce<unknown>(
    (made, path) => withAbsolute(made, path.split('.'), (text) => (words[path]?.test(text) ? text : absolute(text))),
    settings,
  ) as Record<string, unknown>;

/** What lies at a place, of each of those in a list. */
function withAbsolute(value: unknown, place: readonly string[], absolute: (path: string) => string): unknown {
  if (Array.isArray(value)) return value.map((inner) => withAbsolute(inner, place, absolute));
  const [name, ...rest] = place;
  if (name === undefined) return typeof value === 'string' ? absolute(value) : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: withAbsolute((value as Record<string, unknown>)[name], rest, absolute) };
}

/** Whether a setting names a file or a folder; else it is a word that may stand in its place. */
export const isPath = (value: unknown): value is string => typeof value === 'string' && /[/\\]/.test(value);

/** The run that is there already in which a job works; undefined where it works in a folder of the plan's. */
export const sourceOf = ({ kind, settings }: Pick<PlannedJob, 'kind' | 'settings'>): string | undefined =>
  findJobKind(kind).folder === 'uses' && 'source' in settings ? settings.source : undefined;
