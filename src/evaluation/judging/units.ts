import { requireOneOf } from '../../checks.js';
import { dataError, usageError } from '../../errors.js';
import type { Predictions } from '../predictions/predictions.js';

/** What an answer is about: what is counted once. */
export const units = ['image', 'lesion', 'patient'] as const;
/** What an answer is about: what is counted once. */
export type Unit = (typeof units)[number];

/** How the probabilities of several images become those of their lesion or patient. */
export const joinRules = ['mean', 'max', 'median'] as const;
/** How the probabilities of several images become those of their lesion or patient. */
export type JoinRule = (typeof joinRules)[number];

/** What joins are called in a report. */
export const joinWords: Readonly<Record<JoinRule, string>> = {
  mean: 'the mean of its images’ probabilities',
  max: 'the highest probability that any of its images has, divided by the sum over the classes',
  median: 'the median of its images’ probabilities, divided by the sum over the classes',
};

/**
 * Predictions of lesions or patients out of those of their images. A patient's truth is yes where one of the lesions is.
 * @param predictions of images, with `clusterIds` for patients
 * @returns with the units' ids for `imageIds`, and the places of each unit's images
 * @throws LesionlabError kind `usage` where patients are asked for and not known, or have several classes; kind `data` that lists lesions with
 *   images of several classes
 */
export function joinUnits(
  predictions: Predictions,
  unit: Unit,
  rule: JoinRule,
): { readonly predictions: Predictions; readonly members: readonly (readonly number[])[] } {
  requireOneOf('unit', unit, units);
  requireOneOf('join', rule, joinRules);
  const { classes, imageIds, lesionIds, clusterIds, labels, probabilities } = predictions;
  if (unit === 'image') return { predictions, members: imageIds.map((_, i) => [i]) };
  if (unit === 'patient' && !clusterIds)
    throw usageError('no-patients', 'Nothing says which images are of one patient.', {
      hint: {
        terminal: 'Leave --unit patient out, or give a truth with a column patient.',
        page: 'Choose lesions or images.',
      },
    });
  const idOf = unit === 'patient' ? clusterIds! : lesionIds;
  const groups = new Map<string, number[]>();
  for (const [i, id] of idOf.entries()) groups.get(id)?.push(i) ?? groups.set(id, [i]);
  const members = [...groups.values()];
  const width = classes.length;
  const yes = classes.findIndex(({ positive }) => positive);
  const joined = new Float64Array(members.length * width);
  const mixed: string[] = [];
  const truths = members.map((own) => {
    const found = new Set(own.map((i) => labels[i]));
    if (found.size > 1 && !(unit === 'patient' && width === 2 && yes >= 0))
      mixed.push(`${idOf[own[0]]} (${[...found].map((k) => classes[k].id).join(', ')})`);
    return found.has(yes) ? yes : labels[own[0]];
  });
  if (mixed.length > 0) {
    const message = `${mixed.length} ${mixed.length === 1 ? `${unit} has` : `${unit}s have`} images of several classes: ${mixed[0]}.`;
    if (unit === 'patient')
      throw usageError('mixed-patients', message, {
        hint: {
          terminal:
            'Ask one question of patients with --score-column and --positive, or judge lesions with --unit lesion.',
          page: 'Judge lesions instead.',
        },
        details: mixed,
      });
    throw dataError('mixed-lesions', message, {
      hint: 'A lesion has one diagnosis: mend the truth, or judge images.',
      details: mixed,
    });
  }
  for (const [u, own] of members.entries()) {
    const row = joined.subarray(u * width, (u + 1) * width);
    for (let k = 0; k < width; k++)
      row[k] = join(
        own.map((i) => probabilities[i * width + k]),
        rule,
      );
    // What the highest probability of yes is for a patient, no is the rest of it.
    if (rule === 'max' && width === 2 && yes >= 0) row[1 - yes] = 1 - row[yes];
    const sum = row.reduce((total, p) => total + p, 0);
    for (let k = 0; k < width; k++) row[k] = sum > 0 ? row[k] / sum : 1 / width;
  }
  const firsts = members.map(([i]) => i);
  return {
    members,
    predictions: {
      classes,
      imageIds: firsts.map((i) => idOf[i]),
      lesionIds: firsts.map((i) => idOf[i]),
      ...(clusterIds && { clusterIds: firsts.map((i) => clusterIds[i]) }),
      labels: Int32Array.from(truths),
      probabilities: joined,
    },
  };
}

function join(values: readonly number[], rule: JoinRule): number {
  if (rule === 'max') return Math.max(...values);
  if (rule === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
