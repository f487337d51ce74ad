import { requireInteger, requireLabels, requireLength, requireNumbers } from '../checks.js';

/** Images in ascending order of one score, found once and used for every weighting of them. */
export interface Ranking {
  /** [N], positions of the images. */
  readonly order: Int32Array;
  /** [N], 1 where the image in that place is the last of those with its score. */
  readonly endsTie: Uint8Array;
}

/** Sorts images by score, remembering ties. @param scores [N] @throws LesionlabError kind `usage` where one isn't finite */
export function rankScores(scores: ArrayLike<number>): Ranking {
  requireNumbers('scores', scores);
  const order = Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const endsTie = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    endsTie[i] = i + 1 === order.length || scores[order[i]] !== scores[order[i + 1]] ? 1 : 0;
  }
  return { order, endsTie };
}

/**
 * Area under the ROC curve of one class against the rest: the probability that an image of the class scores higher than
 * one of another class, ties counting half (the Mann-Whitney statistic; Hanley and McNeil 1982).
 *
 * @param scores [N], or the images by score, of `rankScores`, where they are asked about more than once
 * @param labels [N], class indices
 * @param positive the class whose images should score high
 * @param weights [N], how often each image counts; once each where left out
 * @returns in [0, 1]; NaN where there are no images of the class or none of the others
 * @throws LesionlabError kind `usage` where lengths don't fit, or something isn't a number
 */
export function auroc(
  scores: Ranking | ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
  weights?: ArrayLike<number>,
): number {
  const { order, endsTie } = toRanking(scores, labels, positive, weights);
  let positives = 0;
  let negatives = 0;
  let pairsWon = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  for (let i = 0; i < order.length; i++) {
    const image = order[i];
    const weight = weights ? weights[image] : 1;
    if (labels[image] === positive) tiedPositives += weight;
    else tiedNegatives += weight;
    if (endsTie[i] === 1) {
      pairsWon += tiedPositives * (negatives + tiedNegatives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
  }
  return positives > 0 && negatives > 0 ? pairsWon / (positives * negatives) : Number.NaN;
}

/** Ranks plain scores, and checks all that comes with them; a ranking, which resampling asks about thousands of times, by lengths only. */
export function toRanking(
  scores: Ranking | ArrayLike<number>,
  labels: ArrayLike<number>,
  positive: number,
  weights: ArrayLike<number> | undefined,
): Ranking {
  const ranked = 'order' in scores;
  const ranking = ranked ? scores : rankScores(scores);
  const images = ranking.order.length;
  requireLength('labels', labels, images, `one for each of ${images} scores`);
  requireInteger('positive', positive, { min: 0 });
  if (weights) requireLength('weights', weights, images, `one for each of ${images} scores`);
  if (!ranked) {
    requireLabels('labels', labels);
    if (weights) requireNumbers('weights', weights, { min: 0 });
  }
  return ranking;
}
