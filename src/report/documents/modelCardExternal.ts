import type { SampleComparison, SampleDifference } from '../../evaluation/comparison/compareSamples.js';
import type { ExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import {
  formatCount,
  formatCountOf,
  formatList,
  formatNumber,
  formatPercent,
  signedNumber,
  signedPoints,
  withInterval,
} from '../format.js';
import { type Block, list, paragraph, table } from './document.js';
import { type DocumentInput, describeMapping } from './runWords.js';

/** The numbers on data from elsewhere, each with its difference to the test images. */
export function describeExternals({ externals, config }: DocumentInput): Block[] {
  if (externals.length === 0)
    return [paragraph('On images from elsewhere it has not been evaluated: how it does there is not known.')];
  return externals.flatMap((evaluation) => describeExternal(evaluation, config.data.hasLesionIds));
}

function describeExternal(evaluation: ExternalEvaluation, hasLesionIds: boolean): Block[] {
  const { split, external, images, lesions, comparison, restricted, intervals } = evaluation;
  return [
    paragraph(
      `On data from elsewhere, “${split}” (${external.dataset}, from ${external.source}): ${formatCountOf(images, 'image')}${
        external.hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : ''
      }. ${describeMapping(evaluation)}`,
    ),
    table(
      `“${split}”, all images together${intervals ? ', with 95% intervals' : ''}.`,
      [{ title: 'Measure' }, { title: 'Value', number: true }],
      [
        ['Balanced accuracy', withInterval(evaluation.balancedAccuracy, intervals?.balancedAccuracy)],
        ['Accuracy', withInterval(evaluation.accuracy, intervals?.accuracy)],
        ['AUROC, mean of diagnoses', withInterval(evaluation.auroc?.macro, intervals?.auroc?.macro, formatNumber)],
        ['F1, mean of diagnoses', withInterval(evaluation.macroF1, intervals?.macroF1, formatNumber)],
      ],
    ),
    ...(evaluation.notes ?? []).map((note) => paragraph(note)),
    ...(comparison
      ? [comparisonTable(`“${split}” and the test images`, comparison, hasLesionIds), paragraph(comparison.method)]
      : [paragraph(`“${split}” is not compared with the test images: see the notes.`)]),
    ...(restricted
      ? [
          paragraph(
            `As if it could only answer ${formatList(restricted.classes)}: balanced accuracy ${withInterval(
              restricted.balancedAccuracy,
              restricted.intervals?.balancedAccuracy,
            )}, accuracy ${withInterval(restricted.accuracy, restricted.intervals?.accuracy)}.`,
          ),
          ...(restricted.comparison
            ? [comparisonTable(`“${split}” and the test images, restricted alike`, restricted.comparison, hasLesionIds)]
            : []),
        ]
      : []),
    ...(external.notes.length > 0 ? [paragraph('To mind:'), list(external.notes)] : []),
  ];
}

function comparisonTable(title: string, comparison: SampleComparison, hasLesionIds: boolean): Block {
  const row = (
    name: string,
    number: SampleDifference,
    show: (value: number | null) => string = formatPercent,
    signed: (value: number) => string = signedPoints,
  ) => [
    name,
    show(number.internal),
    show(number.external),
    number.difference === null
      ? '–'
      : withInterval(number.difference, number.interval, (value) => (value == null ? '–' : signed(value))),
  ];
  return table(
    `${title}. Differences with 95% intervals, in percentage points (of AUROC, as it is).`,
    ['Measure', 'Test images', 'Elsewhere', 'Difference'].map((name, i) => ({ title: name, number: i > 0 })),
    [
      row('Balanced accuracy', comparison.balancedAccuracy),
      row('Accuracy', comparison.accuracy),
      row('AUROC, mean of diagnoses', comparison.macroAuroc, formatNumber, signedNumber),
      ...comparison.recall.map((entry) =>
        row(
          `Sensitivity, ${entry.dx} (${hasLesionIds ? 'lesions' : 'images'}: ${formatCount(entry.internalLesions)}, ${formatCount(entry.externalLesions)})`,
          entry,
        ),
      ),
    ],
  );
}
