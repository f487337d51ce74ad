import { requireInteger, requireLength, requireNumber } from '../../checks.js';
import { scaleTemperature } from '../certainty/temperature.js';
import {
  type EvaluateOptions,
  type Evaluation,
  type EvaluationIntervals,
  evaluatePredictions,
  type UnnamedEvaluation,
} from '../evaluate.js';
import { describeIntervals, noteFewLesions } from '../metrics/describeIntervals.js';
import { fewLesions, type Interval } from '../metrics/intervals.js';
import { scoreImages } from '../metrics/scoredImages.js';
import {
  type AnyPredictions,
  type PredictionArrays,
  type Predictions,
  toPredictions,
} from '../predictions/predictions.js';
import { refitCalibration, refuseSharedGroups, setAside } from './calibrationPart.js';
import { describeUnit, type UnitDescription } from './describeUnit.js';
import { judgeLabels, type LabelJudgement } from './labelErrors.js';
import { boundMissing, type MissingBounds } from './missingAnswers.js';
import { type JudgedQuestion, judgeOperatingPoints } from './operatingPoints.js';
import { judgeCalibration, type QuestionCalibration } from './questionCalibration.js';
import { findTrainingOverlap, type TrainingList, type TrainingOverlap } from './trainingOverlap.js';
import { type JoinRule, joinUnits, type Unit } from './units.js';

/** Truths and probabilities of somebody's classifier, in plain arrays. */
export interface JudgeArrays extends PredictionArrays {
  /** [N], how each truth was confirmed: `histo`, `consensus`, ...; undefined where nobody says. */
  readonly confirmations?: ArrayLike<string | null | undefined>;
}

/** Images that have a truth and no answer. */
export interface MissingImages {
  /** [M], class indices of the truth. */
  readonly labels: ArrayLike<number>;
  /** [M], lesions and patients of these images, named as those of the others. */
  readonly groups?: ArrayLike<string | number>;
  readonly patients?: ArrayLike<string | number>;
}

/** What is estimated, and what is known of the classifier and its images. */
export interface JudgeOptions extends Pick<EvaluateOptions, 'seed' | 'resamples' | 'level'> {
  /** What is counted once. Default `image`. */
  readonly unit?: Unit;
  /** How the images of a lesion or patient are joined. Default `mean`. */
  readonly join?: JoinRule;
  readonly missing?: MissingImages;
  /** Other images to fit temperature, prediction sets and thresholds on, or a share of these to set aside for it. Nothing is fitted where left out. */
  readonly calibrateOn?: { readonly predictions: AnyPredictions; readonly words?: string } | { readonly share: number };
  /** What the classifier learned from; null or left out where that is unknown. */
  readonly trainedOn?: TrainingList | null;
  /** A threshold for yes that was chosen before these images were seen, (0, 1). */
  readonly threshold?: number;
  /** How often yes is true where the classifier would be used, (0, 1). */
  readonly prevalence?: number;
  /** Share of the truths not confirmed by histology that is taken as wrong for bounds, [0, 1]. Default 0.05. */
  readonly labelErrors?: number;
  /** The numbers are scores of which only the order means anything. Default false. */
  readonly orderOnly?: boolean;
}

/** What is estimated of a classifier, on what, and what that rests on. */
export interface Judgement {
  readonly unit: UnitDescription;
  /** Images on their way: with a truth, answered, set aside for fitting, scored; and units scored. */
  readonly flow: {
    readonly images: number;
    readonly missing: number;
    readonly setAside: number;
    readonly scoredImages: number;
    readonly scoredUnits: number;
    /** Nobody said which images should have an answer, and most of the truth's have none: whether some are missing isn't known. */
    readonly partOfTruth?: true;
  };
  /** Null where every image has an answer. */
  readonly missing: MissingBounds | null;
  /** Null where it is unknown what the classifier learned from. */
  readonly overlap: TrainingOverlap | null;
  /** What was fitted, on what; null where nothing was. */
  readonly fitted: {
    readonly on: string;
    readonly images: number;
    readonly lesions: number;
    /** Resamples in which it was fitted anew. */
    readonly resamples: number;
    readonly temperature: Interval;
    /** Of the share of prediction sets that hold the truth, by their level. */
    readonly coverage: readonly { readonly level: number; readonly interval: Interval }[];
  } | null;
  readonly questions: readonly JudgedQuestion[];
  readonly calibration: readonly QuestionCalibration[];
  /** Stated; null where none was. */
  readonly prevalence: number | null;
  /** Null where nothing says how truths were confirmed. */
  readonly labels: LabelJudgement | null;
  readonly orderOnly: boolean;
}

