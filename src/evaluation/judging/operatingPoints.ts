import type { ClassInfo } from '../../data/dataset.js';
import { Random } from '../../random.js';
import { type BinaryQuestion, binaryQuestions, scoreQuestion } from '../metrics/binaryQuestion.js';
import { chooseThreshold, resultOf, type ThresholdResult, type ThresholdTarget } from '../metrics/chooseThreshold.js';
import { clusteredShare, clusteredShareInterval } from '../metrics/clusteredShare.js';
import { type Interval, percentileInterval, resampleClusters, shareInterval } from '../metrics/intervals.js';
import { type PredictiveValues, predictiveValues } from '../metrics/predictiveValues.js';
import type { ScoredImages } from '../metrics/scoredImages.js';

/**
 * Where a point of a question comes from: the classifier's own answer; a threshold that was given; one fitted on other images; or one read off
 * the very images that are scored, which describes them and promises nothing.
 */
export type PointKind = 'answer' | 'given' | 'fitted' | 'descriptive';

/** A way of calling yes, and what it reached on the images that are scored. */
export interface JudgedPoint {
  readonly kind: PointKind;
  readonly target: ThresholdTarget | null;
  /** Yes from this probability on; 2 where nothing is called yes; null of the classifier's own answers. */
  readonly threshold: number | null;
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  readonly intervals: { readonly sensitivity: Interval; readonly specificity: Interval } | null;
  /** At the prevalence among these images, and at a stated one; null where undefined. */
  readonly observed: PredictiveValues | null;
  readonly stated:
    | (PredictiveValues & { readonly netBenefit: number | null; readonly netBenefitOfAll: number | null })
    | null;
}

/** The points of one question. */
export interface JudgedQuestion extends BinaryQuestion {
  /** Units for which yes is true, and all. */
  readonly positives: number;
  readonly images: number;
  readonly points: readonly JudgedPoint[];
}

/** What points are looked at, and how their intervals are made. */
export interface OperatingPointOptions {
  /** Images that thresholds are fitted on: others than those scored. */
  readonly fitOn: ScoredImages | null;
  /** Threshold that was given. */
  readonly threshold?: number;
  /** Stated, (0, 1). */
  readonly prevalence?: number;
  readonly seed: number;
  readonly resamples: number;
  readonly level: number;
}

/** What thresholds are chosen to reach. */
export const thresholdTargets: readonly ThresholdTarget[] = [
  { reach: 'specificity', value: 0.9 },
  { reach: 'specificity', value: 0.95 },
  { reach: 'sensitivity', value: 0.9 },
  { reach: 'sensitivity', value: 0.95 },
];

