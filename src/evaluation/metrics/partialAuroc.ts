import { requireNumber } from '../../checks.js';
import { type Ranking, toRanking } from '../../training/auroc.js';

/**
 * Area between the ROC curve and the line of a least sensitivity, where the curve lies above it: from 0 to 1 - `sensitivity`, no correction made. With 0.8 it is the
 * score of ISIC 2024 (0 to 0.2). Between two thresholds the curve is straight.
 *
 * @param scores [N], or the images by score, of `rankScores` @param labels [N], class indices @param sensitivity [0, 1)
 * @param positive the class whose images should score high @param weights [N], how often each image counts; once each where left out
 * @returns NaN where there are no images of the class or none of the others
 * @throws LesionlabError kind `usage` where lengths don't fit, or something isn't a number
 */
export function partialAuroc(
  scores: Ranking | ArrayLike<number>,
  labels: ArrayLike<number>,
  sensitivity: number,
  positive = 1,
  weights?: ArrayLike<number>,
): number {
  requireNumber('sensitivity', sensitivity, { min: 0, below: 1 });
  const { order, endsTie } = toRanking(scores, labels, positive, weights);
  const weightOf = (image: number) => (weights ? weights[image] : 1);
  let [positives, negatives] = [0, 0];
  for (const image of order)
    if (labels[image] === positive) positives += weightOf(image);
    else negatives += weightOf(image);
  if (!(positives > 0 && negatives > 0)) return Number.NaN;
  // From the lowest threshold, where all is called positive, up to the least sensitivity.
  let [missed, spared, area] = [0, 0, 0];
  let [x, y] = [0, 0];
  for (let i = 0; i < order.length && x < 1 - sensitivity; i++) {
    const image = order[i];
    if (labels[image] === positive) missed += weightOf(image);
    else spared += weightOf(image);
    if (endsTie[i] === 0) continue;
    const [next, height] = [missed / positives, spared / negatives];
    const end = Math.min(next, 1 - sensitivity);
    const atEnd = next > x ? y + ((height - y) * (end - x)) / (next - x) : height;
    area += ((end - x) * (y + atEnd)) / 2;
    [x, y] = [next, height];
  }
  return area;
}
