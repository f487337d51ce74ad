import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countClasses } from '../../src/data/classWeights.js';
import { limitDataset } from '../../src/data/groups/limitDataset.js';
import { splitDataset } from '../../src/data/groups/split.js';
import { datasetOf, randomRecords } from './makeDataset.js';

const lesionsByClass = [40, 60, 130, 12, 110, 900, 7];
const whole = datasetOf(randomRecords(lesionsByClass, 6, 5));

test('keeps whole lesions, at least ten of each class, and about as many images as asked for', () => {
  const sizes = new Map<string, number>();
  for (const { lesionId } of whole.records) sizes.set(lesionId, (sizes.get(lesionId) ?? 0) + 1);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: whole.records.length + 10 }), fc.integer(), (images, seed) => {
      const { records } = limitDataset(whole, images, seed);
      const kept = new Map<string, number>();
      for (const { lesionId } of records) kept.set(lesionId, (kept.get(lesionId) ?? 0) + 1);
      for (const [lesionId, n] of kept) expect(n).toBe(sizes.get(lesionId));
      for (const [label, lesions] of lesionsByClass.entries()) {
        const own = new Set(records.filter((record) => record.label === label).map(({ lesionId }) => lesionId));
        expect(own.size).toBeGreaterThanOrEqual(Math.min(10, lesions));
      }
      expect(records).toEqual(whole.records.filter((record) => records.includes(record)));
      // Above the least of every class: never more than asked for, and short by less than one lesion (of six) a class.
      const wanted = Math.min(images, whole.records.length);
      if (images >= 300) expect(records.length).toBeLessThanOrEqual(wanted);
      expect(records.length).toBeGreaterThanOrEqual(wanted - 7 * 5);
    }),
    { numRuns: 40 },
  );
});

test('keeps the shares of large classes, and can be split', () => {
  const { records, info } = limitDataset(whole, 600, 0);
  const [all, some] = [whole.records, records].map((list) => countClasses(list, 7));
  // The least of the rare classes takes a little from the others, in proportion.
  expect(some[5] / some[2]).toBeCloseTo(all[5] / all[2], 0);
  expect(splitDataset(records, info.classes, { seed: 0 })).toHaveLength(records.length);
});

test('is deterministic, varies with the seed, and lists only its own files', () => {
  const once = limitDataset(whole, 300, 1);
  expect(limitDataset(whole, 300, 1).records).toEqual(once.records);
  expect(limitDataset(whole, 300, 2).records).not.toEqual(once.records);
  expect(once.images.imageIds).toEqual(once.records.map(({ imageId }) => imageId));
  expect(limitDataset(whole, 1e6, 0)).toBe(whole);
});

test('refuses what is no number of images', () => {
  for (const images of [0, -5, 1.5, Number.NaN]) expect(() => limitDataset(whole, images, 0)).toThrow(/whole number/);
});