/** Every question that the classes allow, with its points. Thresholds are chosen anew in each resample, on a resample of what they are fitted on. */
export function judgeOperatingPoints(
  scored: ScoredImages,
  classes: readonly ClassInfo[],
  options: OperatingPointOptions,
): JudgedQuestion[] {
  return binaryQuestions(classes).map((question) => {
    const own = scoreQuestion(scored, classes, question);
    const fit = options.fitOn && scoreQuestion(options.fitOn, classes, question);
    const yes = classes.map(({ id }) => question.classes.includes(id));
    const ones = (of: ScoredImages) => new Float64Array(of.images).fill(1);
    const plans: Plan[] = [
      { kind: 'answer', target: null },
      ...(options.threshold === undefined ? [] : [{ kind: 'given' as const, target: null }]),
      ...thresholdTargets.map((target) => ({ kind: fit ? ('fitted' as const) : ('descriptive' as const), target })),
    ];
    const thresholdOf = (
      { kind, target }: Plan,
      weights: Float64Array,
      fitWeights: Float64Array | null,
    ): number | null => {
      if (kind === 'answer') return null;
      if (kind === 'given') return options.threshold!;
      return kind === 'fitted' ? chooseThreshold(fit!, fitWeights!, target!) : chooseThreshold(own, weights, target!);
    };
    const resultFor = (threshold: number | null, weights: Float64Array): ThresholdResult =>
      threshold !== null && Number.isNaN(threshold)
        ? { sensitivity: Number.NaN, specificity: Number.NaN }
        : resultOf(own.truths, weights, (i) =>
            threshold === null ? yes[scored.predicted[i]] : own.scores[i] >= threshold,
          );
    const fitOnes = options.fitOn && ones(options.fitOn);
    const thresholds = plans.map((plan) => thresholdOf(plan, ones(scored), fitOnes));
    const results = thresholds.map((threshold) => resultFor(threshold, ones(scored)));
    const resampled = plans.map(() => ({
      sensitivity: new Float64Array(options.resamples),
      specificity: new Float64Array(options.resamples),
    }));
    const random = new Random(options.seed, `operating points ${question.id}`);
    const fitRandom = new Random(options.seed, `fitted on ${question.id}`);
    for (let r = 0; r < options.resamples; r++) {
      const weights = resampleClusters(scored, random);
      const fitWeights = options.fitOn && resampleClusters(options.fitOn, fitRandom);
      for (const [p, plan] of plans.entries()) {
        const { sensitivity, specificity } = resultFor(thresholdOf(plan, weights, fitWeights), weights);
        resampled[p].sensitivity[r] = sensitivity;
        resampled[p].specificity[r] = specificity;
      }
    }
    const positives = own.truths.reduce((sum, truth) => sum + truth, 0);
    return {
      ...question,
      positives,
      images: scored.images,
      points: plans.map((plan, p): JudgedPoint => {
        const { sensitivity, specificity } = results[p];
        const isYes = (i: number) =>
          thresholds[p] === null ? yes[scored.predicted[i]] : own.scores[i] >= thresholds[p];
        const trials = [1, 0].map((truth) =>
          clusteredShare(
            scored,
            (i) => own.truths[i] === truth,
            (i) => isYes(i) === (truth === 1),
          ),
        );
        // Nothing is chosen anew for a rule that was there before: what leaving out one cluster at a time tells is less narrow with few.
        const isFixed = plan.kind === 'answer' || plan.kind === 'given';
        const interval = (name: keyof ThresholdResult, side: number): Interval => {
          const { clusters } = trials[side];
          if (isFixed && clusters > 1) return clusteredShareInterval(trials[side], options.level);
          return shareInterval(percentileInterval(resampled[p][name], options.level), clusters, options.level);
        };
        const values = (prevalence: number | undefined) =>
          prevalence === undefined ||
          Number.isNaN(sensitivity) ||
          Number.isNaN(specificity) ||
          !(prevalence > 0 && prevalence < 1)
            ? null
            : predictiveValues({
                sensitivity,
                specificity,
                positives: trials[0].effective,
                negatives: trials[1].effective,
                prevalence,
                level: options.level,
              });
        const stated = finite(values(options.prevalence));
        return {
          ...plan,
          threshold: orNull(thresholds[p]),
          sensitivity: orNull(sensitivity),
          specificity: orNull(specificity),
          intervals:
            options.resamples > 0
              ? { sensitivity: interval('sensitivity', 0), specificity: interval('specificity', 1) }
              : null,
          observed: finite(values(positives / scored.images)),
          stated: stated && { ...stated, ...benefit(results[p], thresholds[p], options.prevalence!) },
        };
      }),
    };
  });
}

interface Plan {
  readonly kind: PointKind;
  readonly target: ThresholdTarget | null;
}

/** Net benefit at a stated prevalence (Vickers and Elkin 2006, both answers weighted): only a threshold says what a false alarm costs. */
function benefit({ sensitivity, specificity }: ThresholdResult, threshold: number | null, prevalence: number) {
  if (threshold === null || !(threshold > 0 && threshold < 1)) return { netBenefit: null, netBenefitOfAll: null };
  const odds = threshold / (1 - threshold);
  return {
    netBenefit: sensitivity * prevalence - (1 - specificity) * (1 - prevalence) * odds,
    netBenefitOfAll: prevalence - (1 - prevalence) * odds,
  };
}

/** JSON has no NaN. */
function finite(values: PredictiveValues | null): PredictiveValues | null {
  if (!values) return null;
  return { ...values, positive: orNull(values.positive) as number, negative: orNull(values.negative) as number };
}

const orNull = (value: number | null): number | null => (value === null || Number.isNaN(value) ? null : value);
