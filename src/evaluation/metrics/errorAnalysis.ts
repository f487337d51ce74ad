import { mostProbable } from '../predictions/mostProbable.js';
import { type AnyPredictions, toPredictions } from '../predictions/predictions.js';

/** One image with what was predicted for it. */
export interface PredictedImage {
  /** Place in the predictions. */
  readonly index: number;
  readonly imageId: string;
  readonly lesionId: string;
  /** Class id of the truth. */
  readonly dx: string;
  /** Class id of the highest probability. */
  readonly predicted: string;
  /** Probability of `predicted`, (0, 1]. */
  readonly confidence: number;
  /** Probability of `dx`, [0, 1]. */
  readonly truthProbability: number;
}

/** One kind of mistake: images of class `dx` taken for `predicted`. */
export interface Confusion {
  readonly dx: string;
  readonly predicted: string;
  readonly images: number;
  readonly lesions: number;
  /** Share of the images of class `dx`, (0, 1]. */
  readonly share: number;
}

/** Mistakes by how sure they were, and by kind. */
export interface ErrorAnalysis {
  /** All mistakes, most confident first. */
  readonly mistakes: readonly PredictedImage[];
  /** Kinds of mistakes, most images first. */
  readonly confusions: readonly Confusion[];
  /** Images of malignant classes that were called benign, most confident first; null where the classes don't say. */
  readonly missedMalignant: readonly PredictedImage[] | null;
  /** Images by cell of the confusion matrix, [true][predicted], most confident first. */
  readonly cells: readonly (readonly (readonly PredictedImage[])[])[];
  /** Lesions whose images were given different diagnoses, by lesion id. */
  readonly inconsistentLesions: readonly { readonly lesionId: string; readonly images: readonly PredictedImage[] }[];
}

/** Sorts predictions into mistakes: which images, how confident, what was taken for what. */
export function analyseErrors(predictions: AnyPredictions): ErrorAnalysis {
  const { classes, imageIds, lesionIds, labels, probabilities } = toPredictions(predictions);
  const size = classes.length;
  const winners = mostProbable(probabilities, size);
  const images = Array.from(labels, (label, index): PredictedImage => {
    const winner = winners[index];
    return {
      index,
      imageId: imageIds[index],
      lesionId: lesionIds[index],
      dx: classes[label].id,
      predicted: classes[winner].id,
      confidence: probabilities[index * size + winner],
      truthProbability: probabilities[index * size + label],
    };
  });
  // Equal confidence: as in the predictions.
  const byConfidence = [...images].sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  const cells = classes.map(() => classes.map((): PredictedImage[] => []));
  for (const image of byConfidence) cells[labels[image.index]][winners[image.index]].push(image);
  const mistakes = byConfidence.filter(({ dx, predicted }) => dx !== predicted);
  const malignancyKnown = classes.every(({ malignant }) => malignant !== undefined);
  return {
    mistakes,
    confusions: countConfusions(cells),
    missedMalignant: malignancyKnown
      ? mistakes.filter(({ index }) => classes[labels[index]].malignant && !classes[winners[index]].malignant)
      : null,
    cells,
    inconsistentLesions: findInconsistentLesions(images),
  };
}

function countConfusions(cells: readonly (readonly (readonly PredictedImage[])[])[]): Confusion[] {
  return cells
    .flatMap((row, truth) => {
      const total = row.reduce((sum, cell) => sum + cell.length, 0);
      return row.flatMap((cell, predicted): Confusion[] => {
        if (truth === predicted || cell.length === 0) return [];
        const lesions = new Set(cell.map(({ lesionId }) => lesionId)).size;
        const [{ dx, predicted: takenFor }] = cell;
        return [{ dx, predicted: takenFor, images: cell.length, lesions, share: cell.length / total }];
      });
    })
    .sort((a, b) => b.images - a.images || b.share - a.share);
}

function findInconsistentLesions(images: readonly PredictedImage[]): ErrorAnalysis['inconsistentLesions'] {
  const ofLesion = new Map<string, PredictedImage[]>();
  for (const image of images) {
    const others = ofLesion.get(image.lesionId);
    if (others) others.push(image);
    else ofLesion.set(image.lesionId, [image]);
  }
  return [...ofLesion]
    .filter(([, group]) => group.some(({ predicted }) => predicted !== group[0].predicted))
    .map(([lesionId, group]) => ({ lesionId, images: group }));
}
