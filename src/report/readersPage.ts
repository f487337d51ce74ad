import type { FigureAnalysis, ReaderAnalysis } from '../evaluation/readers/analyseReaders.js';
import type { JudgedReaders } from '../evaluation/readers/judgeReaders.js';
import type { ReaderDifference } from '../evaluation/readers/meanOfReaders.js';
import type { FigureOfMerit } from '../evaluation/readers/readerStudy.js';
import type { ChartOptions } from './charts/chartOptions.js';
import { readerPointsChart } from './charts/readerPoints.js';
import { formatCount, formatCountOf, formatNumber, formatPercent, signedNumber } from './format.js';
import { escapeText } from './html.js';
import { type PageSection, purposeNotice, renderPage } from './page.js';
import { chartFigure, dataTable, type TableColumn, tiles } from './pageParts.js';
import {
  agreementRows,
  describeBeyondModel,
  describeReaderMethod,
  fewReaders,
  figureNames,
  levelWords,
  resampledWords,
} from './readerWords.js';

/** A reader study to write a report of. */
export interface ReadersPageInput extends JudgedReaders {
  /** Name of the file with what readers said. */
  readonly source: string;
  /** What wrote the report, for example `lesionlab 0.1.0`. */
  readonly writtenBy: string;
}

/** The report of a reader study, as one self-contained page. */
export function renderReaders(input: ReadersPageInput, options: ChartOptions = {}): string {
  const { analysis, source, writtenBy } = input;
  return renderPage({
    title: `What readers saw: ${source}`,
    kind: 'Reader study',
    lead: `${formatCountOf(analysis.readers, 'reader')}, ${formatCountOf(analysis.images, 'image')} of ${formatCountOf(analysis.lesions, 'lesion')}: what they found, how far they agree, and what that says of other readers and other lesions.`,
    synthetic: false,
    sections: readerSections(input, options),
    footer: `<p>Written by ${escapeText(writtenBy)}.</p>`,
  });
}

