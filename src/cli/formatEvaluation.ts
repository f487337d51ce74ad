import type { Evaluation } from '../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../evaluation/judging/judge.js';
import { fewLesions } from '../evaluation/metrics/intervals.js';
import { formatCount } from '../node/machine/formatQuantity.js';
import { formatNumber } from '../report/format.js';
import { macroAurocName } from '../report/metricNames.js';
import { formatInterval, formatShare } from './formatShare.js';
import { formatTable } from './formatTable.js';
import { terminalWidth } from './terminalWidth.js';
import { wrapWords } from './wrapWords.js';

/** The headline numbers and the table of classes, the same wherever an evaluation is shown. @param width columns of the terminal */
export function formatEvaluation(evaluation: Evaluation, width: number = terminalWidth()): string {
  const { accuracy, balancedAccuracy, auroc, perClass, intervals, notes = [] } = evaluation;
  const unit = isJudgedEvaluation(evaluation) ? evaluation.judgement.unit.of : 'image';
  // Where lesions or patients count once there are no images to count beside them.
  const counts = unit === 'image' ? ['images', 'lesions'] : [`${unit}s`];
  const few = perClass.some(({ lesions }) => lesions < fewLesions);
  return [
    formatTable(
      ['', 'value', '95% interval'],
      [
        ['accuracy', formatShare(accuracy), formatInterval(intervals?.accuracy)],
        ['balanced accuracy', formatShare(balancedAccuracy), formatInterval(intervals?.balancedAccuracy)],
        [
          macroAurocName(perClass.length),
          formatDecimal(auroc.macro),
          formatInterval(intervals?.auroc.macro, formatDecimal),
        ],
      ],
    ),
    '',
    formatTable(
      ['class', ...counts, 'sensitivity (recall)', '95% interval', 'name'],
      perClass.map((row, k) => [
        markFew(row),
        ...[row.support, row.lesions].slice(0, counts.length).map(formatCount),
        formatShare(row.support > 0 ? row.recall : null),
        formatInterval(intervals?.perClass[k]?.recall),
        row.name,
      ]),
      { width },
    ),
    ...(few ? [`* fewer than ${fewLesions} lesions: too few to say much about this class.`] : []),
    ...notes.map((note) => wrapWords(note, width)),
  ].join('\n');
}

/** A class id, with an asterisk where few lesions stand behind its numbers. */
export const markFew = ({ dx, lesions }: Evaluation['perClass'][number]): string =>
  lesions < fewLesions ? `${dx} *` : dx;

/** A number with three digits behind the point; a dash where there is none. */
export const formatDecimal = (value: number | null): string => formatNumber(value);
