import { isJudgedEvaluation, type Judgement } from '../../evaluation/judging/judge.js';
import type { LabelBound, LabelNumber } from '../../evaluation/judging/labelErrors.js';
import type { JudgedQuestion } from '../../evaluation/judging/operatingPoints.js';
import type { QuestionCalibration } from '../../evaluation/judging/questionCalibration.js';
import type { Interval } from '../../evaluation/metrics/intervals.js';
import type { PredictiveValues } from '../../evaluation/metrics/predictiveValues.js';
import { calibrationCurveChart, curveOf } from '../charts/calibrationCurve.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { prevalenceAssumption } from '../documents/modelCardJudgement.js';
import { formatCount, formatCountOf, formatNumber, formatPercent } from '../format.js';
import { escapeText } from '../html.js';
import { aurocName } from '../metricNames.js';
import { chartFigure, dataTable, figureRow } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';
import { ownIntervalWords, pointWords, thresholdWords } from '../tables/judgedTables.js';

/** Operating points, calibration and labels of a classifier that somebody else made; empty of other runs. */
export function renderJudgedResults({ evaluation }: Pick<ReportInput, 'evaluation'>, options: ChartOptions): string {
  if (!evaluation || !isJudgedEvaluation(evaluation)) return '';
  const { judgement } = evaluation;
  return [renderPoints(judgement), renderCalibrations(judgement, options), renderLabels(judgement)]
    .filter(Boolean)
    .join('\n');
}

const withRange = (
  value: number | null,
  interval: Interval | undefined,
  show: (x: number | null) => string = formatPercent,
) => `${show(value)}${interval ? `<span class="range">${show(interval[0])} to ${show(interval[1])}</span>` : ''}`;

function renderPoints({ questions, prevalence, fitted }: Judgement): string {
  if (questions.length === 0) return '';
  return [
    '<h3>Calling yes or no</h3>',
    `<p>${
      fitted
        ? `Thresholds were fitted on ${escapeText(fitted.on)} and used here unchanged; in every resample they were fitted anew.`
        : 'No threshold was fitted on other images. Those below were read off the very images that are scored: they <strong>describe</strong> these images, and promise nothing of others.'
    } Beside each sensitivity stands the specificity that was reached. ${ownIntervalWords}</p>`,
    ...questions.flatMap((question) => [
      pointTable(question),
      prevalence === null ? '' : statedTable(question, prevalence),
    ]),
    prevalence !== null
      ? `<p class="aside"><strong>At a prevalence of ${formatPercent(prevalence)}.</strong> ${escapeText(prevalenceAssumption)}</p>`
      : '',
  ].join('\n');
}

function pointTable({ title, points, positives, images }: JudgedQuestion): string {
  return dataTable(
    `${escapeText(title)}: ${formatCount(positives)} of ${formatCount(images)} are yes (${formatPercent(positives / images)}). Predictive values with Mercaldo’s intervals, which take a threshold as it is; what images of one lesion or patient have in common is counted.`,
    [
      { title: 'Yes where' },
      ...['Threshold', 'Sensitivity', 'Specificity', 'PPV here', 'NPV here'].map((name) => ({
        title: name,
        number: true,
      })),
    ],
    points.map((point) => [
      escapeText(pointWords(point)),
      thresholdWords(point),
      withRange(point.sensitivity, point.intervals?.sensitivity),
      withRange(point.specificity, point.intervals?.specificity),
      ...predictiveCells(point.observed),
    ]),
    { stacked: true },
  );
}

/** The same points where yes is as common as was stated. */
function statedTable({ title, points }: JudgedQuestion, prevalence: number): string {
  return dataTable(
    `${escapeText(title)}, at a prevalence of ${formatPercent(prevalence)}. Net benefit by all, of acting on the model and on everybody.`,
    [
      { title: 'Yes where' },
      ...['Threshold', 'PPV', 'NPV', 'Net benefit', 'Acting on all'].map((name) => ({ title: name, number: true })),
    ],
    points.map((point) => [
      escapeText(pointWords(point)),
      thresholdWords(point),
      ...predictiveCells(point.stated),
      formatNumber(point.stated?.netBenefit, 4),
      formatNumber(point.stated?.netBenefitOfAll, 4),
    ]),
    { stacked: true },
  );
}

const predictiveCells = (found: PredictiveValues | null): string[] =>
  found
    ? [withRange(found.positive, found.positiveInterval), withRange(found.negative, found.negativeInterval)]
    : ['–', '–'];

