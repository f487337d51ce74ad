import type { AnalysisResult } from '../evaluation/planned/analyse.js';
import type { EarlierOpening } from '../node/steps/seal.js';
import { formatDecimal } from './formatEvaluation.js';
import { formatTable } from './formatTable.js';
import { wrapWords } from './wrapWords.js';

const formatP = (p: number | null) => (p === null ? '' : p < 0.0001 ? '<0.0001' : p.toFixed(4));

/** What came of a plan, for a terminal. */
export function describeAnalysis({
  name,
  units,
  clusters,
  endpoints,
  subgroups,
  success,
  notes,
}: AnalysisResult): string {
  return [
    `${name}: ${units} units in ${clusters} clusters`,
    '',
    formatTable(
      ['endpoint', 'value', 'against', 'difference', 'lower bound', 'margin', 'p', 'Holm', 'success'],
      endpoints.map((own) => [
        `${own.id} (${own.role})`,
        formatDecimal(own.value),
        formatDecimal(own.against),
        formatDecimal(own.difference),
        formatDecimal(own.lowerBound),
        own.margin === undefined ? 'none' : `-${own.margin}`,
        formatP(own.pValue),
        formatP(own.adjusted),
        own.success ? 'yes' : 'no',
      ]),
    ),
    '',
    `The primary ${endpoints.filter(({ role }) => role === 'primary').length === 1 ? 'endpoint' : 'endpoints'} ${success ? 'succeeded' : 'did not succeed'}.`,
    ...notes.map((note) => wrapWords(note, 80)),
    ...(subgroups.length > 0
      ? [
          '',
          formatTable(
            ['group', 'units', 'value', 'others', 'difference', 'together', 'p (max-T)'],
            subgroups.map((own) => [
              `${own.field}: ${own.value}`,
              String(own.units),
              formatDecimal(own.result),
              formatDecimal(own.others),
              formatDecimal(own.difference),
              own.interval ? own.interval.map((x) => formatDecimal(x)).join(' to ') : '–',
              formatP(own.pValue),
            ]),
          ),
        ]
      : []),
  ].join('\n');
}

/** A warning where the truth of a plan was seen before by opening another one. */
export function describeOpenedBefore(openedBefore: readonly EarlierOpening[]): string[] {
  return openedBefore.map(({ plan, opened, same }) =>
    wrapWords(
      `This truth was seen before: ${plan} opened it at ${opened}${same.includes('predictions') ? ', with the same predictions' : ''}. What is planned after that is not planned beforehand; say so wherever the result is told.`,
      80,
    ),
  );
}
