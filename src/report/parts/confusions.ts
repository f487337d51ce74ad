import { analyseErrors, type PredictedImage } from '../../evaluation/metrics/errorAnalysis.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { formatCountOf } from '../format.js';
import { classLabel } from '../pageParts.js';

/** Images shown for each kind of mistake. */
const imagesShown = 12;

/** Address of the confusion matrix within the report. */
export const matrixId = 'taken-for';

/** Address of the images of a kind of mistake; by place among the classes, since ids may hold anything. */
export const confusionId = (truth: number, predicted: number) => `confusion-${truth + 1}-${predicted + 1}`;

/** A cell of the confusion matrix off its diagonal. */
export interface ConfusionCell {
  /** Address within the report. */
  readonly id: string;
  /** Class indices. */
  readonly truth: number;
  readonly predicted: number;
  readonly images: number;
  readonly lesions: number;
  /** Most confident first, at most twelve. */
  readonly shown: readonly PredictedImage[];
}

/** Cells with images off the diagonal: by true class, the most frequent first. */
export function findConfusions(predictions: Predictions): ConfusionCell[] {
  return analyseErrors(predictions).cells.flatMap((row, truth) =>
    row
      .map((images, predicted) => ({
        id: confusionId(truth, predicted),
        truth,
        predicted,
        images: images.length,
        lesions: new Set(images.map(({ lesionId }) => lesionId)).size,
        shown: images.slice(0, imagesShown),
      }))
      .filter(({ predicted, images }) => predicted !== truth && images > 0)
      .sort((a, b) => b.images - a.images),
  );
}

/**
 * The images of each kind of mistake, folded away until they are asked for: opened by hand, or by a link into them, which browsers
 * unfold on their own.
 * @param show images as HTML
 */
export function renderConfusions(
  predictions: Predictions,
  hasLesionIds: boolean,
  show: (images: readonly PredictedImage[]) => string,
): string {
  const { classes } = predictions;
  const label = (k: number) => classLabel(k, classes[k].name, classes[k].id);
  return [
    '<h3 id="confusions">Images of every kind of mistake</h3>',
    `<p>One line for each number off the diagonal of the <a href="#${matrixId}">confusion matrix</a>, which leads here. The answers that the model was surest of come first, at most ${imagesShown} of each kind.</p>`,
    ...findConfusions(predictions).map(({ id, truth, predicted, images, lesions, shown }) => {
      const count = `${formatCountOf(images, 'image')}${hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : ''}`;
      const which =
        shown.length < images
          ? `<p class="small muted">The ${shown.length} most confident of ${formatCountOf(images, 'image')}.</p>\n`
          : '';
      return `<details class="confusion"><summary>${label(truth)} called ${label(predicted)}: ${count}</summary>
<div id="${id}" tabindex="-1" role="group" aria-label="${images === 1 ? 'Image' : 'Images'} of this mistake">${which}${show(shown)}<p class="small"><a href="#${matrixId}">Back to the confusion matrix</a></p></div></details>`;
    }),
  ].join('\n');
}
