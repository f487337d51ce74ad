import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { findHdf5Places, type Hdf5Place } from '../../../src/data/reading/hdf5Places.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { markOf } from '../../../src/node/files/contentMark.js';
import { fileAt } from '../../../src/node/files/folderFiles.js';
import { openHdf5 } from '../../../src/node/files/hdf5Files.js';

const fixture = resolve(import.meta.dirname, '../../fixtures/hdf5/images.h5');
const root = mkdtempSync(join(tmpdir(), 'lesionlab-hdf5-'));
const images = join(root, 'train-image.hdf5');
beforeAll(() => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  cpSync(fixture, images);
  writeFileSync(
    join(root, 'train-metadata.csv'),
    'isic_id,target,patient_id\nISIC_0000001,0,IP_1\nISIC_0000002,0,IP_1\nISIC_0000003,1,IP_2\nISIC_0000004,0,IP_3\n',
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const colourOf = async (dataset: Dataset, id: string) => {
  const { data } = await sharpCodec.decode(await dataset.images.read(id));
  return [...data.slice(0, 3)].map((value) => Math.round(value / 10) * 10);
};

test.each([
  ['a folder', () => root],
  ['the file itself, whose table lies beside it', () => images],
])('images are read out of %s, however they were stored', async (_, path) => {
  const dataset = await openDataset(path());
  try {
    expect(dataset.info.id).toBe('slice3d');
    expect(dataset.records.map(({ imageId, patientId, label }) => [imageId, patientId, label])).toEqual([
      ['ISIC_0000001', 'IP_1', 0],
      ['ISIC_0000002', 'IP_1', 0],
      ['ISIC_0000003', 'IP_2', 1],
      ['ISIC_0000004', 'IP_3', 0],
    ]);
    expect(await colourOf(dataset, 'ISIC_0000001')).toEqual([200, 0, 0]);
    expect(await colourOf(dataset, 'ISIC_0000002')).toEqual([0, 200, 0]);
    expect(await colourOf(dataset, 'ISIC_0000003')).toEqual([0, 0, 200]);
    expect(await colourOf(dataset, 'ISIC_0000004')).toEqual([90, 90, 90]);
    expect(dataset.images.location('ISIC_0000003')).toBe(`${images}: ISIC_0000003`);
    expect(dataset.images.byteLength('ISIC_0000003')).toBe((await dataset.images.read('ISIC_0000003')).length);
    const marks = dataset.records.map(({ imageId }) => dataset.images.fingerprint(imageId));
    expect(new Set(marks).size).toBe(4);
    await expect(dataset.images.read('ISIC_0000005')).rejects.toThrow(
      `Cannot read ${images}: ISIC_0000005: it is no data set of bytes.`,
    );
  } finally {
    await dataset.images.close();
  }
});

test('files that are no HDF5, or hold other things, are left to others; one that was cut off is named', async () => {
  const other = join(root, 'weights.h5');
  writeFileSync(other, 'words');
  expect(await openHdf5(await fileAt(other))).toBeUndefined();
  const cut = join(root, 'cut.hdf5');
  writeFileSync(cut, readFileSync(fixture).subarray(0, 3000));
  await expect(openHdf5(await fileAt(cut))).rejects.toMatchObject({
    code: 'unreadable-hdf5',
    kind: 'data',
    message: expect.stringMatching(/cut\.hdf5 is no complete HDF5 file \(3000 bytes\): truncated file/),
  });
});

test('images that lie in one piece are found by the file’s own directory, and known by their content', async () => {
  const placed = await openHdf5(await fileAt(resolve(fixture, '../placed.h5')));
  try {
    const { files } = placed!;
    expect(files.map(({ name }) => name)).toEqual(
      Array.from({ length: 40 }, (_, i) => `ISIC_${String(i).padStart(7, '0')}.jpg`),
    );
    for (const [i, file] of files.entries()) {
      const bytes = await file.read();
      const { data } = await sharpCodec.decode(bytes);
      expect(Math.abs(data[0] - 6 * i)).toBeLessThan(4);
      expect([bytes.length, markOf(bytes)]).toEqual([file.byteLength, file.fingerprint]);
      expect(await file.readHead(3)).toEqual(bytes.subarray(0, 3));
    }
  } finally {
    await placed!.close();
  }
});

test('a file whose directory was cut off or changed is left to the library, which says what is wrong', async () => {
  const whole = readFileSync(resolve(fixture, '../placed.h5'));
  const places = (bytes: Uint8Array) => findHdf5Places(async (start, n) => bytes.slice(start, start + n));
  expect(await places(whole)).toHaveLength(40);
  for (let cut = 0; cut < whole.length; cut += 97) {
    const found = await places(whole.subarray(0, cut)).catch((error: unknown) => error);
    if (found !== undefined)
      expect(found).toSatisfy((list) => (list as Hdf5Place[]).every(({ byteLength }) => byteLength > 0));
  }
  const other = Uint8Array.from(whole);
  other[8] = 2;
  expect(await places(other)).toBeUndefined();
});