/** Everything that an evaluation holds, of units and with intervals by clusters, and what it rests on. */
export interface JudgedPredictions extends UnnamedEvaluation {
  readonly judgement: Judgement;
}

/** evaluation.json of a classifier that somebody else made. */
export interface JudgedEvaluation extends Evaluation {
  readonly judgement: Judgement & {
    /** How predictions and truth were read, sentences for readers. */
    readonly words: readonly string[];
  };
}

/** Whether an evaluation is of a classifier that somebody else made. */
export const isJudgedEvaluation = (evaluation: Evaluation): evaluation is JudgedEvaluation => 'judgement' in evaluation;

/** What was judged: the evaluation, and the predictions of units that it is of. */
export interface JudgeResult {
  readonly evaluation: JudgedPredictions;
  /** Of units; `imageIds` are theirs. */
  readonly scored: Predictions;
  /** Of images, those that are behind `scored`. */
  readonly images: Predictions;
  /** What was set aside, images; null where nothing was. */
  readonly setAside: Predictions | null;
}

/**
 * Judges any classifier by its answers: every number of an evaluation with intervals by lesion or patient, operating points that are fitted on
 * other images or called descriptive, calibration, what missing answers and wrong truths may have done.
 *
 * @example
 * const { balancedAccuracy, judgement } = judge({
 *   labels: ['mel', 'nv', 'nv'],
 *   classes: ['mel', 'nv'],
 *   probabilities: [[0.8, 0.2], [0.3, 0.7], [0.4, 0.6]],
 *   groups: ['lesion 1', 'lesion 2', 'lesion 2'],
 * }, { unit: 'lesion' });
 * @param given labels, probabilities [N, K] and what images belong together, or `Predictions`
 * @throws LesionlabError kind `usage` where arrays or options don't fit, or patients are asked for that nothing names; kind `data` where a
 *   lesion has several classes, or lesions are scored and calibrated on; kind `run` where predictions are none, or no probabilities
 */
export function judge(given: JudgeArrays | Predictions, options: JudgeOptions = {}): JudgedPredictions {
  return judgeInFull(given, options).evaluation;
}

/** The same with the predictions that were scored. */
export function judgeInFull(given: JudgeArrays | Predictions, options: JudgeOptions = {}): JudgeResult {
  const { unit = 'image', join = 'mean', seed = 0, resamples = 2000, level = 0.95 } = options;
  const { prevalence, threshold, labelErrors = 0.05, orderOnly = false } = options;
  requireInteger('seed', seed);
  requireInteger('resamples', resamples, { min: 0 });
  requireNumber('level', level, { above: 0, below: 1 });
  if (prevalence !== undefined) requireNumber('prevalence', prevalence, { above: 0, below: 1 });
  if (threshold !== undefined) requireNumber('threshold', threshold, { above: 0, below: 1 });
  requireNumber('labelErrors', labelErrors, { min: 0, max: 1 });
  const all = toPredictions(given);
  const ways = readConfirmations(given, all.labels.length);
  const share = options.calibrateOn && 'share' in options.calibrateOn ? options.calibrateOn.share : undefined;
  const aside = share === undefined ? null : setAside(all, share, seed);
  const images = aside?.scored ?? all;
  const confirmed = aside ? aside.scoredRows.map((i) => ways[i]) : ways;
  const { predictions: scored, members } = joinUnits(images, unit, join);
  const fitOn = findFitOn(options, aside?.fitOn, images, unit, join);
  const refitted = fitOn && refitCalibration(scored, fitOn.predictions, { seed, resamples, level });
  const found = evaluatePredictions(scored, { seed, resamples, level, calibration: refitted?.fitted ?? null });
  const own = scoreImages(scored);
  const drawn = { seed, resamples, level };
  const points = { ...drawn, threshold, prevalence, fitOn: fitOn && scoreImages(fitOn.predictions) };
  const scaled = refitted && {
    ...scored,
    probabilities: scaleTemperature(scored.probabilities, scored.classes.length, refitted.fitted.temperature),
  };
  const missing = findMissing(options.missing, images, unit);
  const { classes } = scored;
  const units = describeUnit(images, scored, unit, join, members);
  const evaluation: JudgedPredictions = {
    ...found,
    intervals: found.intervals && describedBy(found.intervals, found.perClass, units.clusters),
    notes: [
      ...(found.notes ?? []),
      ...(orderOnly
        ? [
            'Only the order of these scores means anything: AUROC and average precision count; accuracy, calibration, loss and Brier score do not.',
          ]
        : []),
    ],
    calibration:
      found.calibration && refitted
        ? {
            ...found.calibration,
            after: { ...found.calibration.after, intervals: resamples > 0 ? refitted.after : null },
          }
        : found.calibration,
    judgement: {
      unit: units,
      flow: {
        images: all.labels.length + (options.missing?.labels.length ?? 0),
        missing: options.missing?.labels.length ?? 0,
        setAside: aside?.fitOn.labels.length ?? 0,
        scoredImages: images.labels.length,
        scoredUnits: scored.labels.length,
      },
      missing: missing.length > 0 ? boundMissing(scored, missing) : null,
      overlap: options.trainedOn ? findTrainingOverlap(images, options.trainedOn) : null,
      fitted: refitted && {
        on: fitOn.words,
        images: fitOn.predictions.labels.length,
        lesions: new Set(fitOn.predictions.lesionIds).size,
        resamples: refitted.resamples,
        temperature: refitted.temperature,
        coverage: refitted.fitted.conformal.map((of, i) => ({ level: of.level, interval: refitted.coverage[i] })),
      },
      questions: judgeOperatingPoints(own, classes, points),
      calibration: orderOnly
        ? []
        : [
            ...judgeCalibration(scored, classes, { ...drawn, prevalence, scaled: false }),
            ...(scaled ? judgeCalibration(scaled, classes, { ...drawn, prevalence, scaled: true }) : []),
          ],
      prevalence: prevalence ?? null,
      labels: judgeLabels(
        scored,
        members.map(([i]) => confirmed[i]),
        { ...drawn, share: labelErrors },
      ),
      orderOnly,
    },
  };
  return { evaluation, scored, images, setAside: aside?.fitOn ?? null };
}

