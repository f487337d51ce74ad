import { Random } from '../../random.js';

/** The images of a training split, as far as drawing them goes. */
export interface SampledSplit {
  /** [N], class index of each image. */
  readonly labels: ArrayLike<number>;
  /** [N], number of the lesion of each image, alike for images of one lesion; undefined where each image is its own. */
  readonly lesions?: ArrayLike<number>;
}

/** Which images an epoch shows, and how often each. */
export interface Sampler {
  readonly title: string;
  /** What it does, in plain words. */
  readonly description: string;
  /** Where it is from; undefined for what everybody does. */
  readonly source?: string;
  /** Images in an epoch. */
  epochSize(split: SampledSplit): number;
  /**
   * Positions in the split, in the order in which an epoch shows them: a function of seed and epoch alone.
   * @returns [epochSize]
   */
  drawEpoch(split: SampledSplit, seed: number, epoch: number): Int32Array;
}

/** Positions of the images of each class, [K][...]; classes without images are left out by those who draw. */
export function imagesByClass({ labels }: SampledSplit): number[][] {
  const groups: number[][] = [];
  for (let i = 0; i < labels.length; i++) {
    while (groups.length <= labels[i]) groups.push([]);
    groups[labels[i]].push(i);
  }
  return groups;
}

/**
 * An epoch of as many images as the split has, of which each class gets a share: within a class, images take turns, each round in a fresh order, so that over some epochs
 * all of them are seen equally often.
 * @param weightOf a class's share before all are scaled to 1, by its number of images
 */
export function drawByClass(
  split: SampledSplit,
  weightOf: (images: number) => number,
  seed: number,
  epoch: number,
): Int32Array {
  const groups = imagesByClass(split);
  const quotas = shareOut(
    groups.map(({ length }) => (length === 0 ? 0 : weightOf(length))),
    split.labels.length,
  );
  const order = new Int32Array(split.labels.length);
  let filled = 0;
  for (const [k, images] of groups.entries()) {
    let round = -1;
    let shuffled: number[] = [];
    for (let i = 0; i < quotas[k]; i++) {
      const position = epoch * quotas[k] + i;
      const place = position % images.length;
      if (round !== (position - place) / images.length) {
        round = (position - place) / images.length;
        shuffled = new Random(seed, 'class-order', k, round).shuffle([...images]);
      }
      order[filled++] = shuffled[place];
    }
  }
  return new Random(seed, 'order', epoch).shuffle(order);
}

/** Whole numbers in proportion to weights that add up to a total, by largest remainders. */
export function shareOut(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const exact = weights.map((weight) => (total * weight) / sum);
  const whole = exact.map(Math.floor);
  const left = total - whole.reduce((all, count) => all + count, 0);
  const byRemainder = exact
    .map((value, k) => [value - whole[k], k] as const)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (const [, k] of byRemainder.slice(0, left)) whole[k]++;
  return whole;
}
