import type { FigureAnalysis, ReaderAnalysis } from '../../evaluation/readers/analyseReaders.js';
import type { ReaderDifference } from '../../evaluation/readers/meanOfReaders.js';
import type { FigureOfMerit } from '../../evaluation/readers/readerStudy.js';
import { formatPercent } from '../format.js';
import { agreementRows, fewReaders } from '../readerWords.js';
import { decimal, numbers, percent, type ResultTable, type TableCell } from './resultTable.js';

const figureTitles: Readonly<Record<FigureOfMerit, string>> = {
  auroc: 'AUROC',
  sensitivity: 'Sensitivity',
  specificity: 'Specificity',
};

/** A figure of merit as it is shown: AUROC as a number, shares as percentages. */
const shown = (figure: FigureOfMerit) => (figure === 'auroc' ? decimal : percent);
const pText = (p: number | null): TableCell => (p === null ? '–' : p < 0.0001 ? '<0.0001' : decimal(p, undefined, 4));
const freedomText = (freedom: number | null): TableCell =>
  freedom === null ? 'normal' : decimal(freedom, undefined, 1);

/** Each reader under each condition. */
export function ofReadersTable({ ofReaders, figures, model, level }: ReaderAnalysis): ResultTable {
  const kinds = figures.map(({ figure }) => figure);
  const several = new Set(ofReaders.map(({ condition }) => condition)).size > 1;
  return {
    id: 'readers',
    caption: `Each reader${several ? ' under each condition' : ''}${model ? ', and the model on all images' : ''}, with ${formatPercent(level, 0)} intervals.`,
    columns: [
      { title: 'Reader' },
      ...(several ? [{ title: 'Condition' }] : []),
      ...numbers('Images', 'Positive images', ...kinds.map((figure) => figureTitles[figure])),
    ],
    rows: [
      ...ofReaders.map((row) => [
        row.reader,
        ...(several ? [row.condition] : []),
        row.images,
        row.positives,
        ...kinds.map((figure) => (row[figure] ? shown(figure)(row[figure].value, row[figure].interval) : '–')),
      ]),
      ...(model
        ? [
            [
              model.name,
              ...(several ? ['model'] : []),
              model.images,
              '–',
              ...kinds.map((figure) =>
                model[figure] ? shown(figure)(model[figure].value, model[figure].interval) : '–',
              ),
            ],
          ]
        : []),
    ],
  };
}

/** Means over readers by condition. */
export function readerMeansTable({ figures, level }: ReaderAnalysis): ResultTable {
  return {
    id: 'reader-means',
    caption: `Means over readers, with ${formatPercent(level, 0)} intervals.`,
    columns: [{ title: 'Figure' }, { title: 'Condition' }, ...numbers('Readers', 'Mean', 'Standard error')],
    rows: figures.flatMap(({ figure, conditions }) =>
      conditions.map(({ condition, readers, value, interval, standardError }) => [
        figureTitles[figure],
        condition,
        readers,
        shown(figure)(value, interval),
        decimal(standardError, undefined, 4),
      ]),
    ),
  };
}

/** Differences between conditions, and between model and readers; null where there are none. */
export function readerDifferencesTable({ figures, readers, level }: ReaderAnalysis): ResultTable | null {
  const guarded = readers <= fewReaders;
  const row = (title: string, figure: FigureAnalysis['figure'], found: ReaderDifference) => [
    title,
    figureTitles[figure],
    decimal(found.value, found.interval, 4),
    freedomText(found.degreesOfFreedom),
    pText(found.pValue),
    ...(guarded ? [0, 1].map((end) => decimal(found.guarded?.interval?.[end], undefined, 4)) : []),
  ];
  const rows = figures.flatMap(({ figure, differences, model, simulated }) => [
    ...differences.map((found) => row(`${found.second} less ${found.first}`, figure, found)),
    ...model.map((found) => row(`model less readers, ${found.condition}`, figure, found)),
    ...simulated.map((found) => row(`${found.second} less ${found.first}, simulated`, figure, found)),
  ]);
  if (rows.length === 0) return null;
  return {
    id: 'reader-differences',
    caption: `Differences over readers, with ${formatPercent(level, 0)} intervals.`,
    columns: [
      { title: 'Difference' },
      { title: 'Figure' },
      ...numbers('Value', 'Degrees of freedom', 'p', ...(guarded ? ['Guarded, low', 'Guarded, high'] : [])),
    ],
    rows,
  };
}

/** Whether all conditions are alike; null with a single condition. */
export function equalityTable({ figures }: ReaderAnalysis): ResultTable | null {
  const tests = figures.flatMap(({ figure, test }) => (test ? [{ figure, ...test }] : []));
  if (tests.length === 0) return null;
  return {
    id: 'equality-of-conditions',
    caption: 'Tests whether all conditions are alike (Obuchowski and Rockette, degrees of freedom after Hillis).',
    columns: [
      { title: 'Figure' },
      ...numbers('F', 'Numerator df', 'Denominator df', 'p', 'Variance', 'Cov1', 'Cov2', 'Cov3'),
    ],
    rows: tests.map(({ figure, statistic, degreesOfFreedom: [first, second], pValue, components: c }) => [
      figureTitles[figure],
      decimal(statistic, undefined, 4),
      first,
      freedomText(second),
      pText(pValue),
      ...[c.variance, c.cov1, c.cov2, c.cov3].map((value) => decimal(value, undefined, 6)),
    ]),
  };
}

/** Agreement beyond chance; null where nobody answered what others answered. */
export function agreementTable(analysis: ReaderAnalysis): ResultTable | null {
  const rows = agreementRows(analysis);
  if (rows.length === 0) return null;
  return {
    id: 'agreement',
    caption: `Agreement of readers beyond chance, with ${formatPercent(analysis.level, 0)} intervals: Fleiss's kappa of all, Cohen's of two and of one who read again.`,
    columns: [{ title: 'Who' }, { title: 'Condition' }, { title: 'Of' }, ...numbers('Images', 'Agree', 'Kappa')],
    rows: rows.map(({ who, condition, of, kappa }) => [
      who,
      condition,
      of,
      kappa.images,
      percent(kappa.agreement),
      decimal(kappa.kappa, kappa.interval),
    ]),
  };
}
