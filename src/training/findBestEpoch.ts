import type { EpochRecord } from './events.js';

/** The epoch whose weights are kept as best: the last that says so, and in runs of earlier versions, whose epochs don't, highest validation balanced accuracy, the earlier one on ties. */
export function findBestEpoch(records: readonly EpochRecord[]): EpochRecord | undefined {
  const said = records.filter(({ best }) => best === true).at(-1);
  if (said) return said;
  return records.reduce<EpochRecord | undefined>(
    (best, record) =>
      best === undefined || record.validationBalancedAccuracy > best.validationBalancedAccuracy ? record : best,
    undefined,
  );
}
