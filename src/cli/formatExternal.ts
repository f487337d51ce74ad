import type { SampleComparison, SampleDifference } from '../evaluation/comparison/compareSamples.js';
import { fewLesions } from '../evaluation/metrics/intervals.js';
import type { ExternalEvaluation } from '../evaluation/outside/externalEvaluation.js';
import { formatCount } from '../node/machine/formatQuantity.js';
import { macroAurocName } from '../report/metricNames.js';
import { formatDecimal, formatEvaluation } from './formatEvaluation.js';
import { formatInterval, signed } from './formatShare.js';
import { formatTable } from './formatTable.js';

/** What an evaluation of external data has beyond that of a split: differences to the test split, restricted scores, notes. */
export function describeExternal(
  { split, external, comparison, restricted, perClass }: ExternalEvaluation,
  width?: number,
): string[] {
  const lines: string[] = [];
  if (comparison)
    lines.push(
      `${split} against the test split`,
      '',
      formatComparison(comparison, macroAurocName(perClass.length)),
      '',
    );
  if (restricted) {
    lines.push(`Restricted to ${restricted.classes.join(', ')}`, '', formatEvaluation(restricted, width), '');
    if (restricted.comparison)
      lines.push(
        'The same against the test split',
        '',
        formatComparison(restricted.comparison, macroAurocName(restricted.perClass.length)),
        '',
      );
  }
  const renamed = Object.entries(external.map).filter(([theirs, ours]) => ours !== null && ours !== theirs);
  if (renamed.length > 0) lines.push(`Classes: ${renamed.map(([theirs, ours]) => `${theirs} is ${ours}`).join(', ')}.`);
  lines.push(...external.notes);
  return lines.length > 0 ? [...lines, ''] : [];
}

const isFew = ({ internalLesions, externalLesions }: SampleComparison['recall'][number]) =>
  Math.min(internalLesions, externalLesions) < fewLesions;

/** Numbers of both samples and their differences, as a table and a sentence. @param auroc what the mean over classes is called */
function formatComparison(comparison: SampleComparison, auroc: string): string {
  const row = (words: string, { internal, external, difference, interval }: SampleDifference) => [
    words,
    formatDecimal(internal),
    formatDecimal(external),
    difference === null ? '–' : signed(difference),
    formatInterval(interval, signed),
  ];
  const table = formatTable(
    ['', 'test', 'external', 'difference', '95% interval'],
    [
      row('balanced accuracy', comparison.balancedAccuracy),
      row('accuracy', comparison.accuracy),
      row(auroc, comparison.macroAuroc),
      ...comparison.recall.map((entry) => row(`sensitivity (recall) ${entry.dx}${isFew(entry) ? ' *' : ''}`, entry)),
    ],
  );
  const { internal, external, classes, recall } = comparison;
  const size = ({ images, lesions }: SampleComparison['internal']) =>
    `${formatCount(images)} images of ${formatCount(lesions)} lesions`;
  return [
    table,
    ...(recall.some(isFew) ? [`* fewer than ${fewLesions} lesions on one side: too few to say much.`] : []),
    `${size(external)} against ${size(internal)}. Balanced accuracy and ${auroc} are`,
    `over ${classes.join(', ')}. An interval that holds 0 shows no difference.`,
  ].join('\n');
}
