import { describe, expect, it } from 'vitest';
import {
  averageFaithfulness,
  describeFaithfulness,
  type ImageFaithfulness,
  measureFaithfulness,
  occludeImages,
  placeOrders,
  scaleHeatMap,
  summariseFaithfulness,
} from '../../src/explain/index.js';
import { cornerClassifier } from './cornerClassifier.js';

const side = 16;
const count = 6;
/** Brighter from image to image. */
const images = Float32Array.from(
  { length: count * 3 * side ** 2 },
  (_, i) => 0.5 + 0.1 * Math.floor(i / (3 * side ** 2)),
);
const classes = Array(count).fill(1);
const lesionIds = Array.from({ length: count }, (_, i) => `lesion ${Math.floor(i / 2)}`);
const classifier = cornerClassifier(side, 4);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Heat in the upper left corner alone. */
const corner = scaleHeatMap([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4, 4);
/** Insertion begins with 0: these images have no structure that a blur could take from them. */
const measure = (map: typeof corner, more = {}) =>
  measureFaithfulness(classifier, images, classes, Array(count).fill(map), {
    imageSize: side,
    insertedInto: 'mean',
    ...more,
  });

describe('measureFaithfulness', () => {
  it('follows the answer while places go and come, in an order that can be worked out by hand', async () => {
    // A map as fine as the image, with one pixel of the corner hotter than the next: the 16 places of the corner go one by one.
    const fine = scaleHeatMap(
      Array.from({ length: 256 }, (_, p) => {
        const [x, y] = [p % side, Math.floor(p / side)];
        return x < 4 && y < 4 ? 100 - y * 4 - x : 0;
      }),
      side,
      side,
    );
    const found = await measure(fine, { steps: 64 });
    found.forEach((image, i) => {
      const bright = 0.5 + 0.1 * i;
      image!.map.deletion.forEach((probability, step) => {
        // Four places a step; 0 is what takes their place.
        expect(probability).toBeCloseTo(sigmoid(4 * bright * (1 - Math.min(step, 4) / 4)), 5);
      });
      image!.map.insertion.forEach((probability, step) => {
        expect(probability).toBeCloseTo(sigmoid((4 * bright * Math.min(step, 4)) / 4), 5);
      });
      for (const order of placeOrders) {
        expect(image![order].deletion[0]).toBeCloseTo(sigmoid(4 * bright), 5);
        expect(image![order].deletion.at(-1)).toBeCloseTo(0.5, 5);
        expect(image![order].insertion.at(-1)).toBeCloseTo(sigmoid(4 * bright), 5);
      }
      // From the middle outwards the corner is the last to go.
      expect(image!.rings.deletion[16]).toBeCloseTo(sigmoid(4 * bright), 5);
    });
  });

  it('finds a map that knows the corner better than a random one and than rings, and another one worse', async () => {
    const summary = summariseFaithfulness(await measure(corner), lesionIds)!;
    expect(summary).toMatchObject({ images: count, emptyMaps: 0, firstShare: 0.1 });
    for (const order of ['random', 'rings'] as const)
      for (const what of ['deletion', 'insertion'] as const) {
        expect(summary.betterThan[order][what].mean).toBeGreaterThan(0.02);
        expect(summary.betterThan[order][what].interval![0]).toBeGreaterThan(0);
        const [mine, other] = [summary.map[what].mean!, summary[order][what].mean!];
        expect(summary.betterThan[order][what].mean).toBeCloseTo(what === 'deletion' ? other - mine : mine - other, 10);
      }
    const [fall, verdict] = describeFaithfulness(summary);
    expect(fall).toMatch(
      /^Over 6 images, deleting the hottest 10% of an image lowers the probability of the answer by \d/,
    );
    expect(verdict).toMatch(
      /the map is better than a random map; it is better than rings around the middle of the image\.$/,
    );

    // All heat opposite to the corner.
    const opposite = { ...corner, values: corner.values.toReversed() };
    const wrong = summariseFaithfulness(await measure(opposite), lesionIds)!;
    expect(wrong.betterThan.random.deletion.interval![1]).toBeLessThan(0);
    expect(describeFaithfulness(wrong)[1]).toMatch(/the map is worse than a random map/);
  });

  it('judges what occlusion finds to be good', async () => {
    const maps = await occludeImages(classifier, images, classes, { imageSize: side, cells: 8, patch: 1 });
    const curves = await measureFaithfulness(classifier, images, classes, maps, {
      imageSize: side,
      insertedInto: 'mean',
    });
    const { betterThan } = summariseFaithfulness(curves, lesionIds)!;
    expect(betterThan.random.deletion.interval![0]).toBeGreaterThan(0);
    expect(betterThan.rings.insertion.interval![0]).toBeGreaterThan(0);
  });

  it('draws the same for the same seed, and leaves empty maps out', async () => {
    expect(await measure(corner, { seed: 3 })).toEqual(await measure(corner, { seed: 3 }));
    expect(await measure(corner, { seed: 4 })).not.toEqual(await measure(corner, { seed: 3 }));
    const empty = scaleHeatMap(Array(16).fill(-1), 4, 4);
    const some = await measureFaithfulness(classifier, images, classes, [empty, ...Array(count - 1).fill(corner)], {
      imageSize: side,
    });
    expect(some[0]).toBeNull();
    const summary = summariseFaithfulness(some, lesionIds)!;
    expect(summary).toMatchObject({ images: count - 1, emptyMaps: 1 });
    expect(describeFaithfulness(summary)[2]).toContain('One image is left out');
    expect(summariseFaithfulness(await measure(empty), lesionIds)).toBeNull();
  });

  it('says so where there is one lesion only', async () => {
    const summary = summariseFaithfulness(await measure(corner), Array(count).fill('the same'))!;
    expect(summary.map.deletion.interval).toBeNull();
    expect(describeFaithfulness(summary)[1]).toContain('seen in too few lesions to be compared with a random map');
  });

  it('refuses what does not fit', async () => {
    const ask = (maps: (typeof corner)[], options: object) =>
      measureFaithfulness(classifier, images, classes, maps, { imageSize: side, ...options });
    await expect(ask([corner], {})).rejects.toMatchObject({ kind: 'usage', message: expect.stringContaining('maps') });
    await expect(ask(Array(count).fill(corner), { steps: 0 })).rejects.toMatchObject({ kind: 'usage' });
    await expect(ask(Array(count).fill(corner), { imageSize: 8 })).rejects.toMatchObject({ kind: 'usage' });
    await expect(ask(Array(count).fill(corner), { deletedTo: 'grey' })).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('averageFaithfulness', () => {
  const curves = (value: number): ImageFaithfulness => {
    const own = { deletion: [value, 0], insertion: [0, value] };
    return { map: own, random: own, rings: own };
  };

  it('weighs networks as an ensemble does', () => {
    const found = averageFaithfulness(
      [
        [curves(1), null],
        [curves(0.2), curves(1)],
      ],
      [0.75, 0.25],
    );
    expect(found[0]!.map.deletion[0]).toBeCloseTo(0.8, 10);
    expect(found[0]!.rings.insertion).toEqual([0, found[0]!.map.deletion[0]]);
    expect(found[1]).toBeNull();
  });
});
