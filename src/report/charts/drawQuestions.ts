import type { ClassInfo } from '../../data/dataset.js';
import { scaleTemperature } from '../../evaluation/certainty/temperature.js';
import {
  binaryQuestions,
  decisionCurve,
  operatingPoints,
  scoreQuestion,
} from '../../evaluation/metrics/binaryQuestion.js';
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
  readonly decision: string;
}

/**
 * ROC, precision and decision curves of every question that the classes allow; those of which one answer has no images are left out.
 * @param temperature decision curves take probabilities at their word, so they are drawn of scaled ones; the order of images hardly changes
 */
export function drawQuestions(
  predictions: Predictions,
  classes: readonly ClassInfo[],
  temperature: number,
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
    return [
      {
        id: question.id,
        roc: rocChart(points, question, options),
        precisionRecall: precisionRecallChart(points, prevalence, question, options),
        decision: decisionCurveChart(decisionCurve(answers, weights, thresholds), question, options),
      },
    ];
  });
}
