import { incompleteBeta } from './incompleteBeta.js';
import { normalBound, normalTail } from './normal.js';

/** The share of Student's t distribution that is farther from 0 than t, on both sides. @param freedom degrees of freedom, above 0; infinite: the normal distribution */
export function tTails(t: number, freedom: number): number {
  if (!Number.isFinite(t)) return 0;
  // So near the normal distribution rounding would cost more than the first term of its expansion leaves out.
  if (freedom > 1e7) {
    const density = Math.exp(-(t * t) / 2) / Math.sqrt(2 * Math.PI);
    return 2 * normalTail(Math.abs(t)) + (density * Math.abs(t) * (t * t + 1)) / (2 * freedom);
  }
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The t within which this share of Student's t distribution lies: 1.96 for 0.95 and many degrees of freedom. @param level (0, 1) */
export function tBound(level: number, freedom: number): number {
  if (freedom > 1e12) return normalBound(level);
  let [low, high] = [0, 2];
  while (tTails(high, freedom) > 1 - level && high < 1e12) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (tTails(middle, freedom) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
