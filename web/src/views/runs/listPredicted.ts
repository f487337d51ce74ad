import { analyseErrors, type PredictedImage } from '../../../../src/evaluation/metrics/errorAnalysis.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import type { RunRecord } from '../../../../src/report/runSummary.js';

/** An image with its prediction and, where they are known, the facts of its record. */
export interface ListedImage extends PredictedImage {
  readonly record?: RunRecord;
}

/** Images of an evaluation in the order of its predictions. */
export function listPredicted(
  predictions: Predictions,
  records: ReadonlyMap<string, RunRecord> | undefined,
): ListedImage[] {
  return analyseErrors(predictions)
    .cells.flat(2)
    .sort((a, b) => a.index - b.index)
    .map((image) => ({ ...image, record: records?.get(image.imageId) }));
}
