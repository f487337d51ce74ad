import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditDataset } from '../../../src/data/audit/auditDataset.js';
import { exploreDataset } from '../../../src/data/audit/exploreDataset.js';
import { linkedImages } from '../../../src/data/audit/requireUsable.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { splitNames } from '../../../src/data/dataset.js';
import { limitDataset } from '../../../src/data/groups/limitDataset.js';
import { splitDataset } from '../../../src/data/groups/split.js';
import { splitsJson } from '../../../src/data/groups/splitsJson.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { ham10000Folder } from '../../realData.js';

const folder = ham10000Folder();

// Skipped where the real HAM10000 is not on the machine.
describe.skipIf(!folder)('the real HAM10000', () => {
  let dataset: Dataset;
  beforeAll(async () => {
    dataset = await openDataset(folder!);
  });
  afterAll(async () => await dataset?.images.close());

  test('opens with every image and mask', () => {
    expect(dataset.info.id).toBe('ham10000');
    expect(dataset.records).toHaveLength(10015);
    expect(dataset.images.imageIds).toHaveLength(10015);
    expect(dataset.records.every(({ imageId }) => dataset.images.has(imageId) && dataset.masks?.has(imageId))).toBe(
      true,
    );
  });

  test('is counted as published', async () => {
    const audit = await auditDataset(dataset, { decode: false });
    const found = exploreDataset(dataset, { audit, seed: 0 });
    expect(found.classes.map(({ images }) => images)).toEqual([327, 514, 1099, 115, 1113, 6705, 142]);
    expect(found.lesions).toBe(7470);
    expect(found.imagesPerLesion.slice(1).reduce((sum, { lesions }) => sum + lesions, 0)).toBe(1956);
    expect(found.age?.missing).toBe(57);
    expect(linkedImages(audit).map(({ imageIds }) => [...imageIds].sort())).toEqual([
      ['ISIC_0024366', 'ISIC_0029861'],
      ['ISIC_0024777', 'ISIC_0029938'],
    ]);
    expect(audit.unusable).toBe(0);
  });

  test('splits 64/16/20 within a tenth of a point, without leakage, for any seed', () => {
    const { records, info } = dataset;
    for (const seed of [0, 1, 2]) {
      const splits = splitDataset(records, info.classes, { seed });
      const ratios = [0.64, 0.16, 0.2];
      const summary = splitsJson({
        records,
        splits,
        classes: info.classes,
        ratios,
        seed,
        links: [],
        sha256: '',
        hasLesionIds: true,
      });
      expect(summary.leakage).toEqual({ lesions: 0, images: 0 });
      for (const [i, name] of splitNames.entries()) {
        expect(Math.abs(summary.shares[name] - ratios[i])).toBeLessThan(0.001);
        for (const { id } of info.classes) {
          const all = splitNames.reduce((sum, split) => sum + summary.counts[split][id], 0);
          expect(Math.abs(summary.counts[name][id] - ratios[i] * all)).toBeLessThanOrEqual(Math.max(3, 0.02 * all));
        }
      }
    }
  });

  test('is limited to a subset of the size asked for', () => {
    const { records } = limitDataset(dataset, 500, 0);
    expect(records.length).toBeGreaterThan(490);
    expect(records.length).toBeLessThanOrEqual(500);
  });
});
