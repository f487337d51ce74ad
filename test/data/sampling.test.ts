import { describe, expect, it, test } from 'vitest';
import { planBatches } from '../../src/data/augmentation/batches.js';
import { type SampledSplit, shareOut } from '../../src/data/sampling/sampler.js';
import { type SamplerName, samplerNames, samplers } from '../../src/data/sampling/samplers.js';

/** 70 images of class 0, 25 of class 1, none of class 2, 5 of class 3; every third lesion of class 0 has two images. */
const labels = [...new Array(70).fill(0), ...new Array(25).fill(1), ...new Array(5).fill(3)];
const lesions = labels.map((label, i) => (label === 0 && i % 3 === 1 ? i - 1 : i));
const split: SampledSplit = { labels, lesions };

const draw = (name: SamplerName, epoch: number, seed = 1) => [...samplers[name].drawEpoch(split, seed, epoch)];
const countOf = (rows: readonly number[], of: ArrayLike<number>) => {
  const counts: Record<number, number> = {};
  for (const row of rows) counts[of[row]] = (counts[of[row]] ?? 0) + 1;
  return counts;
};

describe.each(samplerNames)('sampler %s', (name) => {
  it('draws rows of the split, as many as it says, by seed and epoch alone', () => {
    const rows = draw(name, 3);
    expect(rows).toHaveLength(samplers[name].epochSize(split));
    expect(rows.every((row) => Number.isInteger(row) && row >= 0 && row < labels.length)).toBe(true);
    expect(draw(name, 3)).toEqual(rows);
    expect(draw(name, 4)).not.toEqual(rows);
    expect(draw(name, 3, 2)).not.toEqual(rows);
  });

  it('shows every image in the long run, those of a class equally often', () => {
    const epochs = Array.from({ length: 60 }, (_, epoch) => draw(name, epoch)).flat();
    const shown = countOf(
      epochs,
      labels.map((_, i) => i),
    );
    expect(Object.keys(shown)).toHaveLength(labels.length);
    if (name === 'lesion-first') return;
    for (const label of [0, 1, 3]) {
      const times = labels.flatMap((other, i) => (other === label ? [shown[i]] : []));
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
    }
  });

  it('says what it does', () => {
    expect(samplers[name].description).toMatch(/\.$/);
    expect(name === 'all' || name === 'lesion-first' || samplers[name].source !== undefined).toBe(true);
  });
});

test('classes are shown equally often, or by the square root of their counts', () => {
  const balanced = Object.values(countOf(draw('class-balanced', 0), labels)).sort((a, b) => a - b);
  expect(balanced).toEqual([33, 33, 34]);
  const roots = countOf(draw('square-root', 0), labels);
  const sum = Math.sqrt(70) + Math.sqrt(25) + Math.sqrt(5);
  for (const [label, count] of [
    [0, 70],
    [1, 25],
    [3, 5],
  ])
    expect(Math.abs(roots[label] - (100 * Math.sqrt(count)) / sum)).toBeLessThan(1);
});

test('a lesion is shown once an epoch, by another image each time', () => {
  const [first, second] = [draw('lesion-first', 0), draw('lesion-first', 1)];
  for (const rows of [first, second])
    expect(Object.values(countOf(rows, lesions)).every((count) => count === 1)).toBe(true);
  const twins = lesions.flatMap((lesion, i) => (lesion === i ? [] : [[lesion, i]]));
  expect(twins.length).toBeGreaterThan(20);
  for (const [one, other] of twins) {
    expect([...first, ...second].filter((row) => row === one || row === other).sort((a, b) => a - b)).toEqual([
      one,
      other,
    ]);
  }
});

test('a plan goes through the epochs of a sampler, and without one shows every image once as before', () => {
  const plan = planBatches({ count: 100, batchSize: 8, seed: 1, sampling: { ...split, sampler: 'lesion-first' } });
  const size = samplers['lesion-first'].epochSize(split);
  expect(plan.count).toBe(size);
  expect(plan.stepsPerEpoch).toBe(size / 8);
  const rows = Array.from({ length: Math.ceil(size / 8) }, (_, step) => [...plan.batchRows(step).rows]).flat();
  expect(rows.slice(0, size)).toEqual(draw('lesion-first', 0));
  const plain = planBatches({ count: 100, batchSize: 8, seed: 1 });
  const named = planBatches({ count: 100, batchSize: 8, seed: 1, sampling: { ...split, sampler: 'all' } });
  expect([...named.batchRows(20).rows]).toEqual([...plain.batchRows(20).rows]);
  expect(() => planBatches({ count: 99, batchSize: 8, seed: 1, sampling: { ...split, sampler: 'all' } })).toThrow(
    /labels/,
  );
});

test('whole numbers are shared out by largest remainders', () => {
  expect(shareOut([1, 1, 1], 100)).toEqual([34, 33, 33]);
  expect(shareOut([0, 3, 1], 7)).toEqual([0, 5, 2]);
});
