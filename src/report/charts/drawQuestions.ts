import type { ClassInfo } from '../../data/dataset.js';
import { scaleTemperature } from '../../evaluation/certainty/temperature.js';
import {
  binaryQuestions,
  decisionCurve,
  operatingPoints,
  scoreQuestion,
} from '../../evaluation/metrics/binaryQuestion.js';
import { resultOf } from '../../evaluation/metrics/chooseThreshold.js';
import { scoreImages } from '../../evaluation/metrics/scoredImages.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import type { ChartOptions } from './chartOptions.js';
import { decisionCurveChart, precisionRecallChart, rocChart } from './questionCurves.js';

/** Thresholds of decision curves: beyond one half few would wait. */
const thresholds = Array.from({ length: 50 }, (_, i) => (i + 1) / 100);

/** The curves of one question. */
export interface QuestionCharts {
  readonly id: string;
  readonly roc: string;
  readonly precisionRecall: string;
  /** Null of scores that mean nothing but their order. */
  readonly decision: string | null;
}

/**
 * ROC, precision and decision curves of every question that the classes allow; those of which one answer has no images are left out.
 * @param orderOnly the numbers are scores of which only the order means anything: there are no answers of its own, and no decision curve
 * @param temperature decision curves take probabilities at their word, so they are drawn of scaled ones; the order of images hardly changes
 */
export function drawQuestions(
  predictions: Predictions,
  classes: readonly ClassInfo[],
  { temperature, orderOnly = false }: { readonly temperature: number; readonly orderOnly?: boolean },
  options: ChartOptions,
): QuestionCharts[] {
  const scaled = scaleTemperature(predictions.probabilities, predictions.classes.length, temperature);
  const scored = scoreImages({ ...predictions, probabilities: scaled });
  const weights = new Float64Array(scored.images).fill(1);
  return binaryQuestions(classes).flatMap((question) => {
    const answers = scoreQuestion(scored, classes, question);
    const points = operatingPoints(answers, weights);
    if (points.length === 0) return [];
    const prevalence = answers.truths.reduce((sum, truth) => sum + truth, 0) / answers.truths.length;
    const yes = classes.map(({ id }) => question.classes.includes(id));
    const own = orderOnly ? undefined : resultOf(answers.truths, weights, (i) => yes[scored.predicted[i]]);
    return [
      {
        id: question.id,
        roc: rocChart(points, { ...question, own }, options),
        precisionRecall: precisionRecallChart(points, prevalence, question, options),
        decision: orderOnly ? null : decisionCurveChart(decisionCurve(answers, weights, thresholds), question, options),
      },
    ];
  });
}
