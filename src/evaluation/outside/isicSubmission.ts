import { csvFormatRows } from 'd3-dsv';
import { usageError } from '../../errors.js';
import type { Predictions } from '../predictions/predictions.js';

/** Columns of a submission, in the challenge's order; each is the upper case of a class id. */
const isicClasses = ['MEL', 'NV', 'BCC', 'AKIEC', 'BKL', 'DF', 'VASC'] as const;

/**
 * Writes predictions as a submission to the ISIC 2018 challenge, task 3 (lesion diagnosis): image ids without file
 * ending, and a confidence in [0, 1] for each of seven diagnoses (challenge.isic-archive.com/landing/2018/47). The
 * challenge ranks by balanced accuracy of the most confident diagnosis, so the probabilities stand as they are.
 * @throws LesionlabError kind `usage` where the classes aren't the challenge's seven
 */
export function formatIsicSubmission({ classes, imageIds, probabilities }: Predictions): string {
  const ids = classes.map(({ id }) => id.toUpperCase());
  const columns = isicClasses.map((id) => ids.indexOf(id));
  if (ids.length !== isicClasses.length || columns.includes(-1)) {
    throw usageError(
      'isic-classes',
      `An ISIC 2018 submission needs exactly the classes ${isicClasses.join(', ').toLowerCase()}; ` +
        `these predictions have ${classes.map(({ id }) => id).join(', ')}.`,
      { hint: 'Leave the submission out, or use a model trained on HAM10000 or on the ISIC 2018 training images.' },
    );
  }
  const rows = imageIds.map((imageId, i) => [
    imageId.replace(/\.(jpe?g|png)$/i, ''),
    ...columns.map((k) => String(probabilities[i * ids.length + k])),
  ]);
  return `${csvFormatRows([['image', ...isicClasses], ...rows])}\n`;
}
