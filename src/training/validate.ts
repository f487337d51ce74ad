import { requireInteger, requireLabels, requireSome, requireWeights } from '../checks.js';
import { type BatchSource, makeBatch, planEvaluationBatches } from '../data/augmentation/batches.js';
import type { Classifier } from '../models/index.js';

/** How weights do on the validation images. */
export interface ValidationResult {
  /** Mean negative log-likelihood weighted by class, as the training loss is. */
  readonly loss: number;
  /** Shares in [0, 1]. */
  readonly accuracy: number;
  /** Mean recall over the classes that occur. */
  readonly balancedAccuracy: number;
  /** Share of each class's images that were recognised, [0, 1], in class order; null where the class has no images. */
  readonly recall: readonly (number | null)[];
}

/** Probabilities below this count as this: a single certain mistake must not make the mean infinite. */
const smallestProbability = 1e-12;

/** Evaluates a classifier on a split, without augmentation. @throws LesionlabError kind `usage` for a split without images, or classes that don't fit */
export function validate(
  classifier: Classifier,
  source: Omit<BatchSource, 'augmentation'>,
  classWeights: readonly number[],
): Promise<ValidationResult> {
  const { batchSize } = classifier;
  requireSome('indices', source.indices, 'image');
  requireLabels('labels', source.labels, classifier.classCount);
  const plan = planEvaluationBatches({ count: source.indices.length, batchSize });
  return scoreValidation(classifier, classWeights, plan.steps, (step) => {
    const rows = plan.batchRows(step);
    return { ...makeBatch({ ...source, augmentation: null }, rows), used: batchSize - rows.padding };
  });
}

interface ValidationBatch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  /** Rows that count, at the beginning. */
  readonly used: number;
}

/** Evaluates a classifier on batches of whatever it takes. @throws LesionlabError kind `usage` for labels or weights of other classes than its own */
export async function scoreValidation(
  classifier: Classifier,
  classWeights: readonly number[],
  steps: number,
  batchAt: (step: number) => ValidationBatch,
): Promise<ValidationResult> {
  const { classCount } = classifier;
  requireWeights('classWeights', classWeights, classCount, 'one a class');
  requireInteger('steps', steps, { min: 1 });
  const images = new Array<number>(classCount).fill(0);
  const recognised = new Array<number>(classCount).fill(0);
  let loss = 0;
  let weightSum = 0;
  for (let step = 0; step < steps; step++) {
    const batch = batchAt(step);
    requireInteger('used', batch.used, { min: 0, max: batch.labels.length });
    requireLabels('labels', batch.labels, classCount);
    const { probabilities } = await classifier.classify(batch.images);
    for (let n = 0; n < batch.used; n++) {
      const label = batch.labels[n];
      const row = probabilities.subarray(n * classCount, (n + 1) * classCount);
      loss -= classWeights[label] * Math.log(Math.max(row[label], smallestProbability));
      weightSum += classWeights[label];
      images[label] += 1;
      if (row.indexOf(Math.max(...row)) === label) recognised[label] += 1;
    }
  }
  const recall = images.map((count, label) => (count > 0 ? recognised[label] / count : null));
  const present = recall.filter((share) => share !== null);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    loss: loss / weightSum,
    accuracy: sum(recognised) / sum(images),
    balancedAccuracy: sum(present) / present.length,
    recall,
  };
}
