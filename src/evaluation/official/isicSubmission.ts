import { csvFormatRows } from 'd3-dsv';
import { requireLength, requireNumber } from '../../checks.js';
import { nameImages } from '../../data/reading/imageIds.js';
import { usageError } from '../../errors.js';
import type { Predictions } from '../predictions/predictions.js';
import { type Challenge, type ChallengeId, challenges } from './challenges.js';
import type { ChallengeTable } from './scoreChallenge.js';

/**
 * Predictions as the confidences that a challenge asks for. Where it asks how likely an image is malignant, that is the sum over the classes that are known to be, or the second of two.
 * @throws LesionlabError kind `usage` where the classes aren't the challenge's, or don't say what is malignant
 */
export function challengeAnswers(predictions: Predictions, id: ChallengeId): ChallengeTable {
  const challenge = challenges[id];
  const { imageIds, probabilities, classes } = predictions;
  const sources = sourcesOf(predictions, challenge);
  const width = sources.length;
  const values = new Float64Array(imageIds.length * width);
  for (let i = 0; i < imageIds.length; i++) {
    for (const [column, own] of sources.entries()) {
      let sum = 0;
      for (const k of own) sum += probabilities[i * classes.length + k];
      // Sums of rounded probabilities may lie above 1 by a rounding error, which scorers refuse.
      values[i * width + column] = Math.min(sum, 1);
    }
  }
  return { imageIds: nameImages(imageIds).map(({ imageId }) => imageId), values };
}

/**
 * Writes predictions as a submission to a challenge: image ids without file ending, and a confidence in [0, 1] for each of its columns, all of it checked first.
 * Sources: challenge.isic-archive.com, landing pages 2016 to 2019; Kaggle, siim-isic-melanoma-classification and isic-2024-challenge.
 * @throws LesionlabError kind `usage` where the classes aren't the challenge's
 */
export const formatIsicSubmission = (predictions: Predictions, id: ChallengeId = 'isic2018'): string =>
  formatSubmission(challengeAnswers(predictions, id), id);

/** Writes confidences in a challenge's form. @throws LesionlabError kind `usage` where they can't be a submission */
export function formatSubmission({ imageIds, values }: ChallengeTable, id: ChallengeId): string {
  const { image, columns, header } = challenges[id];
  requireIds(imageIds, id);
  const width = columns.length;
  requireLength('values', values, imageIds.length * width, `${imageIds.length} images x ${width} columns`);
  const rows = imageIds.map((imageId, i) => [
    imageId,
    ...columns.map((_, k) =>
      String(requireNumber(`${columns[k]} of ${imageId}`, values[i * width + k], { min: 0, max: 1 })),
    ),
  ]);
  return `${csvFormatRows(header ? [[image, ...columns], ...rows] : rows)}\n`;
}

function requireIds(imageIds: readonly string[], id: ChallengeId): void {
  if (new Set(imageIds).size < imageIds.length) {
    const double = imageIds.find((imageId, i) => imageIds.indexOf(imageId) < i);
    throw usageError('isic-doubled', `A submission has one row an image; ${double} stands twice.`);
  }
  if (imageIds.length === 0)
    throw usageError('isic-empty', `A submission to ${challenges[id].title} needs at least one image, found none.`);
}

/** Classes whose probabilities are added up for each column. */
function sourcesOf({ classes }: Predictions, challenge: Challenge): number[][] {
  const ids = classes.map(({ id }) => id.toLowerCase());
  if (challenge.classes) {
    const sources = challenge.classes.map((names) => ids.flatMap((id, k) => (names.includes(id) ? [k] : [])));
    const complete = sources.every(
      (own, column) => own.length === 1 || (own.length === 0 && challenge.columns[column] === challenge.optional),
    );
    // Of ISIC 2017's three classes two are asked for; elsewhere a class that has no column would be lost.
    const used = new Set(sources.flat()).size;
    if (complete && (challenge.id === 'isic2017' || used === ids.length)) return sources;
    throw wrongClasses(challenge, ids);
  }
  const known = classes.every((info) => info.malignant !== undefined);
  const malignant = classes.flatMap((info, k) => (info.malignant ? [k] : []));
  if (known && malignant.length > 0 && malignant.length < classes.length) return [malignant];
  const named = ids.flatMap((id, k) => (['malignant', 'melanoma', 'mel', 'target', '1'].includes(id) ? [k] : []));
  if (classes.length === 2 && named.length === 1) return [named];
  throw usageError(
    'isic-classes',
    `A submission to ${challenge.title} needs the probability of being malignant, and the classes ${ids.join(', ')} don't say which of them are.`,
    { hint: 'Leave the submission out, or use a model whose classes say whether they are malignant.' },
  );
}

function wrongClasses(challenge: Challenge, ids: readonly string[]): Error {
  const wanted = challenge.classes!.map(([id]) => id);
  const exactly = challenge.id === 'isic2017' ? '' : 'exactly ';
  return usageError(
    'isic-classes',
    `A submission to ${challenge.title} needs ${exactly}the classes ${wanted.join(', ')}` +
      `${challenge.optional ? ` (${challenge.optional.toLowerCase()} may be missing)` : ''}; these predictions have ${ids.join(', ')}.`,
    { hint: `Leave the submission out, or use a model trained on the images of ${challenge.title}.` },
  );
}
