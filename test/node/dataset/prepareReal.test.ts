import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { channelStatistics } from '../../../src/data/preparation/normalisation.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { prepareImages } from '../../../src/node/dataset/prepare.js';
import { ham10000Folder } from '../../realData.js';

const folder = ham10000Folder();

describe.skipIf(!folder)('the real HAM10000', () => {
  it('is prepared without failures, opened again at once, and looks like skin', async () => {
    const cacheFolder = mkdtempSync(join(tmpdir(), 'lesionlab-ham10000-'));
    const dataset = await openDataset(folder!);
    try {
      const records = dataset.records.filter((_, i) => i % 50 === 0);
      const options = { dataset, records, fitting: { imageSize: 64, fit: 'squash' }, cacheFolder, threads: 2 } as const;
      const first = await prepareImages(options);
      expect(first.failures).toEqual([]);
      first.images.close();
      const start = performance.now();
      const { images, reused } = await prepareImages(options);
      expect(performance.now() - start).toBeLessThan(1000);
      expect(reused).toBe(true);
      // Known of the whole dataset: mean 0.763, 0.546, 0.571; std 0.14 to 0.17.
      const { mean, std } = channelStatistics(images, Array.from(records.keys()));
      [0.763, 0.546, 0.571].forEach((value, c) => {
        expect(Math.abs(mean[c] - value)).toBeLessThan(0.03);
        expect(std[c]).toBeGreaterThan(0.1);
        expect(std[c]).toBeLessThan(0.2);
      });
      images.close();
    } finally {
      await dataset.images.close();
      rmSync(cacheFolder, { recursive: true, force: true });
    }
  });
});
