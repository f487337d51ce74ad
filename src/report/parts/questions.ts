import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { QuestionMetric } from '../../evaluation/metrics/evaluateQuestions.js';
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
    `<p>Doctors often ask less than “which of these”. Here the probabilities of the diagnoses that mean yes are added up, and a threshold decides. ${term('Specificity', 'Specificity')} is the share of the others that are left alone; ${isJudgedEvaluation(evaluation) ? 'what each threshold reaches stands below, under “Calling yes or no”; points on the curves are read off these very images and so <strong>descriptive</strong>.' : 'sensitivity is given where that is 90% and 95%.'} Which threshold would suit is a medical and ethical question that this page does not answer.</p>`,
    questionTable(evaluation),
    predictions
      ? curves(
          predictions,
          config.data.classes,
          {
            temperature: evaluation.calibration?.temperature ?? 1,
            orderOnly: isJudgedEvaluation(evaluation) && evaluation.judgement.orderOnly,
          },
          options,
        )
      : '',
  ].join('\n');
}

function questionTable(evaluation: Evaluation): string {
  const { questions } = evaluation;
  const intervals = evaluation.intervals?.questions;
  // Of a judged classifier they stand among its operating points, with the specificity that was reached.
  const withPoints = !isJudgedEvaluation(evaluation);
  const unit = withPoints ? 'image' : evaluation.judgement.unit.of;
  const counted =
    unit === 'image' ? ['Images of yes', 'Lesions of yes'] : [`${unit === 'lesion' ? 'Lesions' : 'Patients'} of yes`];
  return dataTable(
    `Questions with two answers${intervals ? ', with 95% intervals' : ''}.`,
    [
      { title: 'Question' },
      ...[...counted, 'AUROC', 'Average precision'].map((title) => ({ title, number: true })),
      ...(withPoints ? ['Sensitivity at 90% specificity', 'Sensitivity at 95% specificity'] : []).map((title) => ({
        title,
        number: true,
      })),
    ],
    questions.map((question, i) => {
      const cell = (name: QuestionMetric, show: (value: number | null) => string) => {
        const bounds = intervals?.[i]?.[name];
        return `${show(question[name])}${bounds ? `<span class="range">${show(bounds[0])} to ${show(bounds[1])}</span>` : ''}`;
      };
      return [
        `${escapeText(question.title)}<span class="range">yes: ${escapeText(question.classes.join(', '))}</span>`,
        ...[question.support, question.lesions].slice(0, counted.length).map(formatCount),
        cell('auroc', formatNumber),
        cell('averagePrecision', formatNumber),
        ...(withPoints
          ? [cell('sensitivityAt90Specificity', formatPercent), cell('sensitivityAt95Specificity', formatPercent)]
          : []),
      ];
    }),
    { stacked: true },
  );
}

function curves(
  predictions: NonNullable<ReportInput['predictions']>,
  classes: ReportInput['config']['data']['classes'],
  how: Parameters<typeof drawQuestions>[2],
  options: ChartOptions,
): string {
  return drawQuestions(predictions, classes, how, options)
    .map(({ roc, precisionRecall, decision }) =>
      figureRow(...[roc, precisionRecall, decision].flatMap((svg) => (svg === null ? [] : [chartFigure(svg)]))),
    )
    .join('\n');
}
