import { requireNumber } from '../../checks.js';

/** The share of the standard normal distribution between -z and z: the error function's series, whose terms are all positive. */
function shareWithin(z: number): number {
  let term = z * Math.sqrt(2 / Math.PI) * Math.exp(-(z * z) / 2);
  let sum = 0;
  for (let n = 3; term > sum * 1e-17; n += 2) {
    sum += term;
    term *= (z * z) / n;
  }
  return sum;
}

/** The share of the standard normal distribution below z. */
export function normalShareBelow(z: number): number {
  const within = Math.abs(z) > 38 ? 1 : shareWithin(Math.abs(z));
  return z < 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/** The z within which this share of the standard normal distribution lies: 1.96 for 0.95. */
export function normalBound(level: number): number {
  let [low, high] = [0, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The score interval of a share, which keeps a width where all or none of few trials succeeded.
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.
 * @param share successes among the trials, [0, 1]
 * @param trials number of independent trials, above 0
 * @param level share of such intervals that hold the truth, (0, 1). Default 0.95
 * @returns both ends, [0, 1]
 * @throws LesionlabError kind `usage` for numbers out of these ranges
 */
export function wilsonInterval(share: number, trials: number, level = 0.95): readonly [low: number, high: number] {
  requireNumber('share', share, { min: 0, max: 1 });
  requireNumber('trials', trials, { above: 0 });
  const z = normalBound(requireNumber('level', level, { above: 0, below: 1 }));
  const shrink = 1 + z ** 2 / trials;
  const middle = (share + z ** 2 / (2 * trials)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  // At 0 and 1 an end is that very number; rounding must not move it.
  return [share === 0 ? 0 : middle - half, share === 1 ? 1 : middle + half];
}
