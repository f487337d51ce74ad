import type { FigureAnalysis, ReaderAnalysis } from '../evaluation/readers/analyseReaders.js';
import type { ReaderDifference } from '../evaluation/readers/meanOfReaders.js';
import type { ReadersStepResult } from '../node/steps/readers.js';
import { formatCountOf } from '../report/format.js';
import {
  agreementRows,
  describeBeyondModel,
  describeReaderMethod,
  fewReaders,
  figureNames,
  levelWords,
  resampledWords,
} from '../report/readerWords.js';
import { formatDecimal } from './formatEvaluation.js';
import { formatInterval, formatShare, signed } from './formatShare.js';
import { formatFoldedTable, formatTable } from './formatTable.js';
import { terminalWidth } from './terminalWidth.js';
import { wrapWords } from './wrapWords.js';

/** A reader study for people. @param width columns of the terminal */
export function formatReaders(
  { question, analysis, notes, files }: ReadersStepResult,
  width = terminalWidth(),
): string {
  const { readers, images, lesions, positiveImages, level } = analysis;
  const percent = levelWords(level);
  return [
    `${formatCountOf(readers, 'reader')}, ${formatCountOf(images, 'image')} of ${formatCountOf(lesions, 'lesion')}, ${positiveImages} positive (${question})`,
    '',
    formatOfReaders(analysis, width),
    '',
    ...(analysis.model ? [formatModel(analysis, width), ''] : []),
    ...analysis.figures.flatMap((figure) => formatFigure(figure, analysis, percent, width)),
    ...formatAgreement(analysis),
    wrapWords(describeReaderMethod(analysis), width),
    ...notes.map((note) => wrapWords(note, width)),
    ...(files.length > 0 ? ['', `Wrote ${files.join(', ')}.`] : []),
  ].join('\n');
}

function formatOfReaders({ ofReaders, figures }: ReaderAnalysis, width: number): string {
  const shown = figures.map(({ figure }) => figure);
  const several = new Set(ofReaders.map(({ condition }) => condition)).size > 1;
  return formatFoldedTable(
    [
      'reader',
      ...(several ? ['condition'] : []),
      'images',
      ...shown.flatMap((figure) => [figureNames[figure], 'interval']),
    ],
    ofReaders.map((row) => [
      row.reader,
      ...(several ? [row.condition] : []),
      String(row.images),
      ...shown.flatMap((figure) => {
        const found = row[figure];
        return found ? [formatDecimal(found.value), formatInterval(found.interval, formatDecimal)] : ['–', '–'];
      }),
    ]),
    { width, keep: several ? 3 : 2, together: 2 },
  );
}

function formatModel(analysis: ReaderAnalysis, width: number): string {
  const model = analysis.model!;
  const lines = (['auroc', 'sensitivity', 'specificity'] as const).flatMap((figure) => {
    const found = model[figure];
    return found
      ? [`${figureNames[figure]} ${formatDecimal(found.value)} (${formatInterval(found.interval, formatDecimal)})`]
      : [];
  });
  const beyond = describeBeyondModel(analysis);
  return [
    wrapWords(`The model (${model.name}): ${lines.join(', ')}`, width),
    ...(beyond ? [wrapWords(beyond, width)] : []),
  ].join('\n');
}

function formatFigure(analysis: FigureAnalysis, { random }: ReaderAnalysis, percent: string, width: number): string[] {
  const { figure, conditions, test, differences, model, simulated } = analysis;
  const name = figureNames[figure];
  const rows = [
    ...differences.map((row) => ({ row, label: `${row.second} − ${row.first}`, resampled: row.resampled })),
    ...model.map((row) => ({
      row,
      label: `model − readers${conditions.length > 1 ? ` (${row.condition})` : ''}`,
      resampled: row.resampled,
    })),
    ...simulated.map((row) => ({ row, label: `${row.second} − ${row.first}`, resampled: null })),
  ];
  const few = rows.filter(({ row }) => row.guarded !== null && countReaders(row) <= fewReaders);
  return [
    `${name}, mean over readers`,
    formatTable(
      ['condition', 'readers', name, `${percent} interval`],
      conditions.map(({ condition, readers, value, interval }) => [
        condition,
        String(readers),
        formatDecimal(value),
        formatInterval(interval, formatDecimal),
      ]),
    ),
    '',
    ...(rows.length > 0
      ? [
          formatFoldedTable(
            ['difference', 'estimate', `${percent} interval`, 'p', 'degrees of freedom', 'resampled'],
            rows.map(({ row, label, resampled }) => [
              label,
              signed(row.value),
              formatInterval(row.interval, signed),
              formatP(row.pValue),
              row.degreesOfFreedom === null
                ? '–'
                : row.degreesOfFreedom > 9999
                  ? '> 9,999'
                  : row.degreesOfFreedom.toFixed(1),
              formatInterval(resampled, signed),
            ]),
            { width },
          ),
          ...(few.length > 0
            ? [
                wrapWords(
                  `So few readers can be alike by chance, and then intervals come out too narrow. Guarded against that: ${few
                    .map(
                      ({ row, label }) =>
                        `${label} ${formatInterval(row.guarded!.interval, signed)}, p = ${formatP(row.guarded!.pValue)}`,
                    )
                    .join('; ')}.`,
                  width,
                ),
              ]
            : []),
          '',
        ]
      : []),
    ...(test && conditions.length > 2
      ? [
          `All conditions alike? F = ${test.statistic.toFixed(3)} on ${test.degreesOfFreedom[0]} and ${test.degreesOfFreedom[1]?.toFixed(1) ?? 'infinite'} degrees of freedom, p = ${formatP(test.pValue)}.`,
          '',
        ]
      : []),
    ...(random !== 'cases' && rows.some(({ resampled }) => resampled) ? [wrapWords(resampledWords, width), ''] : []),
  ];
}

const countReaders = (row: ReaderDifference & { readonly readers?: number | readonly string[] }): number =>
  typeof row.readers === 'number' ? row.readers : (row.readers?.length ?? 0);

const formatP = (p: number | null): string => (p === null ? '–' : p < 0.001 ? p.toExponential(1) : p.toFixed(3));

/** Of more readers than this the report has the pairs. */
const mostReaders = 3;

function formatAgreement(analysis: ReaderAnalysis): string[] {
  const rows = agreementRows({
    ...analysis,
    agreement: analysis.agreement.map((own) => (analysis.readers > mostReaders ? { ...own, pairs: [] } : own)),
  });
  if (rows.length === 0) return [];
  return [
    formatTable(
      ['agreement', 'images', 'agree', 'kappa', 'interval'],
      rows.map(({ who, condition, of, kappa }) => [
        `${who} (${of}), ${condition}`,
        String(kappa.images),
        formatShare(kappa.agreement),
        formatDecimal(kappa.kappa),
        formatInterval(kappa.interval, formatDecimal),
      ]),
    ),
    '',
  ];
}
