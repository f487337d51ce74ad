import { requireInteger, requireNumber } from '../checks.js';
import { type Calibration, type CalibrationEvaluation, evaluateCalibration } from './certainty/evaluateCalibration.js';
import {
  type EvaluateOutOfDistributionOptions,
  evaluateOutOfDistribution,
  type OutOfDistributionEvaluation,
} from './certainty/evaluateOutOfDistribution.js';
import type { EnsembleGain } from './comparison/ensembleGain.js';
import type { MetadataGain } from './comparison/metadataGain.js';
import type { ViewsGain } from './comparison/viewsGain.js';
import { clusterKind } from './metrics/clusterKind.js';
import { describeIntervals, noteFewLesions } from './metrics/describeIntervals.js';
import {
  evaluateQuestions,
  type QuestionEvaluation,
  type QuestionIntervals,
  type QuestionMetric,
  questionMetricNames,
  questionMetrics,
} from './metrics/evaluateQuestions.js';
import { bootstrapIntervals, fewLesions, type Interval, orNoInterval, shareInterval } from './metrics/intervals.js';
import { classMetrics, type Metric, metrics } from './metrics/metrics.js';
import { clustersWhere, lesionsWhere, scoreImages, WeightedImages } from './metrics/scoredImages.js';
import { type AnyPredictions, toPredictions } from './predictions/predictions.js';

/** How one class was recognised. */
export interface ClassEvaluation {
  /** Class id, for example `mel`. */
  readonly dx: string;
  readonly name: string;
  /** Images of the class. */
  readonly support: number;
  /** Lesions with an image of the class. */
  readonly lesions: number;
  /** Sensitivity, [0, 1]; null where the class has no images. */
  readonly recall: number | null;
  /** [0, 1]; null where the class has no images, 0 where it has some and is never predicted. */
  readonly precision: number | null;
  /** [0, 1]; null where all images are of the class. */
  readonly specificity: number | null;
  /** [0, 1]; null where the class has no images. */
  readonly f1: number | null;
  /** One class against the rest, [0, 1]; null where the class or the rest has no images. */
  readonly auroc: number | null;
  /** [0, 1]; null where all images are called the class. */
  readonly negativePredictiveValue: number | null;
  /** One class against the rest, [0, 1]; null where the class or the rest has no images. */
  readonly averagePrecision: number | null;
}

/** Intervals of the numbers of one class. */
export interface ClassIntervals {
  readonly dx: string;
  readonly recall: Interval;
  readonly precision: Interval;
  readonly specificity: Interval;
  readonly f1: Interval;
  readonly auroc: Interval;
  readonly negativePredictiveValue: Interval;
  readonly averagePrecision: Interval;
}

/** Intervals under the names of the numbers they belong to. */
export interface EvaluationIntervals {
  /** How they were made, a sentence for readers. */
  readonly method: string;
  readonly level: number;
  readonly resamples: number;
  readonly seed: number;
  readonly accuracy: Interval;
  readonly balancedAccuracy: Interval;
  readonly macroF1: Interval;
  readonly loss: Interval;
  readonly matthewsCorrelation: Interval;
  readonly brierScore: Interval;
  readonly calibrationError: Interval;
  readonly auroc: { readonly macro: Interval; readonly perClass: Readonly<Record<string, Interval>> };
  readonly averagePrecision: { readonly macro: Interval };
  readonly perClass: readonly ClassIntervals[];
  readonly questions: readonly QuestionIntervals[];
  /** What to mind when reading them: classes with few lesions. */
  readonly notes: readonly string[];
}

/** evaluation.json: plain numbers, with their intervals beside them. */
export interface Evaluation {
  readonly split: string;
  readonly images: number;
  readonly lesions: number;
  /** Class ids, in the order of `perClass` and of `confusionMatrix`. */
  readonly classes: readonly string[];
  readonly accuracy: number;
  /** Mean recall over the classes that have images. */
  readonly balancedAccuracy: number;
  /** Mean F1 over the classes that have images. */
  readonly macroF1: number;
  /** Mean negative log-likelihood (nats), probabilities clipped at 2.2e-16. */
  readonly loss: number;
  readonly auroc: {
    /** Mean over the classes that have one; null where none has. */
    readonly macro: number | null;
    /** By class id. */
    readonly perClass: Readonly<Record<string, number | null>>;
  };
  readonly perClass: readonly ClassEvaluation[];
  /** Matthews correlation, [-1, 1] (Gorodkin 2004). */
  readonly matthewsCorrelation: number;
  /** Mean squared distance of the probabilities from the truth, summed over classes, [0, 2]. */
  readonly brierScore: number;
  /** Expected calibration error of the answers in 15 bins, [0, 1] (Guo et al. 2017). */
  readonly calibrationError: number;
  /** Mean over the classes that have one; null where none has. */
  readonly averagePrecision: { readonly macro: number | null };
  /** Ids of the classes without images: they are in no mean. Files of version 0.1 don't say, and count such a class as 0 in `macroF1`. */
  readonly absentClasses?: readonly string[];
  /** What the numbers are not about, and why some are null: sentences for readers. */
  readonly notes?: readonly string[];
  /** Questions with two answers: melanoma, malignant; those that the classes allow. */
  readonly questions: readonly QuestionEvaluation[];
  /** Images, [true][predicted]. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** After scaling by a temperature, and with prediction sets; null where no calibration was given. */
  readonly calibration: CalibrationEvaluation | null;
  /** How well images of other things are told apart; null where that was not looked at. */
  readonly outOfDistribution: OutOfDistributionEvaluation | null;
  /** Of an ensemble on the test split: beside its best member. */
  readonly ensemble?: EnsembleGain;
  /** Of a run that averages over views of an image, on the test split: beside one look at each image. */
  readonly testTimeAugmentation?: ViewsGain;
  /** Of a run whose network is told metadata: beside itself told nothing. */
  readonly metadata?: MetadataGain;
  /** Null where no resamples were asked for. */
  readonly intervals: EvaluationIntervals | null;
}

