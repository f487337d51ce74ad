import { incompleteBeta, logGamma, upperGamma } from './incompleteBeta.js';

/** The share of the F distribution above a value. @param value at least 0 @param second infinite: the chi-square distribution by its degrees of freedom */
export function fTail(value: number, first: number, second: number): number {
  if (!(value > 0)) return 1;
  if (!Number.isFinite(value)) return 0;
  // Beyond that rounding would cost more.
  if (second > 1e7) return upperGamma(first / 2, (value * first) / 2);
  return incompleteBeta(second / (second + first * value), second / 2, first / 2);
}

/** The value above which this share of the F distribution lies. @param share (0, 1) */
export function fBound(share: number, first: number, second: number): number {
  let [low, high] = [0, 2];
  while (fTail(high, first, second) > share && high < 1e12) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (fTail(middle, first, second) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The share of the noncentral F distribution above a value: a Poisson mixture of central ones.
 * @param noncentrality at least 0
 */
export function noncentralFTail(value: number, first: number, second: number, noncentrality: number): number {
  if (!(value > 0)) return 1;
  const half = noncentrality / 2;
  if (half === 0) return fTail(value, first, second);
  const x = (first * value) / (first * value + second);
  const weight = (j: number) => Math.exp(-half + j * Math.log(half) - logGamma(j + 1));
  const peak = Math.floor(half);
  let below = 0;
  for (const step of [1, -1])
    for (let j = step === 1 ? peak : peak - 1; j >= 0; j += step) {
      const part = weight(j);
      if (part < 1e-17) break;
      below += part * incompleteBeta(x, first / 2 + j, second / 2);
    }
  return 1 - below;
}
