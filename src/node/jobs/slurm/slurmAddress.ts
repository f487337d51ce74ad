import { usageError } from '../../../errors.js';

/** Whether an address is Slurm's: `slurm`, or `slurm:` with options of sbatch behind it. */
export const isSlurmAddress = (on: string): boolean => /^slurm(:|$)/.test(on);

/** What stands behind `slurm:`. */
export interface SlurmAddress {
  /** For sbatch. */
  readonly options: readonly string[];
  /** File of a site's own script. */
  readonly template?: string;
  /** Submit, and follow nothing. */
  readonly detach: boolean;
}

/**
 * Reads `slurm: --template=site.sh --detach --partition=short --time=60`: two words of its own, the others are sbatch's.
 * @throws LesionlabError kind `usage` where one is no option
 */
export function parseSlurmAddress(on: string): SlurmAddress {
  const words = on
    .replace(/^slurm:?/, '')
    .split(/\s+/)
    .filter(Boolean);
  const odd = words.find((word) => !/^(-\w.*|--[a-z][\w-]*(=.*)?)$/.test(word));
  if (odd !== undefined)
    throw usageError('bad-slurm-option', `"${odd}" is no option of sbatch.`, {
      hint: 'Behind the colon stand options with = and no spaces: --on "slurm: --partition=short --time=60".',
    });
  const own = (word: string) => word === '--detach' || word.startsWith('--template=');
  const template = words.find((word) => word.startsWith('--template='))?.slice('--template='.length);
  return { options: words.filter((word) => !own(word)), template, detach: words.includes('--detach') };
}
