import { auroc } from '../../training/auroc.js';
import { accuracy, balancedAccuracy, classAuroc, macroAuroc, recall } from '../metrics/metrics.js';
import { scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';

/** A number as it is without the images that have no answer, and what it could be at worst and at best with them; null where undefined. */
export interface BoundedNumber {
  readonly scored: number | null;
  readonly worst: number | null;
  readonly best: number | null;
}

/** What images without an answer may have done to the results. */
export interface MissingBounds {
  /** Units (images, lesions, patients) without an answer. */
  readonly missing: number;
  /** The same by class id. */
  readonly byClass: Readonly<Record<string, number>>;
  readonly accuracy: BoundedNumber;
  readonly balancedAccuracy: BoundedNumber;
  readonly macroAuroc: BoundedNumber;
  readonly perClass: readonly { readonly dx: string; readonly recall: BoundedNumber; readonly auroc: BoundedNumber }[];
}

/**
 * Bounds over all answers that the missing ones could have been: all wrong, and all right. AUROC of a class is lowest where missing images of
 * it score below all others and missing images of the rest above them.
 * @param missing [M], class indices of the truth of images without an answer
 */
export function boundMissing(predictions: Predictions, missing: ArrayLike<number>): MissingBounds {
  const { classes, labels, probabilities } = predictions;
  const width = classes.length;
  const images = new WeightedImages(scoreImages(predictions));
  const absent = classes.map((_, k) => Array.from(missing).filter((label) => label === k).length);
  const counts = classes.map((_, k) => {
    let [own, right] = [0, 0];
    for (let j = 0; j < width; j++) own += images.confusion[k * width + j];
    right = images.confusion[k * width + k];
    return { own, right };
  });
  const share = (right: number, of: number) => (of > 0 ? right / of : null);
  const all = counts.reduce((sum, { own }) => sum + own, 0);
  const right = counts.reduce((sum, count) => sum + count.right, 0);
  const recalls = counts.map(
    ({ own, right: found }, k): BoundedNumber => ({
      scored: orNull(recall(images, k)),
      worst: share(found, own + absent[k]),
      best: share(found + absent[k], own + absent[k]),
    }),
  );
  const allLabels = [...labels, ...Array.from(missing)];
  const aurocs = classes.map((_, k): BoundedNumber => {
    const own = Array.from(labels, (_, i) => probabilities[i * width + k]);
    const bound = (forClass: number, forRest: number) =>
      orNull(auroc([...own, ...Array.from(missing, (label) => (label === k ? forClass : forRest))], allLabels, k));
    return { scored: orNull(classAuroc(images, k)), worst: bound(-1, 2), best: bound(2, -1) };
  });
  const mean = (values: readonly BoundedNumber[], name: 'worst' | 'best') => {
    const found = values.flatMap((value) => value[name] ?? []);
    return found.length > 0 ? found.reduce((sum, value) => sum + value, 0) / found.length : null;
  };
  return {
    missing: missing.length,
    byClass: Object.fromEntries(classes.map(({ id }, k) => [id, absent[k]])),
    accuracy: {
      scored: accuracy(images),
      worst: share(right, all + missing.length),
      best: share(right + missing.length, all + missing.length),
    },
    balancedAccuracy: { scored: balancedAccuracy(images), worst: mean(recalls, 'worst'), best: mean(recalls, 'best') },
    macroAuroc: { scored: orNull(macroAuroc(images)), worst: mean(aurocs, 'worst'), best: mean(aurocs, 'best') },
    perClass: classes.map(({ id }, k) => ({ dx: id, recall: recalls[k], auroc: aurocs[k] })),
  };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
