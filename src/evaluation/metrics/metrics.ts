import { requireInteger } from '../../checks.js';
import { expectedCalibrationError } from './calibration.js';
import { toWeighted, type Weighable, type WeightedImages } from './scoredImages.js';

/**
 * A number that says how good predictions are. It takes images with weights, so that the same function serves the value
 * itself, bootstrap resamples, subgroups and paired comparisons; it returns NaN where it is undefined. To add a metric,
 * write such a function and name it in `metrics` or `classMetrics`: intervals follow.
 */
export type Metric = (images: WeightedImages) => number;

/** The same for one class against the rest. */
export type ClassMetric = (images: WeightedImages, classIndex: number) => number;

/** A metric that plain arrays can be asked for, too: `accuracy({ labels, probabilities })`. */
const metric =
  (compute: Metric): ((images: Weighable) => number) =>
  (images) =>
    compute(toWeighted(images));

const classMetric =
  (compute: ClassMetric): ((images: Weighable, classIndex: number) => number) =>
  (images, classIndex) => {
    const weighted = toWeighted(images);
    requireInteger('classIndex', classIndex, { min: 0, below: weighted.scored.classes });
    return compute(weighted, classIndex);
  };

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
export const accuracy = metric(({ confusion, scored: { classes } }) => {
  let total = 0;
  let right = 0;
  for (const count of confusion) total += count;
  for (let k = 0; k < classes; k++) right += confusion[k * classes + k];
  return right / total;
});

/** Mean recall over the classes that have images, [0, 1]. */
export const balancedAccuracy = metric((images) => meanDefined(images, recall));

/** Mean F1 over the classes that have images, [0, 1]: scikit-learn's with `labels` of those alone. */
export const macroF1 = metric((images) => meanDefined(images, f1));

/** Mean negative log-likelihood of the true class (nats), not weighted by class. */
export const loss = metric(({ weights, scored: { losses } }) => weightedMean(losses, weights));

/** Brier score: mean squared distance of the probabilities from the truth, summed over classes (Brier 1950), [0, 2]. */
export const brierScore = metric(({ weights, scored: { squaredErrors } }) => weightedMean(squaredErrors, weights));

/** Difference between how sure the answers are and how often they are right. See `expectedCalibrationError`. */
export const calibrationError = expectedCalibrationError;

/**
 * Matthews correlation of answers and truth, [-1, 1], for any number of classes (Gorodkin 2004, equation 8); 0 where all answers or all
 * truths are one class.
 */
export const matthewsCorrelation = metric(({ confusion, scored: { classes } }) => {
  let total = 0;
  let right = 0;
  let product = 0;
  let truths = 0;
  let answers = 0;
  for (const count of confusion) total += count;
  for (let k = 0; k < classes; k++) {
    let truth = 0;
    let answer = 0;
    for (let j = 0; j < classes; j++) {
      truth += confusion[k * classes + j];
      answer += confusion[j * classes + k];
    }
    right += confusion[k * classes + k];
    product += truth * answer;
    truths += truth * truth;
    answers += answer * answer;
  }
  const spread = Math.sqrt((total * total - truths) * (total * total - answers));
  return spread === 0 ? 0 : (right * total - product) / spread;
});

/** Mean area under the ROC curve, one class against the rest, over the classes for which it is defined. */
export const macroAuroc = metric((images) => meanDefined(images, classAuroc));

/** Mean average precision, one class against the rest, over the classes for which it is defined. */
export const macroAveragePrecision = metric((images) => meanDefined(images, classAveragePrecision));

/** Share of a class's images that were recognised, [0, 1]: sensitivity. */
export const recall = classMetric((images, classIndex) => {
  const { truePositives, falseNegatives } = countClass(images, classIndex);
  return truePositives / (truePositives + falseNegatives);
});

/** Share of the images called this class that are of it, [0, 1]. */
export const precision = classMetric((images, classIndex) => {
  const { truePositives, falsePositives } = countClass(images, classIndex);
  return truePositives / (truePositives + falsePositives);
});

/** Share of the other classes' images that were not called this class, [0, 1]. */
export const specificity = classMetric((images, classIndex) => {
  const { trueNegatives, falsePositives } = countClass(images, classIndex);
  return trueNegatives / (trueNegatives + falsePositives);
});

/** Share of the images not called this class that are not of it, [0, 1]: negative predictive value. */
export const negativePredictiveValue = classMetric((images, classIndex) => {
  const { trueNegatives, falseNegatives } = countClass(images, classIndex);
  return trueNegatives / (trueNegatives + falseNegatives);
});

/** Harmonic mean of recall and precision, [0, 1]; undefined for a class without images, called or not. */
export const f1 = classMetric((images, classIndex) => {
  const { truePositives, falsePositives, falseNegatives } = countClass(images, classIndex);
  if (truePositives + falseNegatives === 0) return Number.NaN;
  return (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
});

/** Area under the ROC curve of the class's probability against all other classes, [0, 1]. */
export const classAuroc = classMetric((images, classIndex) => images.auroc(classIndex));

/** Average precision of the class's probability against all other classes, [0, 1]. */
export const classAveragePrecision = classMetric((images, classIndex) => images.averagePrecision(classIndex));

/** The metrics of evaluation.json, by their names there. */
export const metrics = {
  accuracy,
  balancedAccuracy,
  macroF1,
  matthewsCorrelation,
  loss,
  brierScore,
  calibrationError,
  macroAuroc,
  macroAveragePrecision,
} satisfies Record<string, Metric>;
/** Metrics of one class, by their names in evaluation.json. */
export const classMetrics = {
  recall,
  precision,
  specificity,
  negativePredictiveValue,
  f1,
  auroc: classAuroc,
  averagePrecision: classAveragePrecision,
} satisfies Record<string, ClassMetric>;

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * values[i];
    total += weights[i];
  }
  return sum / total;
}

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
