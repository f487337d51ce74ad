import type { EpochRecord } from './events.js';

/** The epoch whose weights are kept as best: highest validation balanced accuracy, the earlier one on ties. */
export function findBestEpoch(records: readonly EpochRecord[]): EpochRecord | undefined {
  return records.reduce<EpochRecord | undefined>(
    (best, record) =>
      best === undefined || record.validationBalancedAccuracy > best.validationBalancedAccuracy ? record : best,
    undefined,
  );
}
