import type { ActivationHistogram } from './activationHistogram.js';

/** Numbers that are kept apart: what lies outside becomes the nearer end. Zero is within. */
export interface ActivationRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** real = scale * (q - zeroPoint), q from 0 to 255 (Jacob et al. 2018, equation 1). */
export interface AffineCode {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The code of a range in 8 bits; zero has a code of its own, since padding and ReLU make many zeros (section 2.1). */
export function affineCode({ minimum, maximum }: ActivationRange): AffineCode {
  const low = Math.min(0, minimum);
  const high = Math.max(0, maximum);
  // Nothing but zeros: any scale is right.
  if (high - low < 1e-30) return { scale: 1, zeroPoint: 0 };
  // As the file holds it.
  const scale = Math.fround((high - low) / 255);
  return { scale, zeroPoint: Math.min(255, Math.max(0, Math.round(-low / scale))) };
}

/** How a range is chosen from what was seen. */
export type RangeRule = 'minmax' | 'percentile' | 'squares';

const percentile = 0.9999;
const candidates = 40;

/** A range for an activation. */
export function chooseRange(histogram: ActivationHistogram, rule: RangeRule): ActivationRange {
  const { minimum, maximum } = histogram;
  if (rule === 'minmax' || maximum === minimum) return { minimum, maximum };
  if (rule === 'percentile') return percentileRange(histogram);
  let best = { minimum, maximum };
  let least = Number.POSITIVE_INFINITY;
  // Both ends move in together: a grid of pairs gains little.
  for (let i = 0; i < candidates; i++) {
    const share = 1 - (0.8 * i) / candidates;
    const range = { minimum: minimum * share, maximum: maximum * share };
    const error = squaredError(histogram, range);
    if (error < least) {
      least = error;
      best = range;
    }
  }
  return best;
}

function percentileRange(histogram: ActivationHistogram): ActivationRange {
  const { counts, minimum, maximum } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const outside = (total * (1 - percentile)) / (minimum < 0 ? 2 : 1);
  let high = counts.length;
  for (let sum = 0; high > 0 && sum + counts[high - 1] <= outside; high--) sum += counts[high - 1];
  let low = 0;
  for (let sum = 0; low < high && sum + counts[low] <= outside; low++) sum += counts[low];
  return {
    minimum: Math.min(0, Math.max(minimum, histogram.edge(low))),
    maximum: Math.max(0, Math.min(maximum, histogram.edge(high))),
  };
}

/** Squared error of all numbers seen: of clipping outside of the range, of rounding (scale² / 12 on average) within. */
function squaredError(histogram: ActivationHistogram, { minimum, maximum }: ActivationRange): number {
  const { counts, binWidth } = histogram;
  const rounding = ((maximum - minimum) / 255) ** 2 / 12;
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin];
    if (count === 0) continue;
    const middle = histogram.edge(bin) + binWidth / 2;
    if (middle < minimum) sum += count * (minimum - middle) ** 2;
    else if (middle > maximum) sum += count * (middle - maximum) ** 2;
    // Exact zeros have no error; they fall into the bin that begins at zero, as do the smallest numbers.
    else if (histogram.edge(bin) !== 0) sum += count * rounding;
  }
  return sum;
}
