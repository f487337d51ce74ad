import { expect, test } from 'vitest';
import { auditDataset } from '../../src/data/audit/auditDataset.js';
import { exploreDataset } from '../../src/data/audit/exploreDataset.js';
import type { ImageRecord } from '../../src/data/dataset.js';
import { datasetOf, distinctFiles, randomRecords } from './makeDataset.js';

const records: ImageRecord[] = [
  { imageId: 'a', lesionId: 'L1', label: 5, age: 40, sex: 'male', localization: 'back', dxType: 'histo' },
  { imageId: 'b', lesionId: 'L1', label: 5, age: 40, sex: 'male', localization: 'back', dxType: 'histo' },
  { imageId: 'c', lesionId: 'L2', label: 4, age: 62, sex: 'female', localization: 'ear', dxType: 'histo' },
  { imageId: 'd', lesionId: 'L3', label: 4, age: 0, sex: 'unknown', dxType: 'follow_up' },
  { imageId: 'e', lesionId: 'L4', label: 5, age: null, sex: 'female', localization: 'unknown', dxType: 'histo' },
];

async function explore(list: ImageRecord[], seed = 0, files = distinctFiles(list)) {
  const dataset = datasetOf(list, files);
  return exploreDataset(dataset, { audit: await auditDataset(dataset, { decode: false }), seed });
}

test('counts classes, lesions and values', async () => {
  const found = await explore(records);
  expect([found.images, found.lesions]).toEqual([5, 4]);
  expect(found.classes[4]).toEqual({ dx: 'mel', name: 'Melanoma', images: 2, lesions: 2, share: 0.4, weight: 1.25 });
  expect(found.classes[5]).toMatchObject({ images: 3, lesions: 2, weight: 2.5 / 3 });
  expect(found.classes[0]).toMatchObject({ images: 0, weight: null });
  expect(found.sex.map(({ value, images }) => [value, images])).toEqual([
    ['female', 2],
    ['male', 2],
    ['unknown', 1],
  ]);
  expect(found.localization.map(({ value }) => value)).toEqual(['back', 'ear', 'unknown', 'missing']);
  expect(found.imagesPerLesion).toEqual([
    { images: 1, lesions: 3 },
    { images: 2, lesions: 1 },
  ]);
});

test('bins ages by five years with a normal fit, and by decades against diagnoses', async () => {
  const { age, diagnosisByAge } = await explore(records);
  expect(age?.bins).toHaveLength(13);
  expect(age?.bins[8]).toEqual({ from: 40, to: 45, images: 2 });
  expect(age?.bins[12]).toEqual({ from: 60, to: 65, images: 1 });
  expect([age?.images, age?.missing, age?.median]).toEqual([4, 1, 40]);
  // Of 40, 40, 62, 0: mean 35.5, squared deviations 20.25 twice, 702.25 and 1260.25.
  expect(age?.normal?.mean).toBe(35.5);
  expect(age?.normal?.standardDeviation).toBeCloseTo(Math.sqrt(2003 / 3), 12);
  expect(diagnosisByAge.values).toEqual(['0-9', '10-19', '20-29', '30-39', '40-49', '50-59', '60-69', 'missing']);
  expect(diagnosisByAge.counts[4][5]).toBe(2);
  expect(diagnosisByAge.counts[7][5]).toBe(1);
});

test('crosses diagnoses with other columns so that every image counts once', async () => {
  const found = await explore(records);
  for (const table of [
    found.diagnosisByAge,
    found.diagnosisByLocalization,
    found.diagnosisBySex,
    found.diagnosisByDxType,
  ]) {
    expect(table.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(5);
  }
  expect(found.diagnosisByLocalization.counts[0]).toEqual([0, 0, 0, 0, 0, 2, 0]);
});

test('counts missing and unknown values by column', async () => {
  const { missingValues } = await explore(records);
  expect(missingValues.map(({ column, missing, unknown }) => [column, missing, unknown])).toEqual([
    ['lesion_id', 0, 0],
    ['dx_type', 0, 0],
    ['age', 1, 0],
    ['sex', 0, 1],
    ['localization', 1, 1],
  ]);
});

test('leaves out what a dataset does not have', async () => {
  const bare = await explore(records.map(({ imageId, label }) => ({ imageId, lesionId: imageId, label, age: null })));
  expect(bare.age).toBeNull();
  expect([bare.sex, bare.localization, bare.dxType]).toEqual([[], [], []]);
  expect(bare.diagnosisByAge.values).toEqual([]);
  expect(bare.diagnosisBySex.counts).toEqual([]);
});

test('draws rows and images by seed, of different lesions, none that cannot be shown', async () => {
  const many = randomRecords([40, 0, 3, 40, 40, 40, 40], 6, 1);
  const files = distinctFiles(many);
  const gone = many.filter(({ label }) => label === 0).slice(0, 60);
  for (const { imageId } of gone) files.delete(imageId);
  const once = await explore(many, 4, files);
  expect(once.sampleRows).toHaveLength(10);
  expect(new Set(once.sampleRows.map((row) => row.image_id)).size).toBe(10);
  expect(once.sampleImages.map(({ imageIds }) => imageIds.length > 0)).toEqual([
    true,
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
  const lesionOf = new Map(many.map(({ imageId, lesionId }) => [imageId, lesionId] as const));
  expect(new Set(once.sampleImages[5].imageIds.map((id) => lesionOf.get(id))).size).toBe(5);
  for (const { imageIds } of once.sampleImages) for (const id of imageIds) expect(files.has(id)).toBe(true);
  expect(await explore(many, 4, files)).toEqual(once);
  expect((await explore(many, 5, files)).sampleRows).not.toEqual(once.sampleRows);
});
