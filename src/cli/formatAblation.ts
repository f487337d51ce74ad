import { choiceFigures } from '../evaluation/ablation/choiceFigures.js';
import type { AblateStepResult, TrainedRow } from '../node/jobs/ablate.js';
import { formatDuration } from '../node/machine/formatQuantity.js';
import { describeAblation, describeVerdict, figureWords, formatP } from '../report/ablationWords.js';
import { formatFoldedTable } from './formatTable.js';
import { terminalWidth } from './terminalWidth.js';
import { wrapWords } from './wrapWords.js';

/** An ablation as it goes on: a line for each training, below the names of what it shows. @param print prints a line that stays */
export function ablationRows(print: (line: string) => void): (row: TrainedRow) => void {
  const widths = [24, 6, 8, 18, 18, 20];
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] - 2))
      .join('  ')
      .trimEnd();
  let begun = false;
  return ({ choice, seed, seconds, figures, baseline }) => {
    // In brackets beside each: less the baseline's of the same seed.
    if (!begun) print(line(['choice', 'seed', 'time', ...choiceFigures.map((figure) => figureWords(figure, 3).short)]));
    begun = true;
    const cells = choiceFigures.map((figure) => {
      const { value, signed } = figureWords(figure, 3);
      const beside = baseline && choice !== 'baseline' ? ` (${signed(figures[figure] - baseline[figure])})` : '';
      return `${value(figures[figure])}${beside}`;
    });
    print(line([choice, String(seed), formatDuration(seconds), ...cells]));
  };
}

/** What an ablation came to: the numbers, what they say of each choice, and what they rest on. */
export function formatAblation(result: AblateStepResult, width: number = terminalWidth()): string {
  const { choices, baseline, figure, classes, notes, files } = result;
  const order = [figure, ...choiceFigures.filter((other) => other !== figure)];
  const words = order.map((name) => figureWords(name, classes.length));
  const deciding = words[0];
  const table = formatFoldedTable(
    ['choice', ...words.flatMap(({ short }) => [short, 'difference (interval)', 'p', 'seen from']), 'time'],
    [
      ['baseline', ...order.flatMap((name, i) => [words[i].value(baseline.figures[name].value), '', '', '']), '1.00'],
      ...choices.map(({ id, figures, timeRatio }) => [
        id,
        ...order.flatMap((name, i) => {
          const { value, difference, interval, pValue, least, verdict } = figures[name];
          const { signed, size } = words[i];
          const found = `${signed(difference)} (${interval.map(signed).join(' to ')})`;
          return [words[i].value(value), found, `${formatP(pValue)}${verdict === 'open' ? '' : ' *'}`, size(least)];
        }),
        timeRatio.toFixed(2),
      ]),
    ],
    { width, together: 4 },
  );
  const wrapped = (text: string) => wrapWords(text, width);
  return [
    table,
    '',
    wrapped(
      '* shown, corrected for the number of choices. Log loss: lower is better; balanced accuracy: differences in points; time: of a training, by the baseline’s.',
    ),
    '',
    wrapped(`By ${deciding.name}:`),
    ...choices.map(({ id, figures }) => wrapped(`${id} ${describeVerdict(figures[figure], deciding)}.`)),
    '',
    ...describeAblation(result).map(wrapped),
    ...notes.map(wrapped),
    '',
    `Wrote ${files.join(' and ')}.`,
  ].join('\n');
}
