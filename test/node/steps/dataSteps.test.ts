import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { exploreStep } from '../../../src/node/steps/explore.js';
import { splitStep } from '../../../src/node/steps/split.js';
import { silentProgress } from '../../../src/progress.js';
import { makeFolder, metadata, removeFolders, smallImage } from '../datasetFolder.js';

const context = { progress: silentProgress, signal: new AbortController().signal, seed: 0, threads: 2 };
let dataset: Dataset;

beforeAll(async () => {
  // 12 moles and 12 melanomas; images 1 and 24 are the same file under two lesions.
  const diagnoses = Array.from({ length: 24 }, (_, i) => (i < 12 ? 'nv' : 'mel'));
  const images = await Promise.all(diagnoses.map((_, i) => smallImage(i === 23 ? 0 : i)));
  const files = Object.fromEntries(images.map((bytes, i) => [`ISIC_${i + 1}.jpg`, bytes]));
  dataset = await openDataset(makeFolder({ 'HAM10000_metadata.csv': metadata(...diagnoses), ...files }));
});
afterAll(async () => {
  await dataset.images.close();
  removeFolders();
});

test('splitStep writes splits.csv and a summary that holds for it', async () => {
  const folder = makeFolder();
  const { splits, summary, files } = await splitStep(context, dataset, folder, { folds: 3 });
  const text = readFileSync(join(folder, 'splits.csv'), 'utf8');
  expect(parseSplitsCsv(text).map(({ split }) => split)).toEqual(splits);
  expect(JSON.parse(readFileSync(join(folder, 'splits.json'), 'utf8'))).toEqual(summary);
  expect(summary.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  expect(summary.leakage).toEqual({ lesions: 0, images: 0 });
  expect(summary.linked).toEqual([['ISIC_1', 'ISIC_24']]);
  expect(splits[0]).toBe(splits[23]);
  expect(readFileSync(join(folder, 'folds.csv'), 'utf8')).toMatch(
    /^image_id,lesion_id,dx,fold\nISIC_1,HAM_1,nv,[012]\n/,
  );
  expect(files.every((file) => existsSync(file))).toBe(true);
  const again = await splitStep(context, dataset, makeFolder());
  expect(again.summary.sha256).toBe(summary.sha256);
});

test('splitStep leaves nothing behind where it cannot split', async () => {
  const folder = makeFolder();
  const few = { ...dataset, records: dataset.records.slice(0, 14) };
  await expect(splitStep(context, few, folder)).rejects.toMatchObject({ code: 'too-few-lesions', exitStatus: 3 });
  expect(existsSync(join(folder, 'splits.csv'))).toBe(false);
});

test('exploreStep writes the numbers, the page and the charts', async () => {
  const folder = makeFolder();
  const { exploration, audit, files } = await exploreStep(context, dataset, folder);
  expect(JSON.parse(readFileSync(join(folder, 'exploration.json'), 'utf8'))).toMatchObject({ images: 24, lesions: 24 });
  expect(exploration.audit).toBe(audit);
  expect(audit.imageSizes).toEqual([{ width: 8, height: 6, images: 24 }]);
  expect(audit.counts['image-in-two-lesions']).toBe(1);
  expect(files.filter((file) => file.endsWith('.svg')).length).toBeGreaterThan(5);
  expect(files.every((file) => existsSync(file))).toBe(true);
});