/** What an evaluation is of, and how its intervals are made. */
export interface EvaluateOptions {
  /** Name of what was predicted: `test`, `validation`, or an external dataset's. */
  readonly split?: string;
  /** Default 0. */
  readonly seed?: number;
  /** Bootstrap resamples behind the intervals; 0 for none. Default 2,000. */
  readonly resamples?: number;
  /** Share of the resamples inside an interval, (0, 1). Default 0.95. */
  readonly level?: number;
  /** Fitted on other images than these. */
  readonly calibration?: Calibration | null;
  /** Fitted on other images than these; the scores are of these. */
  readonly outOfDistribution?: Omit<EvaluateOutOfDistributionOptions, 'seed' | 'resamples'> | null;
}

/** Everything in evaluation.json but the split's name, which plain arrays have none of. */
export type UnnamedEvaluation = Omit<Evaluation, 'split'>;

/**
 * Computes everything in evaluation.json from predicted probabilities: of a run, or any labels and probabilities in plain arrays,
 * `evaluatePredictions({ labels, probabilities, classes, groups })`.
 * @throws LesionlabError kind `usage` where arrays or options don't fit; kind `run` where a network's predictions are none, or no
 *   probabilities
 */
export function evaluatePredictions(
  predictions: AnyPredictions,
  options: EvaluateOptions & { readonly split: string },
): Evaluation;
export function evaluatePredictions(predictions: AnyPredictions, options?: EvaluateOptions): UnnamedEvaluation;
export function evaluatePredictions(given: AnyPredictions, options: EvaluateOptions = {}): UnnamedEvaluation {
  const { split, seed = 0, resamples = 2000, level = 0.95, calibration = null, outOfDistribution = null } = options;
  requireInteger('seed', seed);
  requireInteger('resamples', resamples, { min: 0 });
  requireNumber('level', level, { above: 0, below: 1 });
  const predictions = toPredictions(given);
  const scored = scoreImages(predictions);
  const { lesionIds, imageIds } = predictions;
  const grouped = lesionIds.some((id, i) => id !== imageIds[i]);
  const images = new WeightedImages(scored);
  const size = scored.classes;
  const matrix = Array.from({ length: size }, (_, k) => [...images.confusion.subarray(k * size, (k + 1) * size)]);
  const lesionsOfClass = predictions.classes.map((_, k) => lesionsWhere(scored, (i) => scored.labels[i] === k));
  const perClass = predictions.classes.map(({ id, name }, k) => ({
    dx: id,
    name,
    support: matrix[k].reduce((sum, count) => sum + count, 0),
    lesions: lesionsOfClass[k],
    recall: orNull(classMetrics.recall(images, k)),
    // As scikit-learn has it; where there is nothing to find, it says nothing.
    precision: lesionsOfClass[k] > 0 ? orZero(classMetrics.precision(images, k)) : null,
    specificity: orNull(classMetrics.specificity(images, k)),
    f1: orNull(classMetrics.f1(images, k)),
    auroc: orNull(classMetrics.auroc(images, k)),
    negativePredictiveValue: orNull(classMetrics.negativePredictiveValue(images, k)),
    averagePrecision: orNull(classMetrics.averagePrecision(images, k)),
  }));
  return {
    ...(split === undefined ? {} : { split }),
    images: scored.images,
    lesions: scored.lesions,
    classes: predictions.classes.map(({ id }) => id),
    accuracy: metrics.accuracy(images),
    balancedAccuracy: metrics.balancedAccuracy(images),
    macroF1: metrics.macroF1(images),
    loss: metrics.loss(images),
    auroc: {
      macro: orNull(metrics.macroAuroc(images)),
      perClass: Object.fromEntries(perClass.map(({ dx, auroc }) => [dx, auroc])),
    },
    matthewsCorrelation: metrics.matthewsCorrelation(images),
    brierScore: metrics.brierScore(images),
    calibrationError: metrics.calibrationError(images),
    averagePrecision: { macro: orNull(metrics.macroAveragePrecision(images)) },
    perClass,
    ...describeAbsence(perClass),
    questions: evaluateQuestions(scored, predictions.classes),
    confusionMatrix: matrix,
    calibration: calibration && evaluateCalibration(predictions, calibration, { seed, resamples, level }),
    outOfDistribution:
      outOfDistribution && evaluateOutOfDistribution(predictions, { ...outOfDistribution, seed, resamples }),
    intervals: resamples > 0 ? findIntervals() : null,
  };

  function findIntervals(): EvaluationIntervals {
    const questions = questionMetrics(scored, predictions.classes);
    const questionColumn = (id: string, name: QuestionMetric) => `${id} ${name}`;
    const all: Readonly<Record<string, Metric>> = Object.assign(
      {},
      metrics,
      ...questions.map(({ question, metrics: own }) =>
        Object.fromEntries(questionMetricNames.map((name) => [questionColumn(question.id, name), own[name]])),
      ),
    );
    const found = bootstrapIntervals(scored, { metrics: all, classMetrics, seed, resamples, level });
    const headline = (name: keyof typeof metrics) => orNoInterval(found.metrics[name]);
    const classIntervals = perClass.map(({ dx, lesions }, k): ClassIntervals => {
      const { recall, precision, specificity, negativePredictiveValue, f1, auroc, averagePrecision } =
        found.classMetrics[k];
      const shares = {
        recall: shareInterval(
          recall,
          clustersWhere(scored, (i) => scored.labels[i] === k),
          level,
        ),
        precision: shareInterval(
          precision,
          clustersWhere(scored, (i) => scored.predicted[i] === k),
          level,
        ),
        specificity: shareInterval(
          specificity,
          clustersWhere(scored, (i) => scored.labels[i] !== k),
          level,
        ),
        negativePredictiveValue: shareInterval(
          negativePredictiveValue,
          clustersWhere(scored, (i) => scored.predicted[i] !== k),
          level,
        ),
      };
      // Where a class is a single lesion, resampling it shows the spread of the others only.
      if (lesions < 2) return { dx, ...shares, f1: null, auroc: null, averagePrecision: null };
      const [f1Interval, aurocInterval, precisionInterval] = [f1, auroc, averagePrecision].map(orNoInterval);
      return { dx, ...shares, f1: f1Interval, auroc: aurocInterval, averagePrecision: precisionInterval };
    });
    return {
      method: describeIntervals(resamples, level, clusterKind(predictions)),
      level,
      resamples,
      seed,
      accuracy: shareInterval(found.metrics.accuracy, scored.clusters, level),
      balancedAccuracy: headline('balancedAccuracy'),
      macroF1: headline('macroF1'),
      loss: headline('loss'),
      matthewsCorrelation: headline('matthewsCorrelation'),
      brierScore: headline('brierScore'),
      calibrationError: headline('calibrationError'),
      auroc: {
        macro: headline('macroAuroc'),
        perClass: Object.fromEntries(classIntervals.map(({ dx, auroc }) => [dx, auroc])),
      },
      averagePrecision: { macro: headline('macroAveragePrecision') },
      perClass: classIntervals,
      questions: questions.map(({ question: { id } }) => {
        const of = (name: QuestionMetric) => orNoInterval(found.metrics[questionColumn(id, name)]);
        return {
          id,
          auroc: of('auroc'),
          averagePrecision: of('averagePrecision'),
          sensitivityAt90Specificity: of('sensitivityAt90Specificity'),
          sensitivityAt95Specificity: of('sensitivityAt95Specificity'),
        };
      }),
      notes: perClass.filter(({ lesions }) => lesions < fewLesions).map((entry) => noteFewLesions(entry, grouped)),
    };
  }
}

/** Which classes have no images, and what follows for the numbers. */
function describeAbsence(perClass: readonly ClassEvaluation[]): Required<Pick<Evaluation, 'absentClasses' | 'notes'>> {
  const absentClasses = perClass.filter(({ support }) => support === 0).map(({ dx }) => dx);
  const present = perClass.filter(({ support }) => support > 0);
  const notes: string[] = [];
  if (present.length === 1)
    notes.push(
      `All images are of one class (${present[0].dx}): its sensitivity and what it was taken for can be told. AUROC, average precision and specificity ` +
        'need images of other classes and are left out (–); a balanced accuracy over one class is its sensitivity.',
    );
  else if (absentClasses.length > 0)
    notes.push(`No images of ${absentClasses.join(', ')}: means over classes are over the other ${present.length}.`);
  return { absentClasses, notes };
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
