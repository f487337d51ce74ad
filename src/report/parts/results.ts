import type { Evaluation, EvaluationIntervals } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { perfectConfusionMatrix } from '../../evaluation/metrics/confusionMatrix.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { confidenceChart } from '../charts/confidence.js';
import { confusionMatrixChart } from '../charts/confusionMatrix.js';
import { recallIntervalsChart } from '../charts/recallIntervals.js';
import { replacedLooks } from '../countTestLooks.js';
import { describeMetadataGain, describeViewsGain } from '../describeVariation.js';
import { describeOutOfFold } from '../foldWords.js';
import { formatCount, formatCountOf } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent, chartFigure, figureRow } from '../pageParts.js';
import type { ReportInput, TestLooks } from '../reportInput.js';
import { renderCertainty } from './certainty.js';
import { confusionId, findConfusions, matrixId } from './confusions.js';
import { renderJudgedResults } from './judgedResults.js';
import { renderOverlap } from './judgement.js';
import { renderQuestions } from './questions.js';
import { classTable, headlines } from './scores.js';
import { renderSubgroups } from './subgroups.js';

/** How well the model did on the test split. */
export function renderResults(input: ReportInput, options: ChartOptions): string {
  const { config, evaluation, predictions, testLooks, explanations, runFolder } = input;
  if (!evaluation) return absent('There are no results on the test images', 'evaluate', runFolder);
  const { intervals } = evaluation;
  const classes = evaluation.perClass.map(({ dx, name }) => ({ id: dx, name }));
  const hasLesionIds = config.data.hasLesionIds;
  const folds = describeOutOfFold(config);
  return [
    ...(folds ? [`<p>${escapeText(folds)}</p>`] : []),
    `<p>${formatCountOf(evaluation.images, folds ? 'image' : 'test image')}${
      hasLesionIds ? ` of ${formatCountOf(evaluation.lesions, 'lesion')}` : ''
    }${isJudgedEvaluation(evaluation) ? '' : folds ? '' : ', none of them used in training or for any choice'}.${timesLooked(testLooks)}${
      explanations && explanations.images.length > 0 ? explainedToo : ''
    }</p>`,
    headlines(evaluation),
    renderOverlap(evaluation),
    figureRow(
      chartFigure(
        recallIntervalsChart(evaluation.perClass, intervals?.perClass.map(({ recall }) => recall) ?? null, options),
      ),
      predictions ? chartFigure(confidenceChart(predictions, options)) : '',
    ),
    classTable(evaluation, hasLesionIds),
    ...[...describeViewsGain(evaluation), ...describeMetadataGain(evaluation)].map(
      (text) => `<p>${escapeText(text)}</p>`,
    ),
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
    renderJudgedResults(input, options),
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
export function timesLooked(looks: TestLooks | null): string {
  if (!looks || looks.times === 0) return '';
  const { times, weights, replaced = 0, checkpoint, epoch } = looks;
  const last =
    checkpoint === 'last'
      ? ` The results are of the weights after the last epoch${epoch === null ? '' : ` (${epoch})`}, not of those that did best on validation.`
      : '';
  if (times === 1 && checkpoint === 'judged')
    return ' This folder records one evaluation on them; how often they were looked at elsewhere is not known.';
  if (times === 1) return ` This was the first and only evaluation on them in this run.${last}`;
  const sets =
    weights > 1
      ? `, with ${formatCount(weights)} different sets of ${checkpoint === 'judged' ? 'answers' : 'weights'}: choosing among these by what follows would make it too good`
      : `, always with the same ${checkpoint === 'judged' ? 'answers' : 'weights'}`;
  return ` They have been evaluated ${formatCount(times)} times in this ${replaced > 0 ? `folder${replacedLooks(looks)}` : 'run'}${sets} (<code>evaluation/test/log.jsonl</code>); the latest is shown.${last}`;
}

/** How intervals came about, and what to mind when reading them. */
export function intervalNotes({ method, notes }: EvaluationIntervals): string {
  return `<div class="aside"><p><strong>About the intervals.</strong> ${escapeText(method)}</p>${
    notes.length > 0 ? `<ul>${notes.map((note) => `<li>${escapeText(note)}</li>`).join('')}</ul>` : ''
  }</div>`;
}
