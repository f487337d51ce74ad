import { requireLength } from '../checks.js';
import {
  type MeanIntervalOptions,
  type MeanWithInterval,
  meanWithInterval,
} from '../evaluation/metrics/meanInterval.js';
import type { FaithfulnessCurves, ImageFaithfulness, PlaceOrder } from './faithfulness.js';
import type { RandomisationLevel } from './randomisation.js';

/** What one order of places does to the answer, in the mean over images; probabilities in [0, 1]. */
export interface OrderFaithfulness {
  /** Area under the curve of deletion, [0, 1]: the lower, the better. */
  readonly deletion: MeanWithInterval;
  /** Area under the curve of insertion, [0, 1]: the higher, the better. */
  readonly insertion: MeanWithInterval;
  /** Fall in the probability of the class once the first part of the places is gone. */
  readonly firstFall: MeanWithInterval;
}

/** Whether heat maps find what answers hang on, over images. */
export interface FaithfulnessSummary {
  /** Images in the means. */
  readonly images: number;
  /** Images left out because their map is empty. */
  readonly emptyMaps: number;
  /** Share of the places that `firstFall` takes away. */
  readonly firstShare: number;
  readonly map: OrderFaithfulness;
  readonly random: OrderFaithfulness;
  readonly rings: OrderFaithfulness;
  /** By how much the map is better, image by image: above 0 throughout the interval, and chance is no explanation. */
  readonly betterThan: Readonly<Record<'random' | 'rings', OrderFaithfulness>>;
}

/**
 * Averages deletion and insertion over images, with intervals from a bootstrap clustered by lesion; differences are paired by image.
 * @param images of `measureFaithfulness` @param lesionIds [N]
 * @returns null where all maps are empty
 * @throws LesionlabError kind `usage` where there isn't a lesion for each image
 */
export function summariseFaithfulness(
  images: readonly (ImageFaithfulness | null)[],
  lesionIds: readonly string[],
  options: MeanIntervalOptions = {},
): FaithfulnessSummary | null {
  requireLength('lesionIds', lesionIds, images.length, 'one an image');
  const used = images.flatMap((curves, i) => (curves ? [{ curves, lesion: lesionIds[i] }] : []));
  if (used.length === 0) return null;
  const lesions = used.map(({ lesion }) => lesion);
  const mean = (read: (image: ImageFaithfulness) => number) =>
    meanWithInterval(
      used.map(({ curves }) => read(curves)),
      lesions,
      options,
    );
  const ofOrder = (order: PlaceOrder): OrderFaithfulness => ({
    deletion: mean((image) => area(image[order].deletion)),
    insertion: mean((image) => area(image[order].insertion)),
    firstFall: mean((image) => firstFall(image[order])),
  });
  const better = (order: 'random' | 'rings'): OrderFaithfulness => ({
    deletion: mean((image) => area(image[order].deletion) - area(image.map.deletion)),
    insertion: mean((image) => area(image.map.insertion) - area(image[order].insertion)),
    firstFall: mean((image) => firstFall(image.map) - firstFall(image[order])),
  });
  return {
    images: used.length,
    emptyMaps: images.length - used.length,
    firstShare: 1 / (used[0].curves.map.deletion.length - 1),
    map: ofOrder('map'),
    random: ofOrder('random'),
    rings: ofOrder('rings'),
    betterThan: { random: better('random'), rings: better('rings') },
  };
}

/** Area under a curve from 0 to 1, by the trapezoidal rule. */
function area(curve: readonly number[]): number {
  let sum = 0;
  for (let step = 1; step < curve.length; step++) sum += (curve[step - 1] + curve[step]) / 2;
  return sum / (curve.length - 1);
}

const firstFall = ({ deletion }: FaithfulnessCurves) => deletion[0] - deletion[1];

/** What the numbers say, in plain words: one sentence a line. */
export function describeFaithfulness(summary: FaithfulnessSummary): string[] {
  const { map, random, rings, betterThan, images, emptyMaps, firstShare } = summary;
  const share = `${Math.round(firstShare * 100)}%`;
  return [
    `Over ${images} images, deleting the hottest ${share} of an image ${describeFall(map.firstFall)}; deleting ${share} by a random map ${describeFall(random.firstFall)}, and the middle ${share} ${describeFall(rings.firstFall)}.`,
    `Over all places, the map is ${compare(betterThan.random, 'a random map')}; it is ${compare(betterThan.rings, 'rings around the middle of the image')}.`,
    ...(emptyMaps > 0
      ? [
          `${emptyMaps === 1 ? 'One image is' : `${emptyMaps} images are`} left out: nothing spoke for the answer there.`,
        ]
      : []),
  ];
}

const points = (value: number) => (Math.abs(value) * 100).toFixed(1);

function describeFall({ mean, interval }: MeanWithInterval): string {
  const fall = mean ?? 0;
  const range = interval ? ` (95% interval ${interval.map((end) => (end * 100).toFixed(1)).join(' to ')})` : '';
  return `${fall < 0 ? 'raises' : 'lowers'} the probability of the answer by ${points(fall)} points${fall < 0 ? '' : range}`;
}

function compare({ deletion, insertion }: OrderFaithfulness, other: string): string {
  const [taken, given] = [deletion, insertion].map(({ interval }) => verdict(interval));
  if (taken === given) return `${taken} ${other}`;
  return `${taken} ${other} when hot places are taken away first, and ${given} it when they are put back first`;
}

function verdict(interval: MeanWithInterval['interval']): string {
  if (!interval) return 'seen in too few lesions to be compared with';
  if (interval[0] > 0) return 'better than';
  return interval[1] < 0 ? 'worse than' : 'not shown to be better than';
}

/**
 * What randomised weights say of a method, in plain words; empty where there is nothing to say.
 * @param what was randomised at most, as a sentence begins with it; default all weights
 */
export function describeRandomisation(levels: readonly RandomisationLevel[], what = 'all weights'): string {
  const all = levels.at(-1);
  if (!all) return '';
  const { mean, interval } = all.correlation;
  if (mean === null) return `With ${what} randomised nothing spoke for any answer: the maps hang on what was learned.`;
  const range = interval ? ` (95% interval ${interval.map((end) => end.toFixed(2)).join(' to ')})` : '';
  const found = `With ${what} randomised, the map of an image has a rank correlation of ${mean.toFixed(2)}${range} with the trained network's: `;
  if (Math.abs(mean) < 0.2) return `${found}the maps hang on what was learned.`;
  return mean < 0.5
    ? `${found}part of a map comes from the image and the architecture, not from what was learned.`
    : `${found}much of a map comes from the image and the architecture, not from what was learned.`;
}