/** The parts of the report of a reader study. */
export function readerSections(input: JudgedReaders, options: ChartOptions = {}): PageSection[] {
  const { analysis } = input;
  const agreement = renderAgreement(analysis);
  return [
    { id: 'summary', title: 'In short', body: renderSummary(input) },
    { id: 'readers', title: 'Each reader', body: renderEach(input, options) },
    ...analysis.figures.map((figure) => ({
      id: figure.figure,
      title: `${capital(figureNames[figure.figure])}, mean over readers`,
      body: renderFigure(figure, analysis),
    })),
    ...(agreement ? [{ id: 'agreement', title: 'Agreement', body: agreement }] : []),
    { id: 'basis', title: 'What this rests on', body: renderBasis(input) },
  ];
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
const range = (interval: readonly [number, number] | null | undefined, show: (x: number) => string = formatNumber) =>
  interval ? `<span class="range">${show(interval[0])} to ${show(interval[1])}</span>` : '';
const formatP = (p: number | null) => (p === null ? '–' : p < 0.001 ? 'below 0.001' : p.toFixed(3));
const number = (title: string): TableColumn => ({ title, number: true });

function renderSummary({ analysis, question, positive }: JudgedReaders): string {
  const { readers, images, lesions, positiveImages, positiveLesions, model } = analysis;
  const beyond = describeBeyondModel(analysis);
  return [
    tiles([
      { label: 'Readers', value: formatCount(readers), note: escapeText(`asked for: ${question}`) },
      { label: 'Images', value: formatCount(images), note: `of ${formatCountOf(lesions, 'lesion')}` },
      {
        label: 'Positive',
        value: formatCount(positiveImages),
        note: `${formatPercent(positiveImages / images)} of the images, ${formatCountOf(positiveLesions, 'lesion')}; classes: ${escapeText(positive.join(', '))}`,
      },
      ...(model?.auroc
        ? [
            {
              label: 'AUROC of the model',
              value: formatNumber(model.auroc.value),
              note: `${range(model.auroc.interval)} ${escapeText(model.name)}`,
            },
          ]
        : []),
    ]),
    ...(beyond ? [`<p>${escapeText(`The model: ${beyond}`)}</p>`] : []),
    ...headline(analysis),
  ].join('\n');
}

/** What the study was made for: the first difference of each figure, in a sentence. */
function headline({ figures, level }: ReaderAnalysis): string[] {
  const sentences = figures.flatMap((figure) =>
    differencesOf(figure)
      .slice(0, 3)
      .map(({ label, row }) => {
        const shown = countReaders(row) <= fewReaders && row.guarded ? row.guarded : row;
        const { interval } = shown;
        const holdsNone = interval && (interval[0] > 0 || interval[1] < 0);
        const p =
          shown.pValue === null || shown.pValue === undefined
            ? ''
            : `, p\u00a0${shown.pValue < 0.001 ? 'below\u00a00.001' : `=\u00a0${formatP(shown.pValue)}`}`;
        return `<li>${capital(figureNames[figure.figure])}, ${label}: <strong>${signedNumber(row.value)}</strong>${interval ? ` (${levelWords(level)} interval ${signedNumber(interval[0])} to ${signedNumber(interval[1])}${p})` : ''}: ${holdsNone ? 'larger than other readers and lesions would make it by chance alone, as far as this one comparison goes.' : 'no difference is shown, which does not show that there is none.'}</li>`;
      }),
  );
  if (sentences.length === 0) return [];
  const compared = figures.reduce((sum, figure) => sum + differencesOf(figure).length, 0);
  return [
    `<ul>${sentences.join('')}</ul>`,
    compared > 1
      ? `<p>Nothing is adjusted for the ${formatCount(compared)} comparisons in this report: of twenty without any difference, one has a p below 0.05. What counts is what was planned before (<code>lesionlab seal</code>).</p>`
      : '',
  ];
}

function renderEach({ analysis, question }: JudgedReaders, options: ChartOptions): string {
  const { ofReaders, figures, model, level } = analysis;
  const shown = figures.map(({ figure }) => figure);
  const points = ofReaders.some(({ sensitivity, specificity }) => sensitivity && specificity);
  const several = new Set(ofReaders.map(({ condition }) => condition)).size > 1;
  const cells = (
    row: Readonly<Record<FigureOfMerit, { value: number; interval: readonly [number, number] | null } | null>>,
  ) =>
    shown.map((figure) => {
      const found = row[figure];
      return found ? `${formatNumber(found.value)}${range(found.interval)}` : '–';
    });
  return [
    points ? chartFigure(readerPointsChart(analysis, question, options)) : '',
    points
      ? ''
      : '<p>Readers gave confidences alone, so that there are no points of sensitivity and specificity to show: from which confidence on they would have said yes, nobody said.</p>',
    dataTable(
      `Each reader, with ${levelWords(level)} intervals.${model ? ' The last two columns are read off the model’s curve on the images that this reader saw: descriptive.' : ''}`,
      [
        { title: 'Reader' },
        ...(several ? [{ title: 'Condition' }] : []),
        number('Images'),
        ...shown.map((figure) => number(capital(figureNames[figure]))),
        ...(model
          ? [number('Model’s sensitivity at this specificity'), number('Model’s specificity at this sensitivity')]
          : []),
      ],
      [
        ...ofReaders.map((row) => [
          escapeText(row.reader),
          ...(several ? [escapeText(row.condition)] : []),
          formatCount(row.images),
          ...cells(row),
          ...(model
            ? [formatNumber(row.modelAt?.specificity.sensitivity), formatNumber(row.modelAt?.sensitivity.specificity)]
            : []),
        ]),
        ...(model
          ? [
              [
                `<strong>The model</strong> <span class="muted">${escapeText(model.name)}</span>`,
                ...(several ? ['–'] : []),
                formatCount(model.images),
                ...cells(model),
                '–',
                '–',
              ],
            ]
          : []),
      ],
      { stacked: true },
    ),
  ].join('\n');
}

interface LabelledDifference {
  /** HTML. */
  readonly label: string;
  readonly row: ReaderDifference & { readonly readers?: number | readonly string[] };
  readonly resampled: readonly [number, number] | null;
}

/** Differences between conditions, of the model, and simulated ones. */
function differencesOf({ differences, model, simulated, conditions }: FigureAnalysis): LabelledDifference[] {
  return [
    ...differences.map((row) => ({
      label: `${escapeText(row.second)} − ${escapeText(row.first)}`,
      row,
      resampled: row.resampled,
    })),
    ...model.map((row) => ({
      label: `model − readers${conditions.length > 1 ? ` (${escapeText(row.condition)})` : ''}`,
      row,
      resampled: row.resampled,
    })),
    ...simulated.map((row) => ({
      label: `${escapeText(row.second)} − ${escapeText(row.first)} (simulated)`,
      row,
      resampled: null,
    })),
  ];
}

const countReaders = ({ readers }: LabelledDifference['row']): number =>
  typeof readers === 'number' ? readers : (readers?.length ?? 0);

function renderFigure(figure: FigureAnalysis, { level, random }: ReaderAnalysis): string {
  const rows = differencesOf(figure);
  const few = rows.some(({ row }) => row.guarded !== null && countReaders(row) <= fewReaders);
  const resampled = random !== 'cases' && rows.some((row) => row.resampled);
  const { test } = figure;
  return [
    dataTable(
      `Means over readers, with ${levelWords(level)} intervals.`,
      [{ title: 'Condition' }, number('Readers'), number('Mean')],
      figure.conditions.map(({ condition, readers, value, interval }) => [
        escapeText(condition),
        formatCount(readers),
        `${formatNumber(value)}${range(interval)}`,
      ]),
    ),
    rows.length > 0
      ? dataTable(
          `Differences, with ${levelWords(level)} intervals.`,
          [
            { title: 'Difference' },
            number('Estimate'),
            number('p'),
            number('Degrees of freedom'),
            ...(few ? [number('Guarded interval'), number('Guarded p')] : []),
            ...(resampled ? [number('Resampled')] : []),
          ],
          rows.map(({ label, row, resampled: drawn }) => [
            label,
            `${signedNumber(row.value)}${range(row.interval, signedNumber)}`,
            formatP(row.pValue),
            row.degreesOfFreedom === null
              ? '–'
              : row.degreesOfFreedom > 9999
                ? 'over 9,999'
                : row.degreesOfFreedom.toFixed(1),
            ...(few
              ? [
                  row.guarded?.interval
                    ? `${signedNumber(row.guarded.interval[0])} to ${signedNumber(row.guarded.interval[1])}`
                    : '–',
                  formatP(row.guarded?.pValue ?? null),
                ]
              : []),
            ...(resampled ? [drawn ? `${signedNumber(drawn[0])} to ${signedNumber(drawn[1])}` : '–'] : []),
          ]),
          { stacked: true },
        )
      : '<p>There is one condition and no model, so that nothing is compared.</p>',
    few
      ? '<p>So few readers can be alike by chance, and then intervals come out too narrow. Where the guarded interval differs, believe that one.</p>'
      : '',
    test && figure.conditions.length > 2
      ? `<p>All conditions alike? F = ${test.statistic.toFixed(3)} on ${test.degreesOfFreedom[0]} and ${test.degreesOfFreedom[1]?.toFixed(1) ?? 'infinitely many'} degrees of freedom, p = ${formatP(test.pValue)}.</p>`
      : '',
    resampled ? `<p class="small muted">${resampledWords}</p>` : '',
  ].join('\n');
}

function renderAgreement(analysis: ReaderAnalysis): string {
  const rows = agreementRows(analysis);
  if (rows.length === 0) return '';
  return dataTable(
    `Kappa is agreement beyond chance, with ${levelWords(analysis.level)} intervals. It says nothing of who is right.`,
    [{ title: 'Between' }, { title: 'On' }, number('Images'), number('Agree'), number('Kappa')],
    rows.map(({ who, condition, of, kappa }) => [
      escapeText(`${who}, ${condition}`),
      of,
      formatCount(kappa.images),
      formatPercent(kappa.agreement),
      kappa.kappa === null ? '–' : `${formatNumber(kappa.kappa)}${range(kappa.interval)}`,
    ]),
    { stacked: true },
  );
}

function renderBasis({ analysis, notes }: JudgedReaders): string {
  return [
    `<p>${escapeText(describeReaderMethod(analysis))}</p>`,
    notes.length > 0 ? `<ul>${notes.map((note) => `<li>${escapeText(note)}</li>`).join('')}</ul>` : '',
    `<p class="aside"><strong>${purposeNotice}</strong> Readers saw these images for a study: on a screen, without the patient, knowing that they were watched. Nobody knows from it how they decide in a clinic.</p>`,
  ].join('\n');
}
