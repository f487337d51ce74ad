import { requireLabels, requireSome } from '../../checks.js';
import { type BatchSource, makeBatch, planEvaluationBatches } from '../../data/augmentation/batches.js';
import {
  type TestTimeAugmentation,
  takeLook,
  type View,
  viewCandidates,
  viewSets,
} from '../../data/augmentation/views.js';
import { takeRows } from '../../data/preparation/takeRows.js';
import { requireFiniteAnswers } from '../../runtime/finiteAnswers.js';
import type { BatchClassifier } from './classifyImages.js';

/** How well answers by some views are on validation. */
export interface ViewsTried {
  readonly views: TestTimeAugmentation;
  /** Looks at an image. */
  readonly looks: number;
  /** Mean negative log-likelihood. */
  readonly logLoss: number;
  /** Mean recall over the classes that occur, [0, 1]. */
  readonly balancedAccuracy: number;
}

/** Below this a probability counts as this, so that one certain mistake does not decide. */
const smallest = 1e-12;

/**
 * Tries every way to look at images on a split, each look taken once for all, and chooses the one with the lowest log loss; of equals, that with fewer looks.
 * @param source the validation images, as they are, with what the network is told of them, encoded, [count, width], where it is told anything @param pause asked between batches; may throw
 * @throws LesionlabError kind `usage` for no images; kind `run` where the network answers with NaN
 */
export async function chooseViews(
  classifier: BatchClassifier,
  source: Omit<BatchSource, 'augmentation' | 'side'> & { readonly metadata?: Float32Array },
  pause: (done: number) => Promise<void>,
): Promise<{ readonly chosen: TestTimeAugmentation; readonly tried: readonly ViewsTried[] }> {
  const { batchSize, classCount } = classifier;
  const count = source.indices.length;
  requireSome('indices', source.indices, 'image');
  requireLabels('labels', source.labels, classCount);
  const sums = new Map(viewCandidates.map((name) => [name, new Float64Array(count * classCount)]));
  const looks = new Map<string, { readonly view: View; readonly sums: Float64Array[] }>();
  for (const name of viewCandidates)
    for (const view of viewSets[name]) {
      const key = JSON.stringify(view);
      const known = looks.get(key) ?? { view, sums: [] };
      known.sums.push(sums.get(name)!);
      looks.set(key, known);
    }
  const plan = planEvaluationBatches({ count, batchSize });
  for (let step = 0; step < plan.steps; step++) {
    await pause(step * batchSize);
    const rows = plan.batchRows(step);
    const { images } = makeBatch({ ...source, augmentation: null }, rows);
    const told = source.metadata && takeRows(source.metadata, source.metadata.length / count, rows.rows);
    const used = Math.min(batchSize, count - step * batchSize) * classCount;
    const start = step * batchSize * classCount;
    for (const { view, sums: targets } of looks.values()) {
      const { probabilities } = await classifier.classify(takeLook(images, source.preprocessing.imageSize, view), told);
      requireFiniteAnswers(probabilities, classifier.source);
      for (const target of targets) for (let i = 0; i < used; i++) target[start + i] += probabilities[i];
    }
  }
  const tried = viewCandidates.map((views) => score(views, sums.get(views)!, source.labels, classCount));
  const best = tried.reduce((found, other) => (other.logLoss < found.logLoss ? other : found));
  return { chosen: best.views, tried };
}

function score(
  views: TestTimeAugmentation,
  sums: Float64Array,
  labels: ArrayLike<number>,
  classCount: number,
): ViewsTried {
  const looks = viewSets[views].length;
  const images = new Array<number>(classCount).fill(0);
  const right = new Array<number>(classCount).fill(0);
  let loss = 0;
  for (let n = 0; n < labels.length; n++) {
    const row = sums.subarray(n * classCount, (n + 1) * classCount);
    const label = labels[n];
    loss -= Math.log(Math.max(smallest, row[label] / looks));
    images[label]++;
    if (row.indexOf(Math.max(...row)) === label) right[label]++;
  }
  const recalls = images.flatMap((of, k) => (of > 0 ? [right[k] / of] : []));
  const balancedAccuracy = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  return { views, looks, logLoss: loss / labels.length, balancedAccuracy };
}
