import { requireInteger, requireLength, requireNumber, requireNumbers } from '../../checks.js';
import { tBound } from '../distributions/studentT.js';

/** A probability of 0 or 1 has no logit. */
const smallestProbability = 2 ** -52;

/** How far probabilities of yes are from what happened (Van Calster et al. 2016, the levels of calibration). */
export interface BinaryCalibration {
  /** Calibration in the large: what has to be added to the logits so that as many are expected as were observed; 0 where it is right. NaN where undefined. */
  readonly intercept: number;
  /** By what the logits have to be multiplied (Cox 1958): 1 where it is right, below where probabilities are too extreme. NaN where undefined. */
  readonly slope: number;
  /** Yes observed over yes expected; 1 where it is right. */
  readonly observedOverExpected: number;
}

/**
 * Intercept and slope of a logistic regression of the truth on the logit of the probability, and observed over expected. The intercept is
 * that with the slope held at 1.
 * @param probabilities [N] of yes @param truths [N], 1 where yes is true @param weights [N], how often each counts; once each where left out
 * @throws LesionlabError kind `usage` where lengths don't fit
 */
export function binaryCalibration(
  probabilities: ArrayLike<number>,
  truths: ArrayLike<number>,
  weights?: ArrayLike<number>,
): BinaryCalibration {
  const images = probabilities.length;
  requireNumbers('probabilities', probabilities, { min: 0, max: 1 });
  requireLength('truths', truths, images, 'one a probability');
  if (weights) requireLength('weights', weights, images, 'one a probability');
  const logits = Float64Array.from(probabilities, logit);
  const weight = (i: number) => (weights ? weights[i] : 1);
  let [observed, expected, total] = [0, 0, 0];
  for (let i = 0; i < images; i++) {
    observed += weight(i) * truths[i];
    expected += weight(i) * probabilities[i];
    total += weight(i);
  }
  const both = observed > 0 && observed < total;
  return {
    intercept: both ? newton(logits, truths, weight, false)[0] : Number.NaN,
    slope: both ? newton(logits, truths, weight, true)[1] : Number.NaN,
    observedOverExpected: observed / expected,
  };
}

function logit(p: number): number {
  const clipped = Math.min(Math.max(p, smallestProbability), 1 - smallestProbability);
  return Math.log(clipped / (1 - clipped));
}

/** Maximum likelihood by Newton's method. @returns intercept and slope; NaN where they run away, as where the two answers are apart */
function newton(
  x: Float64Array,
  y: ArrayLike<number>,
  weight: (i: number) => number,
  withSlope: boolean,
): readonly [intercept: number, slope: number] {
  let [a, b] = [0, 1];
  for (let step = 0; step < 100; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      const p = 1 / (1 + Math.exp(-(a + b * x[i])));
      const residual = weight(i) * (y[i] - p);
      const spread = weight(i) * p * (1 - p);
      ga += residual;
      gb += residual * x[i];
      haa += spread;
      hab += spread * x[i];
      hbb += spread * x[i] * x[i];
    }
    const determinant = withSlope ? haa * hbb - hab * hab : haa;
    if (!(determinant > 1e-12)) return [Number.NaN, Number.NaN];
    let [da, db] = withSlope
      ? [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant]
      : [ga / haa, 0];
    // A long step may overshoot where the first guess is far off.
    const longest = Math.max(Math.abs(da), Math.abs(db));
    if (longest > 2) [da, db] = [(2 * da) / longest, (2 * db) / longest];
    a += da;
    b += db;
    if (Math.max(Math.abs(da), Math.abs(db)) < 1e-12) return [a, b];
    if (Math.abs(a) > 1e3 || Math.abs(b) > 1e3) return [Number.NaN, Number.NaN];
  }
  return [Number.NaN, Number.NaN];
}

/** A point of a smooth calibration curve. */
export interface CalibrationPoint {
  readonly probability: number;
  /** Share of yes among images of about this probability; not held within [0, 1]. */
  readonly observed: number;
  /** Pointwise interval of that, where it was asked for; not held within [0, 1], null where a single cluster tells of no spread. */
  readonly interval?: readonly [number, number] | null;
}

