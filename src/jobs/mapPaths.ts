import { usageError } from '../errors.js';
import type { PlannedJob } from './plan.js';

/** Where a folder of the plan's lies on the machine at hand. */
export interface PathMapping {
  /** Absolute, as the plan has it. */
  readonly from: string;
  /** Absolute, here. */
  readonly to: string;
}

/** Reads `/data=/mnt/disk`. @throws LesionlabError kind `usage` where it is none */
export function parseMapping(text: string): PathMapping {
  const at = text.indexOf('=');
  const [from, to] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || !isAbsolute(from) || !isAbsolute(to))
    throw usageError('bad-mapping', `"${text}" says of no folder where it lies here.`, {
      hint: 'Expected two absolute paths: --map /as/the/plan/has/it=/as/it/is/here',
    });
  return { from: trimEnd(from), to: trimEnd(to) };
}

/** A job with every path that begins with a mapped folder, in its data and settings, as it is on the machine at hand. The longest mapping goes first. */
export function mapPaths(job: PlannedJob, mappings: readonly PathMapping[]): PlannedJob {
  if (mappings.length === 0) return job;
  const { data, settings } = job;
  return { ...job, ...(data && { data: mapAll(data, mappings) }), settings: mapAll(settings, mappings) } as PlannedJob;
}

/** One path. */
export function mapPath(path: string, mappings: readonly PathMapping[]): string {
  const [best] = mappings
    .filter(({ from }) => path === from || path.startsWith(`${from}/`) || path.startsWith(`${from}\\`))
    .sort((a, b) => b.from.length - a.from.length);
  return best ? best.to + path.slice(best.from.length) : path;
}

function mapAll<T>(value: T, mappings: readonly PathMapping[]): T {
  if (typeof value === 'string') return mapPath(value, mappings) as T;
  if (Array.isArray(value)) return value.map((inner) => mapAll(inner, mappings)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapAll(inner, mappings)])) as T;
}

const isAbsolute = (path: string) => /^([/\\]|[A-Za-z]:[/\\])/.test(path);
const trimEnd = (path: string) => (path.length > 1 ? path.replace(/[/\\]+$/, '') : path);
