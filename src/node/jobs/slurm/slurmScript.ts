import { readFile } from 'node:fs/promises';
import { usageError } from '../../../errors.js';

/** What a script of an array is made of. */
export interface SlurmScript {
  readonly name: string;
  /** As Slurm writes it: `0-4,7`, or `0-4,7%2` for two at once at most. */
  readonly indexes: string;
  /** Cores of a task. */
  readonly threads: number;
  readonly device: 'cpu' | 'webgpu';
  /** Of a task's words: %A is the array, %a the index. */
  readonly log: string;
  /** Program and arguments; the number of the task comes behind them. */
  readonly command: readonly string[];
  /** Added to Slurm's index, where an array can't have indexes as high as the plan's. */
  readonly offset: number;
}

/** What stands in a template for what a plan asks for, and for the lines that do the work. */
const marks = { directives: '{{directives}}', work: '{{work}}' } as const;

/** The script as it is where a site brings no template of its own. */
export const usualTemplate = `#!/bin/bash
${marks.directives}

${marks.work}
`;

/** Seconds before the time limit at which Slurm says so; Slurm may do so up to a minute earlier. */
const notice = 90;

/**
 * Reads a site's template: a shell script with \`{{directives}}\` where Slurm's directives go, and \`{{work}}\` where the work is done.
 * @throws LesionlabError kind \`usage\` where one of the two is missing
 */
export async function readTemplate(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw usageError('no-template', `The template ${path} can't be read: ${cause.message}`, { cause });
  });
  const missing: string[] = Object.values(marks).filter(
    (mark) => !text.split('\n').some((line) => line.trim() === mark),
  );
  if (!text.startsWith('#!')) missing.unshift('#!/bin/bash as its first line');
  if (missing.length === 0) return text;
  throw usageError('bad-template', `The template ${path} lacks ${missing.join(' and ')}.`, {
    hint: `Each stands on a line of its own, as in the script that is used without a template:\n${usualTemplate}`,
  });
}

/** The script of an array, to be handed to sbatch. */
export function fillTemplate(template: string, script: SlurmScript): string {
  const filled: Readonly<Record<string, string>> = {
    [marks.directives]: directives(script),
    [marks.work]: work(script),
  };
  return template
    .split('\n')
    .map((line) => filled[line.trim()] ?? line)
    .join('\n');
}

function directives({ name, indexes, threads, device, log }: SlurmScript): string {
  return [
    `--job-name=${name}`,
    `--array=${indexes}`,
    '--ntasks=1',
    `--cpus-per-task=${threads}`,
    ...(device === 'webgpu' ? ['--gres=gpu:1'] : []),
    `--output=${log}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${notice}`,
  ]
    .map((option) => `#SBATCH ${option}`)
    .join('\n');
}

function work({ command, offset }: SlurmScript): string {
  const index = offset === 0 ? '"$SLURM_ARRAY_TASK_ID"' : `"$((SLURM_ARRAY_TASK_ID + ${offset}))"`;
  return `# lesionlab saves and ends at SIGTERM. Slurm sends USR1 to this script before the time limit: then the task is put back, and goes on from what
# is saved, unless lesionlab has given it up or was not up yet. USR2 asks for an end for good. SIGTERM, which Slurm sends to every process of the task, is lesionlab's own: here it is let pass.
again= stop= child=
end() { if [ "$child" ]; then kill -TERM "$child"; else stop=1; fi; }
trap 'again=1; end' USR1
trap 'again=; end' USR2
trap : TERM
${command.map(quote).join(' ')} ${index} &
child=$!
[ "$stop" ] && kill -TERM "$child"
while :; do wait "$child"; status=$?; kill -0 "$child" 2> /dev/null || break; done
[ "$again" ] && [ "$status" -eq 143 ] && echo 'The time limit came before lesionlab was up: give a longer --time.' >&2
[ "$again" ] && [ "$status" -eq 130 ] && scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
exit "$status"`;
}

const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** `[0, 1, 2, 5]` as `0-2,5`. @param indexes in order */
export function formatIndexes(indexes: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const index of indexes) {
    const last = parts.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
