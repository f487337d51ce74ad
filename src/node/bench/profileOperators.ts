import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round } from './measureSteps.js';

/** Time of all calls of one ONNX operator. */
export interface OperatorTime {
  readonly operator: string;
  /** Calls a step. */
  readonly calls: number;
  readonly millisecondsPerStep: number;
  /** Share of all operators' time, 0 to 1. */
  readonly share: number;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

/** Adds up a profile of onnxruntime (Chrome's trace format) by operator, longest first; times are means over all runs. */
export function sumProfile(events: readonly ProfileEvent[]): OperatorTime[] {
  const sums = new Map<string, { calls: number; microseconds: number }>();
  let runs = 0;
  let total = 0;
  for (const { cat, name, dur = 0, args } of events) {
    if (cat === 'Session' && name === 'model_run') runs += 1;
    if (cat !== 'Node' || !args?.op_name || !name.endsWith('_kernel_time')) continue;
    const sum = sums.get(args.op_name) ?? { calls: 0, microseconds: 0 };
    sum.calls += 1;
    sum.microseconds += dur;
    total += dur;
    sums.set(args.op_name, sum);
  }
  return [...sums]
    .map(([operator, { calls, microseconds }]) => ({
      operator,
      calls: round(calls / runs, 2),
      millisecondsPerStep: round(microseconds / 1000 / runs, 3),
      share: round(microseconds / total, 4),
    }))
    .sort((a, b) => b.millisecondsPerStep - a.millisecondsPerStep);
}

/**
 * Runs a measurement with onnxruntime's profiler on, in a temporary folder that is gone afterwards.
 * @param measure opens its session with the given profile prefix and ends the profile
 */
export async function profileOperators<T>(
  measure: (profilePrefix: string) => Promise<T>,
): Promise<{ result: T; operators: OperatorTime[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'lesionlab-profile-'));
  try {
    const result = await measure(join(folder, 'profile'));
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('onnxruntime wrote no profile');
    return { result, operators: sumProfile(JSON.parse(await readFile(join(folder, file), 'utf8'))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