/** How a smooth calibration curve is drawn. */
export interface SmoothCalibrationOptions {
  /** Of the images in each neighbourhood, (0, 1]. */
  readonly share?: number;
  /** Places on the curve, evenly from the least to the largest probability. */
  readonly points?: number;
  /** What belongs together, [N] numbers of clusters, and how sure intervals are, (0, 1); none where left out. */
  readonly band?: { readonly clusterOf: ArrayLike<number>; readonly level: number };
}

/**
 * The share of yes as a smooth function of the probability: local linear regression with tricube weights (Cleveland 1979, lowess without
 * robustness). Intervals are of each local line by the sandwich variance of its clusters (Liang and Zeger 1986), with Student's t.
 * @param probabilities [N] of yes @param truths [N], 1 where yes is true
 * @throws LesionlabError kind `usage` where lengths don't fit
 */
export function smoothCalibration(
  probabilities: ArrayLike<number>,
  truths: ArrayLike<number>,
  { share = 0.75, points = 41, band }: SmoothCalibrationOptions = {},
): CalibrationPoint[] {
  const images = probabilities.length;
  requireNumbers('probabilities', probabilities, { min: 0, max: 1 });
  requireLength('truths', truths, images, 'one a probability');
  requireNumber('share', share, { above: 0, max: 1 });
  requireInteger('points', points, { min: 2 });
  if (images < 3) return [];
  const order = Array.from({ length: images }, (_, i) => i).sort((a, b) => probabilities[a] - probabilities[b]);
  const x = Float64Array.from(order, (i) => probabilities[i]);
  const y = Float64Array.from(order, (i) => truths[i]);
  if (band) requireLength('band.clusterOf', band.clusterOf, images, 'one a probability');
  const clusters = band && { of: Int32Array.from(order, (i) => band.clusterOf[i]), level: band.level };
  const near = Math.max(2, Math.floor(share * images + 1e-10));
  const [low, high] = [x[0], x[images - 1]];
  if (low === high) return [];
  let left = 0;
  return Array.from({ length: points }, (_, g) => {
    const at = low + ((high - low) * g) / (points - 1);
    // The window of the nearest images moves to the right with the place.
    while (left + near < images && x[left + near] - at < at - x[left]) left++;
    return { probability: at, ...localLine(x, y, left, left + near, at, clusters) };
  });
}

function localLine(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  at: number,
  clusters: { readonly of: Int32Array; readonly level: number } | undefined,
): Pick<CalibrationPoint, 'observed' | 'interval'> {
  const radius = Math.max(at - x[from], x[to - 1] - at);
  let [sum, sx, sy] = [0, 0, 0];
  const weights = new Float64Array(to - from);
  for (let i = from; i < to; i++) {
    const distance = radius > 0 ? Math.abs(x[i] - at) / radius : 0;
    const weight = distance < 1 ? (1 - distance ** 3) ** 3 : 0;
    weights[i - from] = weight;
    sum += weight;
    sx += weight * x[i];
    sy += weight * y[i];
  }
  if (sum === 0) return { observed: Number.NaN };
  const [mx, my] = [sx / sum, sy / sum];
  let [sxx, sxy] = [0, 0];
  for (let i = from; i < to; i++) {
    sxx += weights[i - from] * (x[i] - mx) ** 2;
    sxy += weights[i - from] * (x[i] - mx) * y[i];
  }
  const slope = sxx / sum < 1e-12 ? 0 : sxy / sxx;
  const observed = my + slope * (at - mx);
  if (!clusters) return { observed };
  // What each image adds to the line at this place, times how far it is off the line, summed within clusters.
  const reach = sxx / sum < 1e-12 ? 0 : (at - mx) / sxx;
  const scores = new Map<number, number>();
  for (let i = from; i < to; i++) {
    const weight = weights[i - from];
    if (weight === 0) continue;
    const score = weight * (1 / sum + reach * (x[i] - mx)) * (y[i] - my - slope * (x[i] - mx));
    scores.set(clusters.of[i], (scores.get(clusters.of[i]) ?? 0) + score);
  }
  const count = scores.size;
  if (count < 3) return { observed, interval: null };
  let variance = 0;
  for (const score of scores.values()) variance += score * score;
  const half = tBound(clusters.level, count - 2) * Math.sqrt((variance * count) / (count - 2));
  return { observed, interval: [observed - half, observed + half] };
}
