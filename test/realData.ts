import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder of the real HAM10000, where this machine has it: the environment variable LESIONLAB_HAM10000 names it, or it
 * stands beside the repository. Tests that need it are skipped elsewhere.
 */
export function ham10000Folder(): string | undefined {
  const folder = process.env.LESIONLAB_HAM10000 ?? join(import.meta.dirname, '../../shared/data/ham10000');
  return existsSync(folder) ? folder : undefined;
}

/** The folder of real ImageNet weights beside the repository, where this machine has it. */
export function realWeightsFolder(): string | undefined {
  const folder = join(import.meta.dirname, '../../shared/data/weights');
  return existsSync(folder) ? folder : undefined;
}
