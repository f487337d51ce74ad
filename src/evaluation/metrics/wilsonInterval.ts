/** 97.5th percentile of the standard normal distribution: 95% lie between it and its negative. */
const z = 1.959963984540054;

/**
 * The 95% score interval of a share, which keeps a width where all or none of few trials succeeded.
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.
 * @param share successes among the trials, [0, 1]
 * @param trials number of independent trials, above 0
 * @returns both ends, [0, 1]
 */
export function wilsonInterval(share: number, trials: number): readonly [low: number, high: number] {
  const shrink = 1 + z ** 2 / trials;
  const middle = (share + z ** 2 / (2 * trials)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  // At 0 and 1 an end is that very number; rounding must not move it.
  return [share === 0 ? 0 : middle - half, share === 1 ? 1 : middle + half];
}
