import type { CallSlurm } from './callSlurm.js';

/** A task of an array, as Slurm lists it. */
export interface SlurmTask {
  /** `17_3`. */
  readonly id: string;
  /** Of the array. */
  readonly array: string;
  /** Slurm's own. */
  readonly index: number;
  /** `PENDING`, `RUNNING`, `COMPLETING`, `REQUEUED`... */
  readonly state: string;
  /** Why it waits: `Resources`, `PartitionTimeLimit`... */
  readonly reason: string;
  readonly node: string;
}

/** States after which Slurm does nothing more of a task. */
const ended = /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|BOOT_FAIL|DEADLINE|PREEMPTED)/;

/** Tasks of arrays that wait or run. @throws SlurmRefusal where Slurm doesn't answer */
export async function listTasks(call: CallSlurm, arrays: readonly string[]): Promise<SlurmTask[]> {
  if (arrays.length === 0) return [];
  // All of this user: asked for an array that it has forgotten, squeue says nothing of the others.
  const text = await call('squeue', ['--noheader', '--me', '--array', '--format=%i|%F|%K|%T|%r|%N']);
  return text
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([, array, , state]) => arrays.includes(array) && !ended.test(state))
    .map(([id, array, index, state, reason, node]) => ({ id, array, index: Number(index), state, reason, node }));
}
