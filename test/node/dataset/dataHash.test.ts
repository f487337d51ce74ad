import { createHash } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hasHash, hashDataset } from '../../../src/node/dataset/dataHash.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { prepareImages } from '../../../src/node/dataset/prepare.js';
import { makeFolder, metadata, removeFolders, smallImage } from '../datasetFolder.js';
import { writeZip } from '../writeZip.js';

afterAll(removeFolders);

async function hashOf(folder: string): Promise<string> {
  const dataset = await openDataset(folder);
  const { images } = await prepareImages({
    dataset,
    records: dataset.records,
    fitting: { imageSize: 8, fit: 'squash' },
    threads: 1,
    cacheFolder: makeFolder({}),
  });
  const hash = hashDataset(dataset, images);
  images.close();
  await dataset.images.close();
  return hash;
}

test('the hash is of contents: zips, folders and dates make no difference, other pixels or diagnoses do', async () => {
  const [one, two, other] = await Promise.all([1, 2, 3].map((n) => smallImage(n)));
  const table = metadata('nv', 'mel');
  const loose = makeFolder({ 'HAM10000_metadata.csv': table, 'ISIC_1.jpg': one, 'part/ISIC_2.jpg': two });
  const hash = await hashOf(loose);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const zipped = makeFolder({ 'HAM10000_metadata.csv': table });
  writeZip(join(zipped, 'images.zip'), { 'ISIC_1.jpg': one, 'ISIC_2.jpg': two });
  expect(await hashOf(zipped)).toBe(hash);
  utimesSync(join(loose, 'ISIC_1.jpg'), 1, 1);
  expect(await hashOf(loose)).toBe(hash);
  writeFileSync(join(loose, 'ISIC_1.jpg'), other);
  expect(await hashOf(loose)).not.toBe(hash);
  writeFileSync(join(loose, 'ISIC_1.jpg'), one);
  writeFileSync(join(loose, 'HAM10000_metadata.csv'), metadata('nv', 'bkl'));
  expect(await hashOf(loose)).not.toBe(hash);
});

test('data whose names version 0.1 took decomposed, as macOS has them, is still the data of its runs', () => {
  const classes = [{ id: 'N\u00e4vus', name: 'N\u00e4vus' }];
  const info = { id: 'image-folder', name: 'x', classes, synthetic: false };
  const records = [{ imageId: 'caf\u00e9', lesionId: 'caf\u00e9', label: 0, age: null }];
  const prepared = { checksum: () => '01234567' };
  const old = createHash('sha256').update('["cafe\u0301","Na\u0308vus","01234567"]\n').digest('hex');
  expect(hasHash({ info, records }, prepared, old)).toBe(true);
  expect(hasHash({ info, records }, prepared, hashDataset({ info, records }, prepared))).toBe(true);
  expect(hasHash({ info, records }, { checksum: () => '76543210' }, old)).toBe(false);
});
