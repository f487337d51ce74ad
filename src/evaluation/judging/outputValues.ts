import { requireOneOf } from '../../checks.js';
import { dataError } from '../../errors.js';

/** What numbers of a table are: `probabilities` of all classes, `logits`, one `sigmoid` a class, `percent`, or a `score` of which only the order means anything. */
export const outputValues = ['probabilities', 'logits', 'sigmoid', 'percent', 'score'] as const;
/** What numbers of a table are. */
export type OutputValues = (typeof outputValues)[number];

/** Numbers made probabilities. */
export interface ReadValues {
  /** [M, K] row by row, each row sums to 1. */
  readonly probabilities: Float64Array;
  readonly values: OutputValues;
  /** What they were taken for, and why, a sentence for readers. */
  readonly words: string;
}

/** Sums as near to 1 as this are rounding, whatever the numbers look like. */
const roundedSum = 0.02;
/** Rounding of many classes may make sums differ by as much as this. */
const mostRounded = 0.1;

/**
 * Probabilities of what a table holds: one number a class, or a single score for yes.
 * @param numbers [M, K] row by row, finite; K is 1 for a score
 * @param rowOf how a message calls a row
 * @param given what they are; guessed where left out: probabilities where they are from 0 to 1, or none is negative and half of the rows sum to 1; percent where
 *   they are from 0 to 100 and sum to 100; else logits
 * @returns of a score, two columns: no and yes
 * @throws LesionlabError kind `data` that lists the rows which are not what was given or guessed
 */
export function readValues(
  numbers: Float64Array,
  width: number,
  rowOf: (row: number) => string,
  given?: OutputValues,
): ReadValues {
  if (given !== undefined) requireOneOf('values', given, outputValues);
  return width === 1 ? readScores(numbers, rowOf, given) : readRows(numbers, width, rowOf, given);
}

function readRows(
  numbers: Float64Array,
  width: number,
  rowOf: (row: number) => string,
  given: OutputValues | undefined,
): ReadValues {
  const rows = numbers.length / width;
  const sums = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += numbers[i * width + k];
    return sum;
  });
  const within = (high: number) => numbers.every((x) => x >= 0 && x <= high * (1 + 1e-3));
  const decimals = countDecimals(numbers);
  const tolerance = (whole: 1 | 100) => sumTolerance(decimals, width, whole);
  const percent = within(100) && sums.every((sum) => Math.abs(sum - 100) <= 100 * tolerance(100));
  // Rows of logits sum to 1 by chance alone: where half of them do and nothing is negative, some are broken probabilities.
  const summing = sums.filter((sum) => Math.abs(sum - 1) <= tolerance(1)).length;
  const broken = summing >= rows / 2 && numbers.every((x) => x >= 0);
  const values = given ?? (percent ? 'percent' : within(1) || broken ? 'probabilities' : 'logits');
  const why = given
    ? 'as was said'
    : {
        percent: 'they sum to 100',
        probabilities: 'they are from 0 to 1',
        logits: 'some are below 0 or above 1',
        sigmoid: '',
        score: '',
      }[values];
  if (values === 'logits')
    return {
      probabilities: softmaxRows(numbers, width),
      values,
      words: `Taken for logits (${why}): softmax makes probabilities of them.`,
    };
  const unit = values === 'percent' ? 100 : 1;
  const outside = [...numbers.keys()].filter((i) => !(numbers[i] >= 0 && numbers[i] <= unit * (1 + 1e-3)));
  if (outside.length > 0)
    throw dataError(
      'not-probabilities',
      `${rowOf(Math.floor(outside[0] / width))}: ${numbers[outside[0]]} is no ${values === 'percent' ? 'percentage' : 'probability'} (${outside.length.toLocaleString('en-US')} such numbers in all).`,
      {
        hint: {
          terminal: 'Say what the numbers are with --values logits, or mend them.',
          page: 'Say what the numbers are, or mend them.',
        },
        details: outside.map((i) => `${rowOf(Math.floor(i / width))}: ${numbers[i]}`),
      },
    );
  const off = [...sums.keys()].filter((i) => !(Math.abs(sums[i] / unit - 1) <= tolerance(unit)));
  if (off.length > 0 && values !== 'sigmoid' && values !== 'score')
    throw dataError(
      'sum-not-one',
      `The probabilities of ${off.length.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} rows do not sum to ${unit}: ${rowOf(off[0])} sums to ${Number(sums[off[0]].toPrecision(6))}.`,
      {
        hint: {
          terminal:
            'Where each class was asked for itself, say --values sigmoid: rows are then divided by their sums. Where they are logits, --values logits. Where a class has a column of another name, --class-column name=class.',
          page: 'Say what the numbers are (one sigmoid a class, logits), or which column is of a class that is missing.',
        },
        details: off.map((i) => `${rowOf(i)}: ${Number(sums[i].toPrecision(9))}`),
      },
    );
  const empty = [...sums.keys()].filter((i) => !(sums[i] > 0));
  if (empty.length > 0)
    throw dataError('sum-not-one', `${rowOf(empty[0])}: all numbers are 0 (${empty.length} such rows).`, {
      hint: 'Leave the row out: an image without an answer counts as missing.',
      details: empty.map(rowOf),
    });
  const probabilities = Float64Array.from(numbers, (x, i) => x / sums[Math.floor(i / width)]);
  const rounded = [...sums].filter((sum) => Math.abs(sum / unit - 1) > 1e-6).length;
  const divided =
    values === 'sigmoid' || rounded === 0
      ? ''
      : ` ${rounded.toLocaleString('en-US')} rows sum to ${unit} but for rounding${decimals === null ? '' : ` (they are ${decimals === 0 ? 'whole numbers' : `rounded to ${decimals === 1 ? '1 decimal' : `${decimals} decimals`}`})`}, and were divided by their sums.`;
  const words = {
    sigmoid: 'Taken for one sigmoid a class: each row was divided by its sum.',
    score: 'Taken for scores: each row was divided by its sum.',
    percent: `Taken for percentages (${why}).${divided}`,
    probabilities: `Taken for probabilities (${why}).${divided}`,
  }[values];
  return { probabilities, values, words };
}

