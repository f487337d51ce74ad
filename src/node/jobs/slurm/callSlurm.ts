import { execFile } from 'node:child_process';
import { type LesionlabError, runError, usageError } from '../../../errors.js';

/** How a program of Slurm is called; tests bring their own. */
export type CallSlurm = (program: string, words: readonly string[]) => Promise<string>;

/** What a program of Slurm said no with. */
export class SlurmRefusal extends Error {}

/** Seconds: a controller that is away is tried for a while by the programs themselves. */
const usualPatience = 120;

/**
 * Calls a program of Slurm. @param patience seconds after which it is ended @returns what it wrote to stdout
 * @throws SlurmRefusal with what it wrote to stderr; LesionlabError kind `usage` where there is no such program
 */
export const callSlurm = (program: string, words: readonly string[], patience = usualPatience): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, words, { timeout: 1000 * patience, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return reject(
          usageError(
            'no-slurm',
            `There is no ${program} here: Slurm is not installed on this machine, or not in PATH.`,
            {
              hint: 'Call this on a machine from which jobs are submitted, as a login node.',
              cause: error,
            },
          ),
        );
      const words = error.killed ? `${program} has not answered within ${patience} s` : error.message;
      reject(new SlurmRefusal(stderr.trim() || words, { cause: error }));
    });
  });

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /Invalid job array specification/i,
    'The cluster takes smaller arrays or lower indexes: ask whoever keeps it for MaxArraySize, or split the plan.',
  ],
  [
    /(submit|job) (count )?limit|MaxSubmit|MaxJob|QOSMax|AssocMax|AssocGrp/i,
    'As many tasks as this account may have are already submitted: wait for some to end, and call this again; what is done is not done again.',
  ],
  [/time limit/i, 'Name another partition or a shorter limit: --on "slurm: --partition=long --time=120".'],
  [/partition/i, 'Name one that there is (`sinfo`): --on "slurm: --partition=short".'],
  [/account|QOS/i, 'Name the account: --on "slurm: --account=mine".'],
  [
    /node configuration|CPU count|Memory specification/i,
    'No node of the partition has as many cores or as much memory: the plan has the threads of each job.',
  ],
  [
    /contact slurm controller|Unable to contact|connection refused|timed out/i,
    "Slurm's controller is away; see `scontrol ping`, and call this again when it is back.",
  ],
];

/** What Slurm refused, in words that say what to do. */
export function describeRefusal(what: string, { message, cause }: SlurmRefusal): LesionlabError {
  // `sbatch: error: ` before every line says nothing.
  const words = message.replace(/^\w+: (error: )?/gm, '').replace(/^Batch job submission failed: /gm, '');
  const hint =
    hints.find(([pattern]) => pattern.test(words))?.[1] ??
    'A site may want options of its own: --on "slurm: --partition=... --account=...", or --template with its own script.';
  return runError('slurm-refused', `Slurm refused ${what}: ${words.replaceAll('\n', ' ')}`, { hint, cause });
}
