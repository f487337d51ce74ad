import { requireInteger } from '../../checks.js';

/**
 * Whether a training has gone on for long enough without getting better on validation (Prechelt 1998).
 * @param patience epochs after the best one that are granted; 0 for all
 */
export function hasStalled(
  { epoch, bestEpoch }: { readonly epoch: number; readonly bestEpoch: number },
  patience: number,
): boolean {
  requireInteger('earlyStopping', patience, { min: 0 });
  return patience > 0 && bestEpoch > 0 && epoch - bestEpoch >= patience;
}
