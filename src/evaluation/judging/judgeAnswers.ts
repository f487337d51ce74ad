import { usageError } from '../../errors.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';
import { type AssembledAnswers, assembleAnswers, countTruth, type Direction } from './assembleAnswers.js';
import { type JudgeOptions, type JudgeResult, judgeInFull } from './judge.js';
import type { Answers } from './predictionTable.js';
import type { TrainingList } from './trainingOverlap.js';
import type { Truth } from './truth.js';

/** What is fitted on: the truth's own validation split, a share to set aside, or answers to other images. */
export type CalibrationPart =
  | 'validation'
  | { readonly share: number }
  | {
      readonly answers: Answers;
      /** Of their images, where others are scored: those are not among them. */
      readonly truth: Truth;
    };

/** What is estimated of somebody's answers. */
export interface JudgeAnswersOptions
  extends Pick<
    JudgeOptions,
    'unit' | 'join' | 'threshold' | 'prevalence' | 'labelErrors' | 'resamples' | 'seed' | 'trainedOn'
  > {
  /** Where the answers are from, and those that are calibrated on: names of files, for messages. */
  readonly source: string;
  readonly calibrationSource?: string;
  readonly calibrateOn?: CalibrationPart;
  readonly direction?: Direction;
  /** Images that should have an answer. Default: all of the truth. */
  readonly expected?: TrainingList;
}

/** What was judged, before anything is written. */
export interface JudgedAnswers extends JudgeResult {
  readonly assembled: AssembledAnswers;
  /** How answers and truth were read, sentences for readers. */
  readonly words: readonly string[];
}

/** What is known of the images that should have an answer, and the answers to them. */
export interface AnswersToTruth {
  readonly truth: Truth;
  readonly answers: Answers;
}

/**
 * Puts answers beside their truths and judges them: what `evaluate` does with a table or a network's file once both were read.
 * @throws LesionlabError as `assembleAnswers` and `judge` do; kind `usage` where there is nothing to calibrate on, or it is of other classes
 */
export function judgeAnswers({ truth, answers }: AnswersToTruth, options: JudgeAnswersOptions): JudgedAnswers {
  const { source, expected, direction } = options;
  const assembled = assembleAnswers(answers, truth, { source, expected: expected !== undefined, direction });
  const calibration = findCalibration(options, truth, assembled);
  const { predictions, missing } = calibration.scored;
  const { unit, join, threshold, prevalence, labelErrors, resamples, seed, trainedOn = null } = options;
  const confirmedBy = new Map(assembled.records.map(({ imageId, dxType }) => [imageId, dxType]));
  const result = judgeInFull(
    { ...predictions, confirmations: predictions.imageIds.map((id) => confirmedBy.get(id)) } as Predictions,
    {
      ...{ unit, join, threshold, prevalence, labelErrors, resamples, missing, seed, trainedOn },
      calibrateOn: calibration.on,
      orderOnly: answers.orderOnly,
    },
  );
  const words = [...truth.words, ...answers.words, ...assembled.words];
  if (answers.unusable.length > 0)
    words.push(
      `Rows or images without an answer that can be read: ${answers.unusable.length.toLocaleString('en-US')}.`,
    );
  if (!assembled.partOfTruth) return { ...result, assembled, words };
  const { judgement } = result.evaluation;
  const flow = { ...judgement.flow, partOfTruth: true as const };
  return { ...result, evaluation: { ...result.evaluation, judgement: { ...judgement, flow } }, assembled, words };
}

/** What a classifier's answers are read against: the truth's classes with their images, and the ids of its images. */
export const truthForAnswers = (truth: Truth) =>
  [
    { classes: truth.info.classes, ids: truth.records.map(({ imageId }) => imageId) },
    countTruth(truth),
  ] as const satisfies readonly unknown[];

