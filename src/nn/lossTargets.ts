import { requireLabels, requireLength, requireNumber } from '../checks.js';

/** Sum of w[y] over a batch: what its weighted mean loss was divided by. @param labels [N] @param weights [K] */
export function sumLossWeights(labels: ArrayLike<number>, weights: ArrayLike<number>): number {
  let total = 0;
  for (let n = 0; n < labels.length; n++) total += weights[labels[n]];
  return total;
}

/**
 * Targets of the weighted cross-entropy, as PyTorch's `cross_entropy(weight=, label_smoothing=, reduction='mean')`
 * defines it: the sum over the batch of w[y] times the loss, divided by the sum of w[y]; with smoothing s, the share s / K
 * of every class, weighted by that class's own weight, takes the place of the share s of the label.
 * @param labels [N], class indices
 * @param weights [K], class weights
 * @param targets [N * K], written
 * @returns targets
 * @throws LesionlabError kind `usage` for labels that are no classes, or targets of another size
 */
export function fillLossTargets(
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  labelSmoothing: number,
  targets: Float32Array,
): Float32Array {
  const classCount = weights.length;
  requireLabels('labels', labels, classCount);
  requireNumber('labelSmoothing', labelSmoothing, { min: 0, below: 1 });
  requireLength('targets', targets, labels.length * classCount, 'one for each label and class');
  const total = sumLossWeights(labels, weights);
  for (let n = 0; n < labels.length; n++) {
    for (let k = 0; k < classCount; k++) {
      const hard = k === labels[n] ? (1 - labelSmoothing) * weights[k] : 0;
      targets[n * classCount + k] = (hard + (labelSmoothing / classCount) * weights[k]) / total;
    }
  }
  return targets;
}
