import { usageError } from '../../../../src/errors.js';
import { type Direction, directions } from '../../../../src/evaluation/judging/assembleAnswers.js';
import type { ClassChoices } from '../../../../src/evaluation/judging/outputClasses.js';
import { type OutputValues, outputValues } from '../../../../src/evaluation/judging/outputValues.js';
import type { PredictionTableChoices } from '../../../../src/evaluation/judging/predictionTable.js';
import { type JoinRule, joinRules, type Unit, units } from '../../../../src/evaluation/judging/units.js';
import type { JudgeChoices } from '../../judge/judgeWorker.js';

/** What is typed and chosen about answers, as it stands in the form; empty where it is left to be guessed. */
export interface JudgeFields {
  readonly idColumn: string;
  /** Empty: classes, or a score where the table looks so. */
  readonly scoreColumn: string;
  readonly values: string;
  readonly direction: string;
  /** Null: as guessed. */
  readonly positive: readonly string[] | null;
  /** By output the class that was chosen for it; empty where it is left out. */
  readonly classOf: Readonly<Record<string, string>>;
  /** By class of the truth what it counts as; empty where its images are left out. */
  readonly countAs: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly join: string;
  readonly calibrate: 'nothing' | 'validation' | 'share' | 'table';
  readonly share: string;
  readonly threshold: string;
  readonly prevalence: string;
  readonly labelErrors: string;
  readonly resamples: string;
  readonly name: string;
  readonly excludeUnusable: boolean;
}

/** A form in which nothing was said. @param calibration name of the table to calibrate on: whoever gives one means it */
export const emptyFields = (calibration: string | undefined): JudgeFields => ({
  ...unsaid,
  calibrate: calibration === undefined ? 'nothing' : 'table',
});

const unsaid: JudgeFields = {
  idColumn: '',
  scoreColumn: '',
  values: '',
  direction: '',
  positive: null,
  classOf: {},
  countAs: {},
  unit: 'image',
  join: 'mean',
  calibrate: 'nothing',
  share: '0.3',
  threshold: '',
  prevalence: '',
  labelErrors: '0.05',
  resamples: '2000',
  name: '',
  excludeUnusable: false,
};

/** What stands for each choice. */
export const fieldChoices = {
  values: [
    ['', 'as it looks'],
    ['probabilities', 'probabilities'],
    ['logits', 'logits'],
    ['sigmoid', 'one sigmoid for each class'],
    ['percent', 'percentages'],
    ['score', 'scores of which only the order counts'],
  ],
  direction: [
    ['', 'not said'],
    ['higher', 'high where yes is true'],
    ['lower', 'low where yes is true'],
  ],
  unit: [
    ['image', 'each image'],
    ['lesion', 'each lesion'],
    ['patient', 'each patient'],
  ],
  join: [
    ['mean', 'the mean of its images'],
    ['max', 'the highest of its images'],
    ['median', 'the median of its images'],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [string, string])[]>>;

/** Which class an output is of, and what classes of the truth count as. */
export function classChoices({ classOf, countAs, positive }: JudgeFields): ClassChoices {
  return {
    ...(Object.keys(classOf).length > 0 && { classColumns: classOf }),
    ...(Object.keys(countAs).length > 0 && { map: countAs }),
    ...(positive && positive.length > 0 && { positive }),
  };
}

/** How a table is read. */
export function tableChoices(fields: JudgeFields): PredictionTableChoices {
  const { idColumn, scoreColumn, values, excludeUnusable } = fields;
  return {
    ...classChoices(fields),
    ...(idColumn !== '' && { idColumn }),
    ...(scoreColumn !== '' && { scoreColumn }),
    ...(isOne(values, outputValues) && { values }),
    ...(excludeUnusable && { excludeUnusable }),
  };
}

/** What is said of a score's direction. */
export const directionOf = ({ direction }: JudgeFields): Direction | undefined =>
  isOne(direction, directions) ? direction : undefined;

/** What is estimated. @throws LesionlabError kind `usage` for what is no number, or outside its range */
export function estimateChoices(fields: JudgeFields): JudgeChoices {
  const { unit, join, calibrate, share, threshold, prevalence, labelErrors, resamples, name } = fields;
  const part =
    calibrate === 'validation' || calibrate === 'table'
      ? calibrate
      : calibrate === 'share'
        ? { share: readNumber('the share to set aside', share, 0, 1)! }
        : undefined;
  const direction = directionOf(fields);
  return {
    unit: isOne(unit, units) ? unit : 'image',
    ...(unit !== 'image' && { join: isOne(join, joinRules) ? join : 'mean' }),
    ...(part !== undefined && { calibrateOn: part }),
    ...(direction && { direction }),
    ...ifSaid('threshold', readNumber('the threshold', threshold, 0, 1)),
    ...ifSaid('prevalence', readNumber('the prevalence', prevalence, 0, 1)),
    ...ifSaid('labelErrors', readNumber('the share of wrong truths', labelErrors, 0, 1)),
    ...ifSaid('resamples', readNumber('the number of resamples', resamples, 0, 100_000)),
    ...(name.trim() !== '' && { name: name.trim() }),
  };
}

function ifSaid<N extends string>(name: N, value: number | undefined): Partial<Record<N, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<N, number>);
}

/** @returns undefined where nothing was typed */
export function readNumber(what: string, text: string, least: number, most: number): number | undefined {
  if (text.trim() === '') return undefined;
  const number = Number(text.trim().replace(',', '.'));
  if (number >= least && number <= most) return number;
  throw usageError('bad-number', `For ${what} expected a number from ${least} to ${most}, found "${text}".`, {
    hint: 'Mend it in the form, or leave it empty.',
  });
}

const isOne = <T extends OutputValues | Direction | Unit | JoinRule>(value: string, known: readonly T[]): value is T =>
  (known as readonly string[]).includes(value);
