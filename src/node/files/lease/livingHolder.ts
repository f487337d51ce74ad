import { stat } from 'node:fs/promises';
import { usualTiming } from './acquireLease.js';
import { beatPath, type FoundLease, type LeaseRecord, readLease } from './leaseFile.js';
import { livenessOf } from './owner.js';

/** The lease of a folder whose owner is known to live, or has given a sign of life lately; undefined where nobody has it. */
export async function livingHolder(folder: string): Promise<FoundLease | undefined> {
  const lease = await readLease(folder).catch(() => undefined);
  if (lease?.command === undefined) return undefined;
  const life = livenessOf(lease as LeaseRecord);
  if (life !== 'unknown') return life === 'alive' ? lease : undefined;
  const beat = await stat(beatPath(folder, lease.token)).catch(() => undefined);
  return beat && Date.now() - beat.mtimeMs < usualTiming.lasts ? lease : undefined;
}
