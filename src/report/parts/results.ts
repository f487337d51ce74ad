import { perfectConfusionMatrix } from '../../evaluation/confusionMatrix.js';
import type { Evaluation, EvaluationIntervals } from '../../evaluation/evaluate.js';
import type { Interval } from '../../evaluation/intervals.js';
import type { ChartOptions } from '../charts/chart.js';
import { confidenceChart } from '../charts/confidence.js';
import { confusionMatrixChart } from '../charts/confusionMatrix.js';
import { recallIntervalsChart } from '../charts/recallIntervals.js';
import { formatCount, formatCountOf, formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent, chartFigure, classLabel, dataTable, figureRow, tiles } from '../pageParts.js';
import type { ReportInput, TestLooks } from '../reportInput.js';
import { renderCertainty } from './certainty.js';
import { confusionId, findConfusions, matrixId } from './confusions.js';
import { renderQuestions } from './questions.js';
import { renderSubgroups } from './subgroups.js';

/** How well the model did on the test split. */
export function renderResults(input: ReportInput, options: ChartOptions): string {
  const { config, evaluation, predictions, testLooks, explanations, runFolder } = input;
  if (!evaluation) return absent('There are no results on the test images', 'evaluate', runFolder);
  const { intervals } = evaluation;
  const classes = evaluation.perClass.map(({ dx, name }) => ({ id: dx, name }));
  const hasLesionIds = config.data.hasLesionIds;
  return [
    `<p>${formatCountOf(evaluation.images, 'test image')}${
      hasLesionIds ? ` of ${formatCountOf(evaluation.lesions, 'lesion')}` : ''
    }, none of them used in training or for any choice.${timesLooked(testLooks)}${
      explanations && explanations.images.length > 0 ? explainedToo : ''
    }</p>`,
    headlines(evaluation),
    figureRow(
      chartFigure(
        recallIntervalsChart(evaluation.perClass, intervals?.perClass.map(({ recall }) => recall) ?? null, options),
      ),
      predictions ? chartFigure(confidenceChart(predictions, options)) : '',
    ),
    classTable(evaluation, hasLesionIds),
    `<h3 id="${matrixId}">What was taken for what</h3>`,
    `<p>In the ${term('Confusion matrix')} each row is a true diagnosis and each column an answer. A perfect model would only fill the diagonal, as in the second chart.</p>`,
    figureRow(
      ownMatrix(input, evaluation, options),
      chartFigure(
        confusionMatrixChart(perfectConfusionMatrix(evaluation.confusionMatrix), classes, {
          ...options,
          name: 'confusion-matrix-perfect',
          title: 'A perfect model, for comparison',
        }),
      ),
    ),
    renderQuestions(input, options),
    renderCertainty(input, options),
    renderSubgroups(input),
    intervals ? intervalNotes(intervals) : '',
  ].join('\n');
}

/** The confusion matrix, its mistakes linked to their images where the predictions are there. */
function ownMatrix({ predictions }: ReportInput, evaluation: Evaluation, options: ChartOptions): string {
  const { confusionMatrix, perClass } = evaluation;
  const classes = perClass.map(({ dx, name }) => ({ id: dx, name }));
  const draw = (linkOf?: (truth: number, predicted: number) => string | undefined) =>
    confusionMatrixChart(confusionMatrix, classes, { ...options, title: 'This model', linkOf });
  if (!predictions) return chartFigure(draw());
  const there = new Set(findConfusions(predictions).map(({ id }) => id));
  const linkOf = (truth: number, predicted: number) => {
    const id = confusionId(truth, predicted);
    return there.has(id) ? `#${id}` : undefined;
  };
  if (there.size === 0) return chartFigure(draw());
  return chartFigure(
    draw(linkOf),
    'Every number off the diagonal leads to <a href="#confusions">its images</a>, with a click or with Tab and Enter.',
    draw(),
  );
}

const explainedToo =
  ' Explaining the model looked at test images too, to find its examples and draw where it looks; this is not counted as an evaluation.';

