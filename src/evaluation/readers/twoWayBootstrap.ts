import { requireInteger, requireNumber } from '../../checks.js';
import { Random } from '../../random.js';
import { auroc, rankScores } from '../../training/auroc.js';
import { type Interval, percentileInterval } from '../metrics/intervals.js';
import type { FigureOfMerit, ReaderCell, ReaderStudy } from './readerStudy.js';

/** What a mean over readers is resampled of. */
export interface TwoWayBootstrapOptions {
  readonly seed?: number;
  /** From 1. Default 2,000. */
  readonly resamples?: number;
  /** Share of the resamples inside the interval, (0, 1). Default 0.95. */
  readonly level?: number;
}

/**
 * Percentile intervals of differences between two sets of cells, readers and lesions both drawn with replacement (Owen's pigeonhole bootstrap, 2007). A
 * sensitivity analysis: with few readers the spread of a resample of them is too small by (r - 1) / r, which no number of resamples mends.
 * @param pairs for each reader the two cells whose figures are compared, first less second
 * @returns null where fewer than half of the resamples have a figure
 */
export function twoWayBootstrap(
  { truths, clusterOf }: Pick<ReaderStudy, 'truths' | 'clusterOf'>,
  pairs: readonly (readonly [first: Cell, second: Cell])[],
  figure: FigureOfMerit,
  { seed = 0, resamples = 2000, level = 0.95 }: TwoWayBootstrapOptions = {},
): Interval {
  requireInteger('resamples', resamples, { min: 1 });
  requireNumber('level', level, { above: 0, below: 1 });
  const random = new Random(seed, 'readers and cases');
  let clusters = 0;
  for (let i = 0; i < clusterOf.length; i++) clusters = Math.max(clusters, clusterOf[i] + 1);
  const prepared = pairs.map((pair) => pair.map((cell) => prepare(cell, truths, clusterOf, figure)));
  const values = Float64Array.from({ length: resamples }, () => {
    const drawn = new Float64Array(clusters);
    for (let draw = 0; draw < clusters; draw++) drawn[random.integer(clusters)] += 1;
    let sum = 0;
    for (let draw = 0; draw < pairs.length; draw++) {
      const [first, second] = prepared[random.integer(pairs.length)];
      sum += first(drawn) - second(drawn);
    }
    return sum / pairs.length;
  });
  return percentileInterval(values, level);
}

type Cell = Pick<ReaderCell, 'images' | 'answers' | 'scores'>;

/** A figure of merit as a function of how often each lesion was drawn. */
function prepare(
  { images, answers, scores }: Cell,
  truths: ArrayLike<number>,
  clusterOf: ArrayLike<number>,
  figure: FigureOfMerit,
): (drawn: Float64Array) => number {
  const said = (figure === 'auroc' ? scores : answers) ?? [];
  const given = Array.from(said, (_, i) => i).filter((i) => !Number.isNaN(said[i]));
  const labels = Int32Array.from(given, (i) => truths[images[i]]);
  const clusters = Int32Array.from(given, (i) => clusterOf[images[i]]);
  const values = Float64Array.from(given, (i) => said[i]);
  if (figure === 'auroc') {
    const ranking = rankScores(values);
    return (drawn) =>
      auroc(
        ranking,
        labels,
        1,
        Float64Array.from(clusters, (cluster) => drawn[cluster]),
      );
  }
  const side = figure === 'sensitivity' ? 1 : 0;
  return (drawn) => {
    let [right, all] = [0, 0];
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== side) continue;
      all += drawn[clusters[i]];
      if (values[i] === side) right += drawn[clusters[i]];
    }
    return right / all;
  };
}
