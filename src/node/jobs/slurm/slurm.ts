import type { Executor } from '../executor.js';
import { runOnSlurm } from './runOnSlurm.js';
import { isSlurmAddress } from './slurmAddress.js';

/** Nodes of a cluster that Slurm keeps. */
export const slurm: Executor = {
  form: 'slurm',
  description: 'nodes of a cluster, as arrays of Slurm; `slurm: --partition=short --time=60` gives options of sbatch',
  accepts: isSlurmAddress,
  run: (context, opened, request, on) => runOnSlurm(context, opened, request, on),
};
