import { requireInteger, requireLabels, requireSome, requireWeights } from '../checks.js';
import { type BatchSource, makeBatch, planEvaluationBatches } from '../data/augmentation/batches.js';
import { takeRows } from '../data/preparation/takeRows.js';
import type { Classifier } from '../models/index.js';
import { auroc } from './auroc.js';

/** How weights do on the validation images. `validate` gives all figures; a validation of one's own may leave out those that no rule asks for. */
export interface ValidationResult {
  /** Mean negative log-likelihood weighted by class, as the training loss is. */
  readonly loss: number;
  /** Shares in [0, 1]. */
  readonly accuracy: number;
  /** Mean recall over the classes that occur. */
  readonly balancedAccuracy: number;
  /** Mean negative log-likelihood weighted by class so that classes count as frequent as the network is trained to answer for. */
  readonly logLoss?: number;
  /** Mean AUROC of each class against the rest, over the classes that have one, [0, 1]; null where none has. */
  readonly macroAuroc?: number | null;
  /** Share of each class's images that were recognised, [0, 1], in class order; null where the class has no images. */
  readonly recall: readonly (number | null)[];
}

/** Probabilities below this count as this: a single certain mistake must not make the mean infinite. */
const smallestProbability = 1e-12;

/**
 * Evaluates a classifier on a split, without augmentation.
 * @param source with encoded metadata of its images, [count, width], where the classifier takes it
 * @param classWeights [K], how much an image of each class counts in the loss @param answerWeights [K], and in the log loss: see `validationWeights`
 * @throws LesionlabError kind `usage` for a split without images, or classes that don't fit
 */
export function validate(
  classifier: Classifier,
  source: Omit<BatchSource, 'augmentation'> & { readonly metadata?: Float32Array },
  classWeights: readonly number[],
  answerWeights?: readonly number[],
): Promise<ValidationResult> {
  const { batchSize } = classifier;
  requireSome('indices', source.indices, 'image');
  requireLabels('labels', source.labels, classifier.classCount);
  const plan = planEvaluationBatches({ count: source.indices.length, batchSize });
  const batchAt = (step: number) => {
    const rows = plan.batchRows(step);
    const metadata =
      source.metadata && takeRows(source.metadata, source.metadata.length / source.labels.length, rows.rows);
    return { ...makeBatch({ ...source, augmentation: null }, rows), metadata, used: batchSize - rows.padding };
  };
  return scoreValidation(classifier, classWeights, plan.steps, batchAt, answerWeights);
}

interface ValidationBatch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  /** [N, width], encoded, where the classifier takes it. */
  readonly metadata?: Float32Array;
  /** Rows that count, at the beginning. */
  readonly used: number;
}

/** Evaluates a classifier on batches of whatever it takes. @throws LesionlabError kind `usage` for labels or weights of other classes than its own */
export async function scoreValidation(
  classifier: Classifier,
  classWeights: readonly number[],
  steps: number,
  batchAt: (step: number) => ValidationBatch,
  answerWeights: readonly number[] = classWeights,
): Promise<ValidationResult> {
  const { classCount } = classifier;
  requireWeights('classWeights', classWeights, classCount, 'one a class');
  requireWeights('answerWeights', answerWeights, classCount, 'one a class');
  requireInteger('steps', steps, { min: 1 });
  const images = new Array<number>(classCount).fill(0);
  const recognised = new Array<number>(classCount).fill(0);
  let loss = 0;
  let weightSum = 0;
  let logLoss = 0;
  let answerSum = 0;
  const labels: number[] = [];
  const scores: number[][] = Array.from({ length: classCount }, () => []);
  for (let step = 0; step < steps; step++) {
    const batch = batchAt(step);
    requireInteger('used', batch.used, { min: 0, max: batch.labels.length });
    requireLabels('labels', batch.labels, classCount);
    const { probabilities } = await classifier.classify(batch.images, batch.metadata);
    for (let n = 0; n < batch.used; n++) {
      const label = batch.labels[n];
      const row = probabilities.subarray(n * classCount, (n + 1) * classCount);
      const likelihood = Math.log(Math.max(row[label], smallestProbability));
      loss -= classWeights[label] * likelihood;
      weightSum += classWeights[label];
      logLoss -= answerWeights[label] * likelihood;
      answerSum += answerWeights[label];
      labels.push(label);
      for (let k = 0; k < classCount; k++) scores[k].push(row[k]);
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
    logLoss: logLoss / answerSum,
    macroAuroc: meanAuroc(scores, labels),
    recall,
  };
}

/** @param scores [K][N] */
function meanAuroc(scores: readonly (readonly number[])[], labels: readonly number[]): number | null {
  // A network that diverged ranks nothing, which its loss tells.
  if (scores.some((column) => !column.every(Number.isFinite))) return null;
  const known = scores.map((column, k) => auroc(column, labels, k)).filter((area) => !Number.isNaN(area));
  return known.length === 0 ? null : known.reduce((sum, area) => sum + area, 0) / known.length;
}
