import type { MetadataTable } from '../../data/reading/metadataTable.js';
import { usageError } from '../../errors.js';
import { auroc } from '../../training/auroc.js';
import type { Direction } from '../judging/assembleAnswers.js';
import { matchIds } from '../judging/matchIds.js';
import { guessPositive } from '../judging/outputClasses.js';
import type { OutputValues } from '../judging/outputValues.js';
import { readPredictionTable } from '../judging/predictionTable.js';
import type { ModelReading } from './compareWithModel.js';
import type { ReaderTruth } from './readerTruth.js';

/** What a model's table is read for. */
export interface ReadModelTableOptions {
  /** What the model is called. */
  readonly name: string;
  /** Of the study. */
  readonly imageIds: readonly string[];
  /** [images], 1 where the image is positive. */
  readonly truths: ArrayLike<number>;
  /** Ids of the classes of the truth, and which of them count as positive. */
  readonly classes: ReaderTruth['classes'];
  readonly positive: readonly string[];
  /** Whether somebody named them; else the name of a single score's column says what the score is for, as of any table. */
  readonly named?: boolean;
  /** From this probability on the model counts as saying yes. Default: where the most probable class is a positive one; of a single score 0.5. */
  readonly from?: number;
  /** What the table's numbers are; guessed where left out. */
  readonly values?: OutputValues;
  /** Which way a single score points; asked for where it seems to point to no. */
  readonly direction?: Direction;
}

/**
 * Reads what a model said of the images that readers saw, out of any table of predictions (see `readPredictionTable`). Probabilities of positive classes are added up.
 * @returns the model's answers in the study's order (NaN: none), and what to mind
 * @throws LesionlabError kind `data` that lists the rows at fault, or where no id is on both sides; kind `usage` for what only the caller can know
 */
export function readModelTable(
  table: MetadataTable,
  { name, imageIds, truths, classes, positive, named = false, from, values, direction }: ReadModelTableOptions,
): { readonly model: ModelReading; readonly notes: readonly string[] } {
  const found = classes.map(({ id }) => ({ id, images: 0 }));
  const read = readPredictionTable(table, { classes, ids: imageIds }, found, { positive, values });
  const { plan, probabilities, isScore, orderOnly, ids, words } = read;
  if (isScore && !named) refuseOtherQuestion(read.reading!.outputs[0], classes, positive);
  const matched = matchIds(ids, imageIds, table.file);
  const width = plan.classes.length;
  const isYes = plan.classes.map(({ id }, k) => (isScore ? k === 1 : positive.includes(id)));
  if (orderOnly && from !== undefined)
    throw usageError(
      'from-of-order',
      'Of scores whose order alone means anything no one says from which on they mean yes.',
      {
        hint: {
          terminal: 'Leave --model-from out, or say with --values what the scores are.',
          page: 'Give no such score, or say what the scores are.',
        },
      },
    );
  const scores = imageIds.map(() => Number.NaN);
  const answers = imageIds.map(() => Number.NaN);
  for (const [answer, image] of matched.pairs) {
    const row = probabilities.subarray(answer * width, (answer + 1) * width);
    const sum = row.reduce((total, p, k) => total + (isYes[k] ? p : 0), 0);
    scores[image] = isScore && direction === 'lower' ? 1 - sum : sum;
    if (orderOnly) continue;
    const byClass = from === undefined && !isScore;
    answers[image] = (byClass ? isYes[row.indexOf(Math.max(...row))] : scores[image] >= (from ?? 0.5)) ? 1 : 0;
  }
  if (isScore && direction === undefined) refuseDoubtful(scores, truths);
  const missing = matched.missing.length;
  const says = orderOnly
    ? 'the model has an AUROC and no yes and no'
    : `the model says yes ${from !== undefined || isScore ? `from a probability of ${from ?? 0.5} on` : 'where its most probable class is a positive one'}`;
  return {
    model: { name, scores, answers },
    notes: [
      ...(matched.words ? [matched.words] : []),
      ...(missing > 0
        ? [
            `${missing} of ${imageIds.length} images that were read have no prediction; the model is judged without them.`,
          ]
        : []),
      ...words,
      `${isScore ? '' : `Its score is the sum of its probabilities of ${positive.join(', ')}; `}${says}.`.replace(
        /^t/,
        'T',
      ),
    ],
  };
}

/** A score called `melanoma_score` is of melanoma, here as in a table that is judged: not of all that is malignant. */
function refuseOtherQuestion(score: string, classes: ReaderTruth['classes'], positive: readonly string[]): void {
  const own = guessPositive(score, classes);
  if (!own || (own.length === positive.length && own.every((id) => positive.includes(id)))) return;
  throw usageError(
    'score-of-others',
    `The score ${score} speaks for ${own.join(', ')} by its name, and the readers are judged on ${positive.join(', ')}.`,
    {
      hint: {
        terminal: `Judge both on ${own.join(', ')} with --positive ${own.join()}, or say with --positive ${positive.join()} that the score is for these.`,
        page: 'Name the classes that mean yes: those of the score, or all that it is for.',
      },
    },
  );
}

function refuseDoubtful(scores: readonly number[], truths: ArrayLike<number>): void {
  const given = scores.map((_, i) => i).filter((i) => !Number.isNaN(scores[i]));
  const area = auroc(
    given.map((i) => scores[i]),
    given.map((i) => truths[i]),
  );
  if (area < 0.5)
    throw usageError(
      'score-direction',
      `The model's score is higher where the truth is no: its AUROC is ${area.toFixed(3)}.`,
      {
        hint: {
          terminal:
            'Say --direction lower where low scores mean yes, or --direction higher where it is just a bad score.',
          page: 'Say whether low scores mean yes, or whether it is just a bad score.',
        },
      },
    );
}
