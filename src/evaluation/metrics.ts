import type { WeightedImages } from './scoredImages.js';

/**
 * A number that says how good predictions are. It takes images with weights, so that the same function serves the value
 * itself, bootstrap resamples, subgroups and paired comparisons; it returns NaN where it is undefined. To add a metric,
 * write such a function and name it in `metrics` or `classMetrics`: intervals follow.
 */
export type Metric = (images: WeightedImages) => number;

/** The same for one class against the rest. */
export type ClassMetric = (images: WeightedImages, classIndex: number) => number;

/** Weighted counts of one class against the rest. */
interface ClassCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

function countClass({ confusion, scored: { classes } }: WeightedImages, classIndex: number): ClassCounts {
  let total = 0;
  let truth = 0;
  let predicted = 0;
  for (let j = 0; j < classes; j++) {
    truth += confusion[classIndex * classes + j];
    predicted += confusion[j * classes + classIndex];
  }
  for (const count of confusion) total += count;
  const truePositives = confusion[classIndex * classes + classIndex];
  return {
    truePositives,
    falsePositives: predicted - truePositives,
    falseNegatives: truth - truePositives,
    trueNegatives: total - truth - predicted + truePositives,
  };
}

/** Share of images whose most probable class is the true one, [0, 1]. */
export const accuracy: Metric = ({ confusion, scored: { classes } }) => {
  let total = 0;
  let right = 0;
  for (const count of confusion) total += count;
  for (let k = 0; k < classes; k++) right += confusion[k * classes + k];
  return right / total;
};

/** Mean recall over the classes that have images, [0, 1]. */
export const balancedAccuracy: Metric = (images) => meanDefined(images, recall);

/** Mean F1 over all classes, [0, 1]; a class that has no images and is never predicted counts 0. */
export const macroF1: Metric = (images) => {
  const { classes } = images.scored;
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += f1(images, k) || 0;
  return sum / classes;
};

/** Mean negative log-likelihood of the true class (nats), not weighted by class. */
export const loss: Metric = ({ weights, scored: { losses } }) => {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < losses.length; i++) {
    sum += weights[i] * losses[i];
    total += weights[i];
  }
  return sum / total;
};

/** Mean area under the ROC curve, one class against the rest, over the classes for which it is defined. */
export const macroAuroc: Metric = (images) => meanDefined(images, classAuroc);

/** Share of a class's images that were recognised, [0, 1]: sensitivity. */
export const recall: ClassMetric = (images, classIndex) => {
  const { truePositives, falseNegatives } = countClass(images, classIndex);
  return truePositives / (truePositives + falseNegatives);
};

/** Share of the images called this class that are of it, [0, 1]. */
export const precision: ClassMetric = (images, classIndex) => {
  const { truePositives, falsePositives } = countClass(images, classIndex);
  return truePositives / (truePositives + falsePositives);
};

/** Share of the other classes' images that were not called this class, [0, 1]. */
export const specificity: ClassMetric = (images, classIndex) => {
  const { trueNegatives, falsePositives } = countClass(images, classIndex);
  return trueNegatives / (trueNegatives + falsePositives);
};

/** Harmonic mean of recall and precision, [0, 1]. */
export const f1: ClassMetric = (images, classIndex) => {
  const { truePositives, falsePositives, falseNegatives } = countClass(images, classIndex);
  return (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
};

/** Area under the ROC curve of the class's probability against all other classes, [0, 1]. */
export const classAuroc: ClassMetric = (images, classIndex) => images.auroc(classIndex);

/** The metrics of evaluation.json, by their names there. */
export const metrics = { accuracy, balancedAccuracy, macroF1, loss, macroAuroc } satisfies Record<string, Metric>;
export const classMetrics = { recall, precision, specificity, f1, auroc: classAuroc } satisfies Record<
  string,
  ClassMetric
>;

function meanDefined(images: WeightedImages, metric: ClassMetric): number {
  let sum = 0;
  let defined = 0;
  for (let k = 0; k < images.scored.classes; k++) {
    const value = metric(images, k);
    if (!Number.isNaN(value)) {
      sum += value;
      defined++;
    }
  }
  return sum / defined;
}
