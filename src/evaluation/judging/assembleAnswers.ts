import type { ImageRecord } from '../../data/dataset.js';
import { dataError, usageError } from '../../errors.js';
import { auroc } from '../../training/auroc.js';
import type { FoundClass } from '../outside/classMap.js';
import type { Predictions } from '../predictions/predictions.js';
import type { MissingImages } from './judge.js';
import { describeUnmatched, matchIds } from './matchIds.js';
import type { Answers } from './predictionTable.js';
import type { Truth } from './truth.js';

/** Which way a score points. */
export const directions = ['higher', 'lower'] as const;
/** Which way a score points: whether yes has the higher scores, or the lower ones. */
export type Direction = (typeof directions)[number];

/** Answers with the truths of their images. */
export interface AssembledAnswers {
  /** Of images, in the order of the truth; `clusterIds` are patients where they are known. */
  readonly predictions: Predictions;
  /** Their records in the truth, in the same order. */
  readonly records: readonly ImageRecord[];
  readonly missing: MissingImages & { readonly imageIds: readonly string[] };
  /** Whether so few of the truth's images have an answer, and nobody said which should, that the others don't count as missing. */
  readonly partOfTruth: boolean;
  /** Sentences for readers. */
  readonly words: readonly string[];
}

/** Of a truth, more than this share without an answer means that a part of it was predicted on purpose. */
const partOfTruth = 0.5;

/** Images of the truth by class. */
export function countTruth({ info, records }: Pick<Truth, 'info' | 'records'>): FoundClass[] {
  const counts = info.classes.map(() => 0);
  for (const { label } of records) counts[label] += 1;
  return info.classes.map(({ id }, k) => ({ id, images: counts[k] }));
}

/**
 * Puts answers and truths together.
 * @param source of the answers, for messages
 * @param expected whether it was said which images should have an answer, so that those without are missing
 * @param direction of a score, where somebody said it
 * @throws LesionlabError kind `data` where no id is on both sides, or all images are of one class and nothing could be told apart; kind
 *   `usage` where a score is higher for no than for yes and nobody said which way it points
 */
export function assembleAnswers(
  answers: Answers,
  truth: Truth,
  {
    source,
    expected,
    direction,
  }: { readonly source: string; readonly expected: boolean; readonly direction?: Direction },
): AssembledAnswers {
  const { plan, ids } = answers;
  const records = truth.records.filter(({ label }) => plan.labelOf[label] >= 0);
  const imageIds = records.map(({ imageId }) => imageId);
  const matched = matchIds(ids, imageIds, source);
  const width = plan.classes.length;
  const kept = matched.pairs.map(([, image]) => records[image]);
  const flipped = direction === 'lower';
  if (flipped && !answers.isScore)
    throw usageError(
      'direction-of-classes',
      'Only a single score has a direction; these are probabilities of several classes.',
      {
        hint: { terminal: 'Leave --direction out.', page: 'Leave the direction out.' },
      },
    );
  const probabilities = new Float64Array(kept.length * width);
  for (const [i, [answer]] of matched.pairs.entries())
    for (let k = 0; k < width; k++)
      probabilities[i * width + k] = answers.probabilities[answer * width + (flipped ? width - 1 - k : k)];
  const labels = Int32Array.from(kept, ({ label }) => plan.labelOf[label]);
  const patientOf = ({ patientId, lesionId }: ImageRecord) => patientId ?? lesionId;
  const predictions: Predictions = {
    classes: plan.classes,
    imageIds: kept.map(({ imageId }) => imageId),
    lesionIds: kept.map(({ lesionId }) => lesionId),
    ...(truth.hasPatientIds && { clusterIds: kept.map(patientOf) }),
    labels,
    probabilities,
  };
  if (answers.isScore && direction === undefined) refuseDoubtful(predictions);
  const part = !expected && matched.missing.length > partOfTruth * records.length;
  const absent = part ? [] : matched.missing.map((i) => records[i]);
  const unmatched = { strangers: matched.strangers, missing: part ? [] : matched.missing };
  return {
    predictions,
    records: kept,
    partOfTruth: part,
    missing: {
      imageIds: absent.map(({ imageId }) => imageId),
      labels: absent.map(({ label }) => plan.labelOf[label]),
      groups: absent.map(({ lesionId }) => lesionId),
      ...(truth.hasPatientIds && { patients: absent.map(patientOf) }),
    },
    words: [
      ...(matched.words ? [matched.words] : []),
      ...describeUnmatched(unmatched, ids, imageIds),
      ...(part
        ? [
            `Only ${kept.length.toLocaleString('en-US')} of ${records.length.toLocaleString('en-US')} images of the truth have a prediction, which was taken for a part chosen on purpose: whether predictions are missing in it can't be told unless a list says which images should have one.`,
          ]
        : []),
      ...(flipped ? ['The score is lower where yes is true, as was said: it was turned round.'] : []),
    ],
  };
}

/** Nobody turns a score round without being told: one that is worse than chance may be upside down, or a bad one. */
function refuseDoubtful({ labels, probabilities, classes }: Predictions): void {
  const area = auroc(
    Float64Array.from(labels, (_, i) => probabilities[2 * i + 1]),
    labels,
  );
  if (Number.isNaN(area)) {
    const [only] = labels;
    throw dataError(
      'one-class',
      `All ${labels.length} images with a score are of the class ${classes[only].id}: nothing can be told apart.`,
      {
        hint: 'Give a truth with images of both answers.',
      },
    );
  }
  if (area < 0.5)
    throw usageError(
      'score-direction',
      `The score is higher where ${classes[1].id} is not the truth: its AUROC is ${area.toFixed(3)}.`,
      {
        hint: {
          terminal:
            'Say --direction lower where low scores mean yes, or --direction higher where it is just a bad score.',
          page: 'Say whether low scores mean yes, or whether it is just a bad score.',
        },
      },
    );
}
