import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClassInfo, ImageRecord, SplitName } from '../../../src/data/dataset.js';
import { splitNames } from '../../../src/data/dataset.js';
import { ham10000Classes } from '../../../src/data/formats/ham10000.js';
import { kFolds, splitDataset } from '../../../src/data/groups/split.js';
import { Random } from '../../../src/random.js';
import { thrown } from '../../thrown.js';
import { randomRecords } from '../makeDataset.js';

const classesOf = (count: number): ClassInfo[] =>
  Array.from({ length: count }, (_, i) => ({ id: `c${i}`, name: `Class ${i}` }));

/** Datasets of 2 to 8 classes, imbalanced, with lesions of 1 to 6 images of which most have one. */
const datasets = fc
  .record({
    lesionsByClass: fc.array(fc.integer({ min: 12, max: 400 }), { minLength: 2, maxLength: 8 }),
    most: fc.integer({ min: 1, max: 6 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ lesionsByClass, most, seed }) => ({
    records: randomRecords(lesionsByClass, most, seed),
    classes: classesOf(lesionsByClass.length),
    seed,
  }));

const sidesOf = <T>(records: readonly ImageRecord[], parts: readonly T[], key: (record: ImageRecord) => string) => {
  const sides = new Map<string, Set<T>>();
  for (const [i, record] of records.entries()) {
    sides.set(key(record), (sides.get(key(record)) ?? new Set()).add(parts[i]));
  }
  return sides;
};

const count = (records: readonly ImageRecord[], splits: readonly unknown[], split: unknown, label?: number) =>
  records.filter((record, i) => splits[i] === split && (label === undefined || record.label === label)).length;

describe('splitDataset', () => {
  test('keeps lesions whole, and every split and class near its share', () => {
    fc.assert(
      fc.property(
        datasets,
        fc.constantFrom([0.64, 0.16, 0.2], [70, 15, 15], [1, 1, 1]),
        ({ records, classes, seed }, shares) => {
          const ratios = shares as [number, number, number];
          const splits = splitDataset(records, classes, { ratios, seed });
          expect([...sidesOf(records, splits, (r) => r.lesionId).values()].every((sides) => sides.size === 1)).toBe(
            true,
          );
          const total = ratios[0] + ratios[1] + ratios[2];
          for (const [s, split] of splitNames.entries()) {
            const share = ratios[s] / total;
            const off = Math.abs(count(records, splits, split) - share * records.length);
            // 1 percentage point; in sets under 200 images, where that is less than two images, two images.
            expect(off).toBeLessThanOrEqual(Math.max(0.01 * records.length, 2));
            for (const label of classes.keys()) {
              const ofClass = records.filter((record) => record.label === label).length;
              const classOff = Math.abs(count(records, splits, split, label) - share * ofClass);
              expect(classOff).toBeLessThanOrEqual(Math.max(0.02 * ofClass, 3));
              expect(count(records, splits, split, label)).toBeGreaterThan(0);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is the same for the same seed, another for another', () => {
    fc.assert(
      fc.property(datasets, ({ records, classes, seed }) => {
        const once = splitDataset(records, classes, { seed });
        expect(splitDataset(records, classes, { seed })).toEqual(once);
        expect(splitDataset(records, classes, { seed: seed + 1 })).not.toEqual(once);
      }),
      { numRuns: 10 },
    );
  });

  test('keeps linked images and lesions with two diagnoses on one side', () => {
    fc.assert(
      fc.property(datasets, fc.integer({ min: 1, max: 20 }), ({ records, classes, seed }, links) => {
        // Every 7th record carries the next class, and images far apart are said to be the same file.
        const doubtful = records.map((record, i) =>
          i % 7 === 0 ? { ...record, label: (record.label + 1) % classes.length } : record,
        );
        const linked = Array.from({ length: Math.min(links, records.length >> 1) }, (_, i) => ({
          kind: 'identical' as const,
          imageIds: [records[i].imageId, records[records.length - 1 - i].imageId, 'not-there'],
        }));
        const splits = splitDataset(doubtful, classes, { seed, links: linked });
        expect([...sidesOf(doubtful, splits, (r) => r.lesionId).values()].every((sides) => sides.size === 1)).toBe(
          true,
        );
        const splitOf = new Map(doubtful.map(({ imageId }, i) => [imageId, splits[i]] as const));
        for (const {
          imageIds: [a, b],
        } of linked)
          expect(splitOf.get(a)).toBe(splitOf.get(b));
      }),
      { numRuns: 20 },
    );
  });

  test('keeps the lesions of a patient on one side, and spreads the rare class over the sides all the same', () => {
    // 300 patients of 2 to 12 nevi, of whom 60 have one melanoma each: as ISIC 2020 is made.
    const random = new Random(5, 'patients');
    const records = Array.from({ length: 300 }, (_, p) => {
      const nevi = 2 + Math.floor(11 * random.next());
      return Array.from({ length: nevi + (p % 5 === 0 ? 1 : 0) }, (_, i): ImageRecord => {
        const lesionId = `L${p}-${i}`;
        return { imageId: `I${p}-${i}`, lesionId, label: i === nevi ? 1 : 0, age: null, patientId: `P${p}` };
      });
    }).flat();
    const splits = splitDataset(records, classesOf(2), { seed: 3 });
    expect([...sidesOf(records, splits, (r) => r.patientId!).values()].every((sides) => sides.size === 1)).toBe(true);
    for (const [split, share] of [
      ['train', 0.64],
      ['validation', 0.16],
      ['test', 0.2],
    ] as const) {
      expect(Math.abs(count(records, splits, split, 1) - 60 * share)).toBeLessThanOrEqual(1);
      expect(Math.abs(count(records, splits, split) / records.length - share)).toBeLessThan(0.01);
    }
  });

  test('says that patients are too few, where these are known', () => {
    const records = randomRecords([30, 4], 1, 0).map((record) => ({
      ...record,
      patientId: record.label === 1 ? 'one' : record.lesionId,
    }));
    expect(thrown(() => splitDataset(records, classesOf(2), { seed: 0 })).message).toContain('class c1 has 1 patient,');
  });

  test('spreads lesions with many images as it spreads those with one', () => {
    const records = randomRecords([900, 300], 6, 3);
    const splits = splitDataset(records, classesOf(2), { seed: 1 });
    const imagesPerLesion = (split: SplitName) => {
      const own = records.filter((_, i) => splits[i] === split);
      return own.length / new Set(own.map(({ lesionId }) => lesionId)).size;
    };
    const all = records.length / new Set(records.map(({ lesionId }) => lesionId)).size;
    for (const split of splitNames) expect(Math.abs(imagesPerLesion(split) / all - 1)).toBeLessThan(0.05);
  });

  test('gives three lesions of a class one side each, and refuses two', () => {
    const three = randomRecords([30, 3], 1, 0);
    const splits = splitDataset(three, classesOf(2), { seed: 0 });
    for (const split of splitNames) expect(count(three, splits, split, 1)).toBe(1);

    const two = randomRecords([30, 0, 0, 2, 0, 30, 0], 1, 0);
    const error = thrown(() => splitDataset(two, ham10000Classes, { seed: 0 }));
    expect(error).toMatchObject({ kind: 'data', exitStatus: 3, code: 'too-few-lesions' });
    expect(error.message).toContain('class df has 2 lesions');
  });

  test('refuses ratios that are no shares', () => {
    const records = randomRecords([30, 30], 1, 0);
    for (const ratios of [
      [0.5, 0.5, 0],
      [1, -1, 1],
      [Number.NaN, 1, 1],
    ] as [number, number, number][]) {
      expect(thrown(() => splitDataset(records, classesOf(2), { ratios, seed: 0 }))).toMatchObject({ kind: 'usage' });
    }
  });
});

describe('kFolds', () => {
  test('uses every image once, keeps lesions whole, and makes folds alike', () => {
    fc.assert(
      fc.property(datasets, fc.integer({ min: 2, max: 6 }), ({ records, classes, seed }, k) => {
        const folds = kFolds(records, classes, k, { seed });
        expect(folds.every((fold) => Number.isInteger(fold) && fold >= 0 && fold < k)).toBe(true);
        expect([...sidesOf(records, folds, (r) => r.lesionId).values()].every((sides) => sides.size === 1)).toBe(true);
        for (let fold = 0; fold < k; fold++) {
          const off = Math.abs(count(records, folds, fold) - records.length / k);
          expect(off).toBeLessThanOrEqual(Math.max(0.01 * records.length, 2));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('refuses one fold and more folds than lesions', () => {
    const records = randomRecords([30, 4], 1, 0);
    expect(thrown(() => kFolds(records, classesOf(2), 1, { seed: 0 }))).toMatchObject({ kind: 'usage' });
    expect(thrown(() => kFolds(records, classesOf(2), 5, { seed: 0 }))).toMatchObject({ kind: 'data' });
  });
});
