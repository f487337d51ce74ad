import type { CallSlurm } from './callSlurm.js';

/** Takes back what waits of arrays, and has what runs saved and ended: the script hears the signal. @throws SlurmRefusal where Slurm says no */
export async function stopTasks(call: CallSlurm, arrays: readonly string[]): Promise<void> {
  if (arrays.length === 0) return;
  await call('scancel', ['--state=PENDING', ...arrays]);
  await call('scancel', ['--batch', '--signal=USR2', ...arrays]);
}
