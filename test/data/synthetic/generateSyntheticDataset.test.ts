import { describe, expect, it } from 'vitest';
import { generateSyntheticDataset, syntheticClassIds } from '../../../src/data/synthetic/index.js';

const lesionsPerClass = (rows: readonly { dx: string; lesionId: string }[]) => {
  const lesions: Record<string, Set<string>> = {};
  for (const { dx, lesionId } of rows) {
    lesions[dx] ??= new Set();
    lesions[dx].add(lesionId);
  }
  return Object.fromEntries(Object.entries(lesions).map(([dx, ids]) => [dx, ids.size]));
};

describe('the plan of a synthetic dataset', () => {
  it.each([7, 30, 100, 600, 2000])('has exactly %i images, each class, one class a lesion, unique ids', (images) => {
    const { rows } = generateSyntheticDataset({ images });
    expect(rows).toHaveLength(images);
    expect(new Set(rows.map(({ imageId }) => imageId)).size).toBe(images);
    expect(new Set(rows.map(({ dx }) => dx))).toEqual(new Set(syntheticClassIds));
    const classes = new Map<string, string>();
    for (const { lesionId, dx } of rows)
      expect(classes.get(lesionId) ?? dx).toBe(classes.set(lesionId, dx).get(lesionId));
  });

  it('is as lopsided as HAM10000, with a dozen lesions of the rarest class', () => {
    const { rows } = generateSyntheticDataset({ images: 600 });
    const lesions = lesionsPerClass(rows);
    expect(Math.min(...Object.values(lesions))).toBeGreaterThanOrEqual(12);
    expect(rows.filter(({ dx }) => dx === 'nv').length / 600).toBeGreaterThan(0.6);
    const total = Object.values(lesions).reduce((sum, count) => sum + count, 0);
    // HAM10000: 10,015 images of 7,470 lesions.
    expect(600 / total).toBeGreaterThan(1.2);
    expect(600 / total).toBeLessThan(1.5);
    const large = generateSyntheticDataset({ images: 10_015 }).rows.filter(({ dx }) => dx === 'mel').length;
    expect(large).toBeGreaterThan(1100);
    expect(large).toBeLessThan(1126);
  });

  it('has the metadata of one patient on all images of a lesion, and missing values', () => {
    const { rows } = generateSyntheticDataset({ images: 3000 });
    const patients = new Map<string, string>();
    for (const { lesionId, age, sex, localization, dxType } of rows) {
      const patient = JSON.stringify([age, sex, localization, dxType]);
      expect(patients.get(lesionId) ?? patient).toBe(patient);
      patients.set(lesionId, patient);
      if (age !== null) expect(age % 5 === 0 && age >= 5 && age <= 85).toBe(true);
    }
    expect(rows.some(({ age }) => age === null)).toBe(true);
    for (const field of ['sex', 'localization'] as const)
      expect(rows.some((row) => row[field] === 'unknown')).toBe(true);
    // As in HAM10000, every melanoma was cut out: the leak that dx_type is.
    expect(new Set(rows.filter(({ dx }) => dx === 'mel').map(({ dxType }) => dxType))).toEqual(new Set(['histo']));
  });

  it('does not tell the class by the order of ids', () => {
    const { rows } = generateSyntheticDataset({ images: 1000 });
    const sorted = [...rows].sort((a, b) => (a.imageId < b.imageId ? -1 : 1));
    const melanomas = (part: typeof rows) => part.filter(({ dx }) => dx === 'mel').length;
    const [first, second] = [melanomas(sorted.slice(0, 500)), melanomas(sorted.slice(500))];
    expect(Math.abs(first - second)).toBeLessThan(40);
  });

  it('follows from the seed alone', () => {
    const plan = (seed: number) => generateSyntheticDataset({ images: 200, seed }).rows;
    expect(plan(3)).toEqual(plan(3));
    expect(plan(3)).not.toEqual(plan(4));
  });

  it('takes some of the classes', () => {
    const { rows } = generateSyntheticDataset({ images: 50, classes: ['mel', 'nv'] });
    expect(new Set(rows.map(({ dx }) => dx))).toEqual(new Set(['mel', 'nv']));
  });

  it.each([
    [{ images: 6 }, 'too-few-images'],
    [{ images: 12.5 }, 'too-few-images'],
    [{ images: 50, classes: ['mel', 'scc'] }, 'unknown-class'],
    [{ images: 50, size: [200, 0] as const }, 'bad-size'],
  ])('refuses %j', (options, code) => {
    expect(() => generateSyntheticDataset(options)).toThrow(expect.objectContaining({ code, exitStatus: 2 }));
  });
});

describe('synthetic pictures', () => {
  const size = [80, 60] as const;
  const dataset = generateSyntheticDataset({ images: 120, size });
  const meanInside = (index: number) => {
    const { image, mask } = dataset.draw(index);
    const sums = [0, 0, 0];
    let count = 0;
    for (let i = 0; i < mask.data.length; i++) {
      if (mask.data[i] === 0) continue;
      for (let c = 0; c < 3; c++) sums[c] += image.data[i * 3 + c];
      count++;
    }
    return { colour: sums.map((sum) => sum / count), share: count / mask.data.length };
  };

  it('are the same in any order of drawing', () => {
    const again = generateSyntheticDataset({ images: 120, size });
    const late = again.draw(17);
    again.draw(3);
    expect(again.draw(17)).toEqual(late);
    expect(dataset.draw(17)).toEqual(late);
    expect(generateSyntheticDataset({ images: 120, size, seed: 1 }).draw(17).image.data).not.toEqual(late.image.data);
  });

  it('differ within a lesion, in view and light', () => {
    const index = dataset.rows.findIndex(({ lesionId }, i) => dataset.rows[i + 1]?.lesionId === lesionId);
    expect(dataset.draw(index).image.data).not.toEqual(dataset.draw(index + 1).image.data);
  });

  it('hold a lesion of some size that is darker than the skin, and a mask of it', () => {
    for (let index = 0; index < dataset.rows.length; index += 4) {
      const { image, mask } = dataset.draw(index);
      expect([image.width, image.height, image.channels, image.data.length]).toEqual([80, 60, 3, 80 * 60 * 3]);
      expect([mask.channels, mask.data.length]).toEqual([1, 80 * 60]);
      const { share } = meanInside(index);
      expect(share).toBeGreaterThan(0.03);
      expect(share).toBeLessThan(0.75);
    }
  });

  it('have colours of their classes: vascular lesions redder than naevi, melanomas darker than keratoses of sun', () => {
    const mean = (dx: string, value: (colour: number[]) => number) => {
      const values = dataset.rows.flatMap((row, i) => (row.dx === dx ? [value(meanInside(i).colour)] : []));
      return values.reduce((sum, x) => sum + x, 0) / values.length;
    };
    expect(mean('vasc', ([r, g]) => r / g)).toBeGreaterThan(mean('nv', ([r, g]) => r / g) + 0.2);
    const lightness = ([r, g, b]: number[]) => (r + g + b) / 3;
    expect(mean('mel', lightness)).toBeLessThan(mean('akiec', lightness) - 15);
  });
});
