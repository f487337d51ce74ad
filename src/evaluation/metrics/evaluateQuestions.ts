import type { ClassInfo } from '../../data/dataset.js';
import {
  type BinaryQuestion,
  binaryQuestions,
  questionAuroc,
  questionAveragePrecision,
  scoreQuestion,
  sensitivityAtSpecificity,
} from './binaryQuestion.js';
import type { Interval } from './intervals.js';
import type { Metric } from './metrics.js';
import { type ScoredImages, WeightedImages } from './scoredImages.js';

/** Names of the numbers that answer a question. */
export const questionMetricNames = [
  'auroc',
  'averagePrecision',
  'sensitivityAt90Specificity',
  'sensitivityAt95Specificity',
] as const;
/** Names of the numbers that are given for a question. */
export type QuestionMetric = (typeof questionMetricNames)[number];

/** How well yes is told from no; null where one of them has no images. */
export interface QuestionEvaluation extends BinaryQuestion, Readonly<Record<QuestionMetric, number | null>> {
  /** Images for which yes is true. */
  readonly support: number;
  /** Lesions with such an image. */
  readonly lesions: number;
}

/** Intervals of the numbers of one question. */
export interface QuestionIntervals extends Readonly<Record<QuestionMetric, Interval>> {
  readonly id: string;
}

/** The questions that can be asked of predictions, with each number as a metric that the bootstrap takes. */
export function questionMetrics(
  scored: ScoredImages,
  classes: readonly ClassInfo[],
): { readonly question: BinaryQuestion; readonly metrics: Readonly<Record<QuestionMetric, Metric>> }[] {
  return binaryQuestions(classes).map((question) => {
    const answers = scoreQuestion(scored, classes, question);
    return {
      question,
      metrics: {
        auroc: ({ weights }) => questionAuroc(answers, weights),
        averagePrecision: ({ weights }) => questionAveragePrecision(answers, weights),
        sensitivityAt90Specificity: ({ weights }) => sensitivityAtSpecificity(answers, weights, 0.9),
        sensitivityAt95Specificity: ({ weights }) => sensitivityAtSpecificity(answers, weights, 0.95),
      },
    };
  });
}

/** The numbers themselves, without intervals. */
export function evaluateQuestions(scored: ScoredImages, classes: readonly ClassInfo[]): QuestionEvaluation[] {
  const images = new WeightedImages(scored);
  return questionMetrics(scored, classes).map(({ question, metrics }) => {
    const yes = classes.map(({ id }) => question.classes.includes(id));
    const lesions = new Set<number>();
    let support = 0;
    for (let i = 0; i < scored.images; i++) {
      if (!yes[scored.labels[i]]) continue;
      support += 1;
      lesions.add(scored.lesionOf[i]);
    }
    const value = (name: QuestionMetric) => {
      const number = metrics[name](images);
      return Number.isNaN(number) ? null : number;
    };
    return {
      ...question,
      support,
      lesions: lesions.size,
      auroc: value('auroc'),
      averagePrecision: value('averagePrecision'),
      sensitivityAt90Specificity: value('sensitivityAt90Specificity'),
      sensitivityAt95Specificity: value('sensitivityAt95Specificity'),
    };
  });
}
