import { requireLength } from '../checks.js';
import { rankScores } from '../training/auroc.js';

/**
 * Spearman's rank correlation: how far two lists put the same places in the same order. Equal values share the mean of their ranks.
 * @returns in [-1, 1]; NaN where one of them has a single value everywhere
 * @throws LesionlabError kind `usage` where lengths differ, or a value isn't finite
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireLength('b', b, a.length, 'as many as a');
  const [x, y] = [midRanks(a), midRanks(b)];
  const middle = (a.length + 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    xx += (x[i] - middle) ** 2;
    yy += (y[i] - middle) ** 2;
    xy += (x[i] - middle) * (y[i] - middle);
  }
  return xy / Math.sqrt(xx * yy);
}

function midRanks(values: ArrayLike<number>): Float64Array {
  const { order, endsTie } = rankScores(values);
  const ranks = new Float64Array(order.length);
  for (let first = 0, last = 0; first < order.length; first = ++last) {
    while (endsTie[last] === 0) last++;
    for (let i = first; i <= last; i++) ranks[order[i]] = (first + last) / 2 + 1;
  }
  return ranks;
}
