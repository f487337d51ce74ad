import type { SampleComparison, SampleDifference } from '../../evaluation/comparison/compareSamples.js';
import type { ExternalEvaluation, RestrictedEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { confusionMatrixChart } from '../charts/confusionMatrix.js';
import {
  formatCount,
  formatCountOf,
  formatList,
  formatNumber,
  formatPercent,
  signedNumber,
  signedPoints,
} from '../format.js';
import { escapeText } from '../html.js';
import { absent, chartFigure, classLabel, dataTable, figureRow } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';
import { classTable, headlines } from './scores.js';

/** How the model does on data from elsewhere, one part for each that it was evaluated on. */
export function renderExternals(input: ReportInput, options: ChartOptions): string {
  const { externals, runFolder } = input;
  if (externals.length === 0)
    return absent(
      'How the model does on images from elsewhere, taken by other people with other devices, is not known',
      'evaluate',
      runFolder,
      '--data',
      'other-images',
    );
  return [
    '<p>Results on images that have nothing to do with the data of this run are the better hint at how a model would do elsewhere. Nothing was fitted or chosen on them.</p>',
    ...externals.map((external, i) => renderExternal(external, input, { ...options, idPrefix: `external-${i + 1}-` })),
  ].join('\n');
}

function renderExternal(evaluation: ExternalEvaluation, input: ReportInput, options: ChartOptions): string {
  const { external, comparison, restricted, split, images, lesions, perClass, confusionMatrix } = evaluation;
  const classes = perClass.map(({ dx, name }) => ({ id: dx, name }));
  return [
    `<h3>${escapeText(split)}</h3>`,
    `<p>${formatCountOf(images, 'image')}${external.hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : ''}: ${escapeText(external.dataset)}, from <code>${escapeText(external.source)}</code>.</p>`,
    external.notes.length > 0
      ? `<div class="aside"><p><strong>To mind.</strong></p><ul>${external.notes.map((note) => `<li>${escapeText(note)}</li>`).join('')}</ul></div>`
      : '',
    mapping(evaluation, input),
    headlines(evaluation),
    comparison ? comparisonTable(`${split} and the test images of this run`, comparison, input) : '',
    classTable(evaluation, external.hasLesionIds, split),
    figureRow(
      chartFigure(confusionMatrixChart(confusionMatrix, classes, { ...options, title: `This model, ${split}` })),
    ),
    restricted ? renderRestricted(split, restricted, input) : '',
  ]
    .filter(Boolean)
    .join('\n');
}

/** Which of their classes was taken for which of the run's. */
function mapping({ external: { map, leftOut }, split }: ExternalEvaluation, { config }: ReportInput): string {
  const { classes } = config.data;
  const entries = Object.entries(map);
  if (entries.every(([theirs, ours]) => theirs === ours))
    return '<p>Its diagnoses have the same names as those of this run.</p>';
  return dataTable(
    `How the diagnoses of ${escapeText(split)} were taken.`,
    [{ title: 'There' }, { title: 'Taken as' }],
    entries.map(([theirs, ours]) => {
      const place = classes.findIndex(({ id }) => id === ours);
      const images = leftOut.find(({ id }) => id === theirs)?.images;
      return [
        escapeText(theirs),
        place >= 0
          ? classLabel(place, classes[place].name, classes[place].id)
          : `left out${images === undefined ? '' : ` (${formatCountOf(images, 'image')})`}`,
      ];
    }),
  );
}

function renderRestricted(split: string, restricted: RestrictedEvaluation, input: ReportInput): string {
  const names = restricted.classes.map((id) => input.config.data.classes.find((own) => own.id === id)?.name ?? id);
  return [
    `<p><strong>As if the model could only answer ${escapeText(formatList(names))}</strong>, since these are the diagnoses that ${escapeText(split)} has:</p>`,
    headlines(restricted),
    restricted.comparison
      ? comparisonTable(`${split} and the test images of this run, restricted alike`, restricted.comparison, input)
      : '',
  ].join('\n');
}

function comparisonTable(title: string, comparison: SampleComparison, { config }: ReportInput): string {
  const { classes } = config.data;
  const { internal, external } = comparison;
  const row = (
    name: string,
    lesions: readonly [number, number],
    number: SampleDifference,
    show: (value: number | null) => string = formatPercent,
    signed: (value: number) => string = signedPoints,
  ) => [
    name,
    lesions.map(formatCount).join(' · '),
    show(number.internal),
    show(number.external),
    number.difference === null
      ? '–'
      : `${signed(number.difference)}<span class="range">${number.interval ? `${signed(number.interval[0])} to ${signed(number.interval[1])}` : '–'}</span>`,
  ];
  const all = [internal.lesions, external.lesions] as const;
  const common = comparison.classes.length < classes.length ? ` over ${comparison.classes.length} diagnoses` : '';
  return dataTable(
    `${escapeText(title)}. Differences with 95% intervals, in percentage points (of AUROC, as it is); an interval that holds 0 shows no difference. ${escapeText(comparison.method)}`,
    [
      { title: 'Measure' },
      { title: 'Lesions, test · here', number: true },
      { title: 'Test images', number: true },
      { title: 'Here', number: true },
      { title: 'Difference', number: true },
    ],
    [
      row(`Balanced accuracy${common}`, all, comparison.balancedAccuracy),
      row('Accuracy', all, comparison.accuracy),
      row(`AUROC, mean${common}`, all, comparison.macroAuroc, formatNumber, signedNumber),
      ...comparison.recall.map((entry) => {
        const place = classes.findIndex(({ id }) => id === entry.dx);
        return row(
          `Sensitivity (recall), ${place >= 0 ? classLabel(place, classes[place].name, entry.dx) : escapeText(entry.dx)}`,
          [entry.internalLesions, entry.externalLesions],
          entry,
        );
      }),
    ],
    { stacked: true },
  );
}