function renderCalibrations({ calibration, fitted, prevalence }: Judgement, options: ChartOptions): string {
  if (calibration.length === 0) return '';
  const given = calibration.filter(({ scaled }) => !scaled);
  const isScaledOf = (own: QuestionCalibration) => (other: QuestionCalibration) => other.scaled && other.id === own.id;
  const stated = prevalence !== null;
  const row = (own: QuestionCalibration) => [
    `${escapeText(own.title)}${fitted ? `<span class="range">${own.scaled ? 'scaled' : 'as given'}</span>` : ''}`,
    withRange(own.intercept, own.intervals?.intercept, formatNumber),
    withRange(own.slope, own.intervals?.slope, formatNumber),
    withRange(own.observedOverExpected, own.intervals?.observedOverExpected, formatNumber),
    ...(stated && own.stated
      ? [own.stated.intercept, own.stated.slope, own.stated.observedOverExpected].map((x) => formatNumber(x))
      : stated
        ? ['–', '–', '–']
        : []),
  ];
  return [
    '<h3>Can its probabilities be taken at their word?</h3>',
    '<p>An intercept of 0 and an observed over expected of 1 say that yes is true as often as was said, on the whole. A slope below 1 says that probabilities are too extreme, above 1 that they are too timid.</p>',
    dataTable(
      'Calibration, with 95% intervals.',
      [
        { title: 'Question' },
        ...[
          'Intercept',
          'Slope',
          'Observed / expected',
          ...(stated ? ['Intercept as stated', 'Slope as stated', 'O/E as stated'] : []),
        ].map((name) => ({ title: name, number: true })),
      ],
      calibration.map(row),
      { stacked: true },
    ),
    figureRow(
      ...given.map((own) =>
        own.curve.length > 1
          ? chartFigure(calibrationCurveChart(curveOf(own, calibration.find(isScaledOf(own))), options))
          : '',
      ),
    ),
  ].join('\n');
}

function renderLabels({ labels }: Judgement): string {
  if (!labels) return '';
  const { counts, histologyAlone, bounds } = labels;
  const ways = [...new Set(Object.values(counts).flatMap((own) => Object.keys(own)))].sort();
  const number = (
    title: string,
    { value, interval }: LabelNumber,
    show: (x: number | null) => string = formatPercent,
  ) => [title, withRange(value, interval, show)];
  const bound = (title: string, { value, lowest, highest }: LabelBound) => [
    title,
    formatPercent(value),
    formatPercent(lowest),
    formatPercent(highest),
  ];
  return [
    '<h3>How sure is the truth?</h3>',
    dataTable(
      'How the truths were confirmed.',
      [
        { title: 'Class' },
        ...ways.map((way) => ({ title: way === 'histo' ? 'histology' : way.replaceAll('_', ' '), number: true })),
      ],
      Object.entries(counts).map(([id, own]) => [escapeText(id), ...ways.map((way) => formatCount(own[way] ?? 0))]),
    ),
    histologyAlone
      ? dataTable(
          `On the ${formatCount(histologyAlone.images)} confirmed by histology alone (classes: ${escapeText(histologyAlone.classes.join(', '))}). What goes to histology was suspicious: these are harder, and other, cases.`,
          [{ title: 'Number' }, { title: 'Value', number: true }],
          [
            number('Balanced accuracy', histologyAlone.balancedAccuracy),
            number('Accuracy', histologyAlone.accuracy),
            number(aurocName(histologyAlone.classes.length), histologyAlone.macroAuroc, formatNumber),
            ...histologyAlone.questions.map(({ title, auroc }) =>
              number(`AUROC, ${escapeText(title)}`, auroc, formatNumber),
            ),
          ],
        )
      : '',
    bounds
      ? dataTable(
          `If ${formatPercent(bounds.share, 0)} of the ${formatCountOf(bounds.unconfirmed, 'other truth')} were wrong (${formatCount(bounds.wrong)}), whichever they are: what could come of it. These are bounds, not intervals.`,
          [{ title: 'Number' }, ...['As labelled', 'Lowest', 'Highest'].map((title) => ({ title, number: true }))],
          [
            bound('Accuracy', bounds.accuracy),
            ...bounds.questions.flatMap(({ title, sensitivity, specificity }) => [
              bound(`Sensitivity, ${escapeText(title)}`, sensitivity),
              bound(`Specificity, ${escapeText(title)}`, specificity),
            ]),
          ],
        )
      : '',
  ].join('\n');
}
