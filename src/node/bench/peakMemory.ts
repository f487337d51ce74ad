import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { interruptedError } from '../../errors.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { BenchOptions } from './benchOptions.js';
import type { BenchKind } from './torchProcess.js';

/** Most memory that this process has had so far, MiB. */
export const peakMemory = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

/**
 * Most memory of a process of its own that opens the network and takes some steps, MiB: what this process did before isn't in it.
 * @throws Error where it ends with one, with what it printed
 */
export async function measurePeakMemory(kind: BenchKind, { signal, ...options }: BenchOptions): Promise<number> {
  const script = fileURLToPath(workerUrl('bench/peakMemoryProcess'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, kind, JSON.stringify(options)], { signal });
    return JSON.parse(stdout);
  } catch (error) {
    if (signal?.aborted) throw interruptedError('The measurement was interrupted.');
    throw error;
  }
}