/**
 * How far a sum may be from 1 by rounding alone, as a share: each of the numbers is off by half of its last digit at most.
 * @param decimals that the numbers are rounded to; null where they have more. Probabilities that are all 0 or 1 are not rounded.
 */
export function sumTolerance(decimals: number | null, width: number, whole: 1 | 100): number {
  const known = decimals !== null && (decimals > 0 || whole === 100);
  const rounding = known ? (width * 0.5 * 10 ** -decimals) / whole + 1e-9 : 0;
  return Math.max(roundedSum, Math.min(mostRounded, rounding));
}

/** Decimals that the numbers are rounded to, 0 to 4; null where they have more. */
export function countDecimals(numbers: readonly number[] | Float64Array): number | null {
  for (let decimals = 0; decimals <= 4; decimals++) {
    const scale = 10 ** decimals;
    if (numbers.every((x) => Math.abs(x * scale - Math.round(x * scale)) < 1e-6)) return decimals;
  }
  return null;
}

function readScores(
  numbers: Float64Array,
  rowOf: (row: number) => string,
  given: OutputValues | undefined,
): ReadValues {
  const outside = (high: number) => numbers.findIndex((x) => !(x >= 0 && x <= high));
  const values = given ?? (outside(1) < 0 ? 'probabilities' : undefined);
  const strange =
    values === 'probabilities' || values === 'sigmoid' ? outside(1) : values === 'percent' ? outside(100) : -1;
  if (values === undefined || strange >= 0) {
    const place = strange >= 0 ? strange : outside(1);
    throw dataError(
      'score-scale',
      `${rowOf(place)}: the score is ${numbers[place]}, which is no probability from 0 to ${values === 'percent' ? 100 : 1}.`,
      {
        hint: {
          terminal:
            'Say what scores are: --values logits (a sigmoid makes probabilities of them), --values percent, or --values score where only their order means anything.',
          page: 'Say what scores are: logits, percentages, or numbers of which only the order means anything.',
        },
      },
    );
  }
  const [low, high] = numbers.reduce(
    ([a, b], x) => [Math.min(a, x), Math.max(b, x)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const yes = (x: number) => {
    if (values === 'logits') return 1 / (1 + Math.exp(-x));
    if (values === 'percent') return x / 100;
    return values === 'score' ? (high > low ? (x - low) / (high - low) : 0.5) : x;
  };
  const probabilities = new Float64Array(2 * numbers.length);
  for (const [i, x] of numbers.entries()) {
    const p = yes(x);
    probabilities[2 * i] = 1 - p;
    probabilities[2 * i + 1] = p;
  }
  const words = {
    logits: 'The score was taken for a logit: a sigmoid makes a probability of it.',
    percent: 'The score was taken for a percentage.',
    score:
      'Only the order of the scores means anything: AUROC and average precision can be believed. Accuracy, calibration and whatever rests on a probability of one half cannot.',
    probabilities: 'The score was taken for the probability of yes (all are from 0 to 1).',
    sigmoid: 'The score was taken for the probability of yes.',
  }[values];
  return { probabilities, values, words };
}

function softmaxRows(logits: Float64Array, width: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let first = 0; first < logits.length; first += width) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < width; k++) highest = Math.max(highest, logits[first + k]);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      probabilities[first + k] = Math.exp(logits[first + k] - highest);
      sum += probabilities[first + k];
    }
    for (let k = 0; k < width; k++) probabilities[first + k] /= sum;
  }
  return probabilities;
}