/** The truth of the listed images alone. @throws LesionlabError kind `usage` where it has none of them */
export function keepListed(truth: Truth, list: TrainingList): Truth {
  const wanted = new Set([...list.imageIds].map((id) => id.toLowerCase()));
  const records = truth.records.filter(({ imageId }) => wanted.has(imageId.toLowerCase()));
  if (records.length === 0)
    throw usageError('none-expected', `None of the ${wanted.size} ids in ${list.source} is in the truth.`, {
      hint: `There they are ${truth.records
        .slice(0, 3)
        .map(({ imageId }) => imageId)
        .join(', ')}.`,
    });
  const unknown = wanted.size - records.length;
  const words = `An answer is expected for ${records.length.toLocaleString('en-US')} images, by ${list.source}${unknown > 0 ? ` (${unknown.toLocaleString('en-US')} more are not in the truth)` : ''}.`;
  return { ...truth, records, words: [...truth.words, words] };
}

interface FoundCalibration {
  readonly scored: Pick<AssembledAnswers, 'predictions' | 'missing'>;
  readonly on: JudgeOptions['calibrateOn'];
}

/** What is fitted on, and what is left to score. */
function findCalibration(
  { calibrateOn, calibrationSource = 'the other table', source, direction }: JudgeAnswersOptions,
  truth: Truth,
  { predictions, records, missing }: AssembledAnswers,
): FoundCalibration {
  if (calibrateOn === undefined) return { scored: { predictions, missing }, on: undefined };
  if (calibrateOn === 'validation') {
    const rows = (wanted: boolean) =>
      [...records.keys()].filter((i) => (records[i].officialSplit === 'validation') === wanted);
    const [own, others] = [rows(true), rows(false)];
    if (own.length === 0 || others.length === 0)
      throw usageError(
        'no-validation',
        `${own.length === 0 ? 'No' : 'Every'} image with an answer is in the truth's own validation split.`,
        {
          hint: {
            terminal:
              'Set a share aside (--calibrate-on 0.3), or give a table of predictions of other images (--calibrate-on validation.csv); in a plain truth a column split says which images are of validation.',
            page: 'Set a share aside; in a plain truth a column split says which images are of validation.',
          },
        },
      );
    const splitOf = new Map(truth.records.map(({ imageId, officialSplit }) => [imageId, officialSplit]));
    const kept = [...missing.imageIds.keys()].filter((i) => splitOf.get(missing.imageIds[i]) !== 'validation');
    return {
      scored: { predictions: takeRows(predictions, others), missing: takeMissing(missing, kept) },
      on: { predictions: takeRows(predictions, own), words: 'the truth’s own validation split' },
    };
  }
  if ('share' in calibrateOn) return { scored: { predictions, missing }, on: calibrateOn };
  const ids = ({ classes }: Predictions) => classes.map(({ id }) => id).join(' ');
  const other = assembleAnswers(calibrateOn.answers, calibrateOn.truth, {
    ...{ source: calibrationSource, expected: false, direction },
  });
  if (ids(other.predictions) !== ids(predictions))
    throw usageError(
      'other-classes',
      `${calibrationSource} has other classes (${ids(other.predictions)}) than ${source} (${ids(predictions)}).`,
      { hint: 'Both tables have to be of the same classifier.' },
    );
  // Those images were never meant to be scored.
  const fitted = new Set(other.predictions.imageIds);
  const kept = [...missing.imageIds.keys()].filter((i) => !fitted.has(missing.imageIds[i]));
  return {
    scored: { predictions, missing: takeMissing(missing, kept) },
    on: { predictions: other.predictions, words: `${calibrationSource}, other images` },
  };
}

function takeMissing(
  { imageIds, labels, groups, patients }: AssembledAnswers['missing'],
  rows: readonly number[],
): AssembledAnswers['missing'] {
  return {
    imageIds: rows.map((i) => imageIds[i]),
    labels: rows.map((i) => labels[i]),
    ...(groups && { groups: rows.map((i) => String(groups[i])) }),
    ...(patients && { patients: rows.map((i) => String(patients[i])) }),
  };
}
