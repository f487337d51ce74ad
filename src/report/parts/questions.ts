import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { QuestionEvaluation, QuestionMetric } from '../../evaluation/metrics/evaluateQuestions.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { drawQuestions } from '../charts/drawQuestions.js';
import { formatCount, formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { chartFigure, dataTable, figureRow } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';

/** Melanoma against the rest, malignant against benign: numbers and curves. Empty where the diagnoses allow no such question. */
export function renderQuestions(
  { evaluation, predictions, config }: Pick<ReportInput, 'evaluation' | 'predictions' | 'config'>,
  options: ChartOptions,
): string {
  if (!evaluation?.questions?.length) return '';
  return [
    '<h3>Questions with two answers</h3>',
    `<p>Doctors often ask less than “which of these”. Here the probabilities of the diagnoses that mean yes are added up, and a threshold decides. ${term('Specificity', 'Specificity')} is the share of the others that are left alone; sensitivity is given where that is 90% and 95%.${isJudgedEvaluation(evaluation) ? ' Both are read off these very images and so <strong>descriptive</strong>; what a threshold reaches that was chosen elsewhere stands below.' : ''} Which threshold would suit is a medical and ethical question that this page does not answer.</p>`,
    questionTable(evaluation.questions, evaluation.intervals?.questions),
    predictions ? curves(predictions, config.data.classes, evaluation.calibration?.temperature ?? 1, options) : '',
  ].join('\n');
}

function questionTable(
  questions: readonly QuestionEvaluation[],
  intervals: NonNullable<NonNullable<ReportInput['evaluation']>['intervals']>['questions'] | undefined,
): string {
  return dataTable(
    `Questions with two answers${intervals ? ', with 95% intervals' : ''}.`,
    [
      { title: 'Question' },
      { title: 'Images', number: true },
      { title: 'Lesions', number: true },
      { title: 'AUROC', number: true },
      { title: 'Average precision', number: true },
      { title: 'Sensitivity at 90% specificity', number: true },
      { title: 'Sensitivity at 95% specificity', number: true },
    ],
    questions.map((question, i) => {
      const cell = (name: QuestionMetric, show: (value: number | null) => string) => {
        const bounds = intervals?.[i]?.[name];
        return `${show(question[name])}${bounds ? `<span class="range">${show(bounds[0])} to ${show(bounds[1])}</span>` : ''}`;
      };
      return [
        `${escapeText(question.title)}<span class="range">yes: ${escapeText(question.classes.join(', '))}</span>`,
        formatCount(question.support),
        formatCount(question.lesions),
        cell('auroc', formatNumber),
        cell('averagePrecision', formatNumber),
        cell('sensitivityAt90Specificity', formatPercent),
        cell('sensitivityAt95Specificity', formatPercent),
      ];
    }),
    { stacked: true },
  );
}

function curves(
  predictions: NonNullable<ReportInput['predictions']>,
  classes: ReportInput['config']['data']['classes'],
  temperature: number,
  options: ChartOptions,
): string {
  return drawQuestions(predictions, classes, temperature, options)
    .map(({ roc, precisionRecall, decision }) =>
      figureRow(...[roc, precisionRecall, decision].map((svg) => chartFigure(svg))),
    )
    .join('\n');
}
