import { requireNumber } from '../../checks.js';
import { normalBound } from '../distributions/normal.js';

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
  return scoreInterval(share, trials, normalBound(requireNumber('level', level, { above: 0, below: 1 })));
}

/** The same with the bound itself: of Student's t, where the spread had to be estimated. @param bound in standard errors, above 0 */
export function scoreInterval(share: number, trials: number, bound: number): readonly [low: number, high: number] {
  requireNumber('share', share, { min: 0, max: 1 });
  requireNumber('trials', trials, { above: 0 });
  const z = requireNumber('bound', bound, { above: 0 });
  const shrink = 1 + z ** 2 / trials;
  const middle = (share + z ** 2 / (2 * trials)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  // At 0 and 1 an end is that very number; rounding must not move it.
  return [share === 0 ? 0 : middle - half, share === 1 ? 1 : middle + half];
}