/** Looking again and again, and keeping the best, would make the test split a second validation split. */
function timesLooked(looks: TestLooks | null): string {
  if (!looks || looks.times === 0) return '';
  const { times, weights, checkpoint, epoch } = looks;
  const last =
    checkpoint === 'last'
      ? ` The results are of the weights after the last epoch${epoch === null ? '' : ` (${epoch})`}, not of those that did best on validation.`
      : '';
  if (times === 1) return ` This was the first and only evaluation on them in this run.${last}`;
  const sets =
    weights > 1
      ? `, with ${formatCount(weights)} different sets of weights: choosing among these by what follows would make it too good`
      : ', always with the same weights';
  return ` They have been evaluated ${formatCount(times)} times in this run${sets} (<code>evaluation/test/log.jsonl</code>); the latest is shown.${last}`;
}

function headlines(evaluation: Evaluation): string {
  const { intervals, auroc } = evaluation;
  const known = evaluation.perClass.filter(({ support }) => support > 0).length;
  const common = Math.max(...evaluation.perClass.map(({ support }) => support)) / evaluation.images;
  return tiles([
    {
      label: term('Balanced accuracy', 'Balanced accuracy'),
      value: formatPercent(evaluation.balancedAccuracy),
      note: `${range(intervals?.balancedAccuracy)}Guessing: ${formatPercent(1 / known)}`,
    },
    {
      label: term('Accuracy', 'Accuracy'),
      value: formatPercent(evaluation.accuracy),
      note: `${range(intervals?.accuracy)}Always the most common diagnosis: ${formatPercent(common)}`,
    },
    {
      label: term('AUROC', 'AUROC, mean of diagnoses'),
      value: formatNumber(auroc.macro),
      note: `${range(intervals?.auroc.macro, false)}Guessing: 0.500`,
    },
    {
      label: term('F1', 'F1, mean of diagnoses'),
      value: formatNumber(evaluation.macroF1),
      note: `${range(intervals?.macroF1, false)}At best: 1`,
    },
  ]);
}

function range(interval: Interval | undefined, percent = true): string {
  if (interval === undefined) return '';
  if (interval === null) return '95% interval –<br>';
  const show = (value: number) => (percent ? formatPercent(value) : formatNumber(value));
  return `95% interval ${show(interval[0])} to ${show(interval[1])}<br>`;
}

function classTable(evaluation: Evaluation, hasLesionIds: boolean): string {
  const { intervals, perClass } = evaluation;
  const cell = (value: number | null, interval: Interval | undefined, percent = true) => {
    const show = (x: number | null) => (percent ? formatPercent(x) : formatNumber(x));
    if (interval === null) return `${show(value)}<span class="range">–</span>`;
    return `${show(value)}${interval ? `<span class="range">${show(interval[0])} to ${show(interval[1])}</span>` : ''}`;
  };
  return dataTable(
    `Every diagnosis on its own${intervals ? ', with 95% intervals' : ''}: ${term('Recall', 'sensitivity (recall)')}, ${term('Precision')}, ${term(
      'Specificity',
    )}, ${term('F1', 'F1')} and ${term('AUROC', 'AUROC')}.`,
    [
      { title: 'Diagnosis' },
      { title: 'Images', number: true },
      ...(hasLesionIds ? [{ title: 'Lesions', number: true }] : []),
      { title: 'Sensitivity (recall)', number: true },
      { title: 'Precision', number: true },
      { title: 'Specificity', number: true },
      { title: 'F1', number: true },
      { title: 'AUROC', number: true },
    ],
    perClass.map((c, i) => {
      const bounds = intervals?.perClass[i];
      const counts = [formatCount(c.support), ...(hasLesionIds ? [formatCount(c.lesions)] : [])];
      if (c.support === 0)
        return [classLabel(i, c.name, c.dx), ...counts, '–', '–', cell(c.specificity, bounds?.specificity), '–', '–'];
      return [
        classLabel(i, c.name, c.dx),
        ...counts,
        cell(c.recall, bounds?.recall),
        cell(c.precision, bounds?.precision),
        cell(c.specificity, bounds?.specificity),
        cell(c.f1, bounds?.f1, false),
        cell(c.auroc, bounds?.auroc, false),
      ];
    }),
    { stacked: true },
  );
}

function intervalNotes({ method, notes }: EvaluationIntervals): string {
  return `<div class="aside"><p><strong>About the intervals.</strong> ${escapeText(method)}</p>${
    notes.length > 0 ? `<ul>${notes.map((note) => `<li>${escapeText(note)}</li>`).join('')}</ul>` : ''
  }</div>`;
}
