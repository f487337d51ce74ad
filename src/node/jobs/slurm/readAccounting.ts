import type { CallSlurm } from './callSlurm.js';

/** What Slurm has counted of a task, all of its tries together. */
export interface TaskAccount {
  /** Of the strand. */
  readonly index: number;
  /** `17_3`. */
  readonly task: string;
  /** Of each try: `REQUEUED`, `NODE_FAIL`, `COMPLETED`... */
  readonly states: readonly string[];
  readonly nodes: readonly string[];
  /** On the clock, and of processors. */
  readonly seconds: number;
  readonly processorSeconds: number;
  /** Largest working memory, MiB; null where Slurm measures none. */
  readonly memory: number | null;
}

const fields = ['JobID', 'State', 'NodeList', 'Elapsed', 'TotalCPU', 'MaxRSS'];

/** What sacct tells of arrays. @throws SlurmRefusal where Slurm keeps no accounts */
export async function readAccounting(
  call: CallSlurm,
  arrays: readonly { readonly id: string; readonly offset: number }[],
): Promise<TaskAccount[]> {
  const ids = arrays.map(({ id }) => id).join(',');
  const words = ['--noheader', '--parsable2', '--duplicates', `--jobs=${ids}`, `--format=${fields.join(',')}`];
  const rows = (await call('sacct', words))
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('|'));
  const tasks = new Map<string, string[][]>();
  for (const row of rows) {
    const task = /^\d+_\d+/.exec(row[0])?.[0];
    if (task) tasks.set(task, [...(tasks.get(task) ?? []), row]);
  }
  return [...tasks].map(([task, ofTask]) => {
    const [array, index] = task.split('_');
    // A try, and the script in it, which alone knows its memory.
    const tries = ofTask.filter(([id]) => id === task);
    const memories = ofTask.map((row) => parseMemory(row[5])).filter((memory) => memory !== null);
    return {
      index: Number(index) + (arrays.find(({ id }) => id === array)?.offset ?? 0),
      task,
      states: tries.map(([, state]) => state.split(' ')[0]),
      nodes: [...new Set(tries.map(([, , node]) => node).filter((node) => node && node !== 'None assigned'))],
      seconds: sum(tries.map((row) => parseTime(row[3]))),
      processorSeconds: sum(tries.map((row) => parseTime(row[4]))),
      memory: memories.length > 0 ? Math.max(...memories) : null,
    };
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** `1-02:03:04`, `02:03:04` and `03:04.567` in seconds. */
function parseTime(text: string): number {
  const [clock, days = '0'] = text.split('-').reverse();
  return clock.split(':').reduce((total, part) => 60 * total + Number(part), 0) + 86_400 * Number(days);
}

/** `5368K` in MiB. */
function parseMemory(text: string): number | null {
  const [, count, unit] = /^([\d.]+)([KMGT]?)$/.exec(text ?? '') ?? [];
  if (count === undefined) return null;
  const powers: Record<string, number> = { '': -2, K: -1, M: 0, G: 1, T: 2 };
  return Number(count) * 1024 ** powers[unit];
}
