import { requireNumber } from '../../checks.js';
import { dataError, usageError } from '../../errors.js';
import { Random } from '../../random.js';
import { measureCoverage } from '../certainty/conformal.js';
import { type FittedCalibration, fitCalibration, fitSets } from '../certainty/fitCalibration.js';
import { scaleTemperature } from '../certainty/temperature.js';
import { type Interval, orNoInterval, percentileInterval } from '../metrics/intervals.js';
import { brierScore, calibrationError, loss } from '../metrics/metrics.js';
import { numberGroups, scoreImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';

/** Predictions of which a part is kept for fitting, and the rest for scoring. */
export interface SetAside {
  readonly fitOn: Predictions;
  readonly scored: Predictions;
  /** Places of the scored images. */
  readonly scoredRows: readonly number[];
}

/**
 * Sets a share of the images aside, by lesion (or patient): drawn at random, about the same share of each class.
 * @param share (0, 1) @throws LesionlabError kind `usage` for another share, or one that leaves nothing on a side
 */
export function setAside(predictions: Predictions, share: number, seed: number): SetAside {
  requireNumber('share', share, { above: 0, below: 1 });
  const { labels } = predictions;
  const { groups, groupOf } = numberGroups(predictions.clusterIds ?? predictions.lesionIds);
  const classOf = new Int32Array(groups);
  for (let i = labels.length - 1; i >= 0; i--) classOf[groupOf[i]] = labels[i];
  const random = new Random(seed, 'set aside');
  const chosen = new Set<number>();
  for (const [k] of predictions.classes.entries()) {
    const own = random.shuffle([...classOf.keys()].filter((group) => classOf[group] === k));
    for (const group of own.slice(0, Math.round(share * own.length))) chosen.add(group);
  }
  const rows = [...labels.keys()];
  const scoredRows = rows.filter((i) => !chosen.has(groupOf[i]));
  const fitRows = rows.filter((i) => chosen.has(groupOf[i]));
  if (scoredRows.length === 0 || fitRows.length === 0)
    throw usageError(
      'share-too-small',
      `A share of ${share} of ${groups} lesions leaves nothing ${fitRows.length === 0 ? 'to fit on' : 'to score'}.`,
      {
        hint: 'Choose another share.',
      },
    );
  return { fitOn: takeRows(predictions, fitRows), scored: takeRows(predictions, scoredRows), scoredRows };
}

/** @throws LesionlabError kind `data` where images, lesions or patients are on both sides: nothing is fitted on what is scored */
export function refuseSharedGroups(scored: Predictions, fitOn: Predictions): void {
  for (const [words, of] of [
    ['images', (p: Predictions) => p.imageIds],
    ['lesions', (p: Predictions) => p.lesionIds],
    ['patients', (p: Predictions) => p.clusterIds ?? []],
  ] as const) {
    const own = new Set(of(scored));
    const shared = [...new Set(of(fitOn))].filter((id) => own.has(id));
    if (shared.length > 0)
      throw dataError(
        'fitted-on-scored',
        `${shared.length} ${words} are both scored and calibrated on, ${shared[0]} first.`,
        {
          hint: 'Calibrate on other lesions than those that are scored; a share that is set aside is drawn by lesion.',
          details: shared,
        },
      );
  }
}

/** A calibration with intervals that know that it was fitted. */
export interface RefittedCalibration {
  readonly fitted: FittedCalibration;
  /** Resamples in which it was fitted anew; 0 for none. */
  readonly resamples: number;
  readonly temperature: Interval;
  readonly after: { readonly loss: Interval; readonly brierScore: Interval; readonly calibrationError: Interval };
  /** Of the share of sets that hold the truth, in the order of the levels. */
  readonly coverage: readonly Interval[];
}

/** Fitting is slow: more resamples than this are not fitted anew. */
const mostRefits = 500;

/** Fits temperature and prediction sets, and anew in each resample: lesions of both sides are drawn with replacement, each side on its own. */
export function refitCalibration(
  scored: Predictions,
  fitOn: Predictions,
  { seed, resamples, level }: { readonly seed: number; readonly resamples: number; readonly level: number },
): RefittedCalibration {
  const fitted = fitCalibration(fitOn);
  const times = Math.min(resamples, mostRefits);
  const names = ['temperature', 'loss', 'brierScore', 'calibrationError'] as const;
  const values = Object.fromEntries(names.map((name) => [name, new Float64Array(times)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  const coverage = fitted.conformal.map(() => new Float64Array(times));
  const [random, fitRandom] = [new Random(seed, 'calibrated'), new Random(seed, 'calibrated on')];
  for (let r = 0; r < times; r++) {
    const { fitted: own } = fitSets(drawGroups(fitOn, fitRandom));
    const drawn = drawGroups(scored, random);
    const scaled = {
      ...drawn,
      probabilities: scaleTemperature(drawn.probabilities, drawn.classes.length, own.temperature),
    };
    const images = scoreImages(scaled);
    values.temperature[r] = own.temperature;
    values.loss[r] = loss(images);
    values.brierScore[r] = brierScore(images);
    values.calibrationError[r] = calibrationError(images);
    for (const [l, conformal] of own.conformal.entries()) coverage[l][r] = measureCoverage(scaled, conformal).coverage;
  }
  const interval = (of: Float64Array) => (times > 0 ? orNoInterval(percentileInterval(of, level)) : null);
  return {
    fitted,
    resamples: times,
    temperature: interval(values.temperature),
    after: {
      loss: interval(values.loss),
      brierScore: interval(values.brierScore),
      calibrationError: interval(values.calibrationError),
    },
    coverage: coverage.map(interval),
  };
}

/** As many lesions (or patients) as there are, drawn with replacement, each with all its images. */
function drawGroups(predictions: Predictions, random: Random): Predictions {
  const { groups, groupOf } = numberGroups(predictions.clusterIds ?? predictions.lesionIds);
  const rowsOf = Array.from({ length: groups }, (): number[] => []);
  for (const [i, group] of groupOf.entries()) rowsOf[group].push(i);
  return takeRows(predictions, Array.from({ length: groups }, () => rowsOf[random.integer(groups)]).flat());
}
