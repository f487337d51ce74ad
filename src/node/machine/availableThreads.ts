import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Cores that this process may use: those it is scheduled on, cut to a container's CPU quota. */
export function availableThreads(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(cgroupQuota())));
}

/** Node 20 does not look at the cgroup's quota itself; version 2 of cgroups writes `<quota> <period>` or `max <period>`. */
function cgroupQuota(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').split(' ').map(Number);
    return quota / period >= 1 ? quota / period : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
