import { Random } from '../random.js';

/**
 * Chooses images so that classes are as even as they allow: all of the rare ones, and equally many of the others. The same seed
 * chooses the same.
 * @param labels [N], class indices @param most images to choose at most, above 0
 * @returns positions in `labels`, ascending; all where there are no more than `most`
 */
export function evenSample(labels: readonly number[], most: number, seed: number): number[] {
  const random = new Random(seed, 'even-sample');
  const byClass = new Map<number, number[]>();
  for (const i of random.shuffle(labels.map((_, i) => i))) {
    const own = byClass.get(labels[i]) ?? [];
    own.push(i);
    byClass.set(labels[i], own);
  }
  const chosen: number[] = [];
  // From the smallest class on, each takes at most an equal part of what the smaller ones left.
  const classes = [...byClass.values()].sort((a, b) => a.length - b.length);
  for (const [k, own] of classes.entries()) {
    const part = Math.floor((most - chosen.length) / (classes.length - k));
    chosen.push(...own.slice(0, part));
  }
  return chosen.sort((a, b) => a - b);
}
