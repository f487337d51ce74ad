import { type Ranking, toRanking } from '../../training/auroc.js';

/**
 * Average precision of one class against the rest: precision at each threshold, weighted by the recall that the threshold adds
 * (the step-wise area under the precision-recall curve, without interpolation; scikit-learn's `average_precision_score`).
 *
 * @param scores [N], or the images by score, of `rankScores`, where they are asked about more than once
 * @param labels [N], class indices
 * @param positive the class whose images should score high
 * @param weights [N], how often each image counts; once each where left out
 * @returns in [0, 1]; NaN where there are no images of the class, or none of the others: any order would be perfect
 * @throws LesionlabError kind `usage` where lengths don't fit, or something isn't a number
 */
export function averagePrecision(
  scores: Ranking | ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
  weights?: ArrayLike<number>,
): number {
  const { order, endsTie } = toRanking(scores, labels, positive, weights);
  let found = 0;
  let called = 0;
  let sum = 0;
  let added = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    const image = order[i];
    const weight = weights ? weights[image] : 1;
    called += weight;
    if (labels[image] === positive) added += weight;
    // All images of one score are called together.
    if ((i === 0 || endsTie[i - 1] === 1) && added > 0) {
      found += added;
      sum += added * (found / called);
      added = 0;
    }
  }
  return found > 0 && called > found ? sum / found : Number.NaN;
}