/** Where lesions or patients count once, the arrays alone look like images that nothing is known of. */
function describedBy(
  intervals: EvaluationIntervals,
  perClass: UnnamedEvaluation['perClass'],
  clusters: Unit,
): EvaluationIntervals {
  const few = perClass.filter(({ lesions }) => lesions < fewLesions);
  return {
    ...intervals,
    method: describeIntervals(intervals.resamples, intervals.level, clusters),
    notes: few.map((entry) => noteFewLesions(entry, clusters !== 'image')),
  };
}

function readConfirmations(given: JudgeArrays | Predictions, images: number): (string | undefined)[] {
  const { confirmations } = given as JudgeArrays;
  if (!confirmations) return new Array<string | undefined>(images).fill(undefined);
  requireLength('confirmations', confirmations, images, `one for each of ${images} labels`);
  return Array.from(confirmations, (way) => way ?? undefined);
}

/** What is fitted on, joined as what is scored is. */
function findFitOn(
  { calibrateOn }: JudgeOptions,
  aside: Predictions | undefined,
  images: Predictions,
  unit: Unit,
  join: JoinRule,
): { readonly predictions: Predictions; readonly words: string } | null {
  if (!calibrateOn) return null;
  if ('share' in calibrateOn)
    return {
      predictions: joinUnits(aside!, unit, join).predictions,
      words: `${Math.round(100 * calibrateOn.share)}% of the images, set aside by lesion and not scored`,
    };
  const { predictions: given, words = 'other images' } = calibrateOn;
  const predictions = toPredictions(given);
  const withoutNames =
    !('lesionIds' in given) && !(given as PredictionArrays).groups && !(given as PredictionArrays).imageIds;
  if (!withoutNames) refuseSharedGroups(images, predictions);
  return { predictions: joinUnits(predictions, unit, join).predictions, words };
}

/** Class indices of units without any answer. */
function findMissing(missing: MissingImages | undefined, { lesionIds, clusterIds }: Predictions, unit: Unit): number[] {
  if (!missing) return [];
  const { labels, groups, patients } = missing;
  const ids = unit === 'lesion' ? groups : unit === 'patient' ? patients : undefined;
  if (!ids) return Array.from(labels);
  requireLength('missing.groups', ids, labels.length, 'one for each label');
  const answered = new Set(unit === 'patient' ? clusterIds : lesionIds);
  const units = new Map<string, number>();
  for (const [i, id] of Array.from(ids, String).entries())
    if (!answered.has(id) && !units.has(id)) units.set(id, labels[i]);
  return [...units.values()];
}
