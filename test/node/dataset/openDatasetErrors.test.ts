import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { auditDataset } from '../../../src/data/audit/auditDataset.js';
import { requireUsable } from '../../../src/data/audit/requireUsable.js';
import { LesionlabError } from '../../../src/errors.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { makeFolder, metadata, removeFolders, smallImage } from '../datasetFolder.js';
import { writeZip } from '../writeZip.js';

afterAll(removeFolders);
const jpeg = await smallImage(1);
const withImage = { 'ISIC_1.jpg': jpeg };

async function failure(folder: string): Promise<LesionlabError> {
  const error = await openDataset(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LesionlabError)) throw new Error('expected an error', { cause: error });
  expect(error.exitStatus).toBe(3);
  expect(error.hint).toBeTruthy();
  return error;
}

test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
  ['empty-folder', {}, /is empty/],
  ['no-metadata', withImage, /no table with the columns image_id and dx/],
  ['no-metadata', { 'notes.csv': 'a,b\n1,2\n', ...withImage }, /no table/],
  [
    'no-dx-column',
    { 'meta.csv': metadata('nv').replace('dx,', 'diagnosis,'), ...withImage },
    /meta\.csv has no column dx/,
  ],
  [
    'unknown-diagnosis',
    { 'meta.csv': metadata('nv', 'vas'), ...withImage },
    /meta\.csv, row 3: image ISIC_2 has dx "vas"/,
  ],
  [
    'duplicate-image-id',
    { 'meta.csv': `${metadata('nv')}H,ISIC_1,nv,,,,\n`, ...withImage },
    /row 3: image ISIC_1 already stands in row 2/,
  ],
  [
    'doubled-column',
    { 'meta.csv': metadata('nv').replace('dx_type', 'dx'), ...withImage },
    /meta\.csv has 2 columns called dx/,
  ],
  [
    'no-metadata',
    { 'meta.csv': Buffer.from(metadata('nv'), 'utf16le'), ...withImage },
    /meta\.csv cannot be read as text/,
  ],
  ['ragged-row', { 'meta.csv': `${metadata('nv')}HAM_2,ISI`, ...withImage }, /row 3: expected 7 cells/],
  ['no-rows', { 'meta.csv': metadata(), ...withImage }, /no rows/],
  ['no-images', { 'meta.csv': metadata('nv') }, /no image/],
  [
    'ambiguous-image',
    { 'meta.csv': metadata('nv'), ...withImage, 'b/ISIC_1.png': jpeg.slice(0, 50) },
    /there twice and differs/,
  ],
  ['splits-as-classes', { 'train/a.jpg': jpeg, 'test/b.jpg': jpeg }, /look like splits/],
])('%s', async (code, files, message) => {
  const error = await failure(makeFolder(files));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test('a folder that does not exist, and a file', async () => {
  expect(await failure('/does/not/exist')).toMatchObject({ code: 'no-folder' });
  expect(await failure(join(makeFolder({ x: 'x' }), 'x'))).toMatchObject({ code: 'not-a-folder' });
});

test('a truncated zip, and a page that was saved as one', async () => {
  const folder = makeFolder({ 'meta.csv': metadata('nv') });
  const zip = join(folder, 'images.zip');
  writeZip(zip, withImage);
  const whole = readFileSync(zip);
  for (const bytes of [
    whole.subarray(0, whole.length - 30),
    whole.subarray(0, 200),
    Buffer.from('<html>'),
    Buffer.alloc(0),
  ]) {
    writeFileSync(zip, bytes);
    const error = await failure(folder);
    expect(error.code).toBe('unreadable-zip');
    expect(error.message).toContain(zip);
  }
});

test('damage inside a zip concerns one image, which is named', async () => {
  const folder = makeFolder({ 'meta.csv': metadata('nv', 'mel') });
  const zip = join(folder, 'images.zip');
  writeZip(zip, { 'ISIC_1.jpg': jpeg, 'ISIC_2.jpg': await smallImage(2) }, { store: true });
  const bytes = readFileSync(zip);
  bytes[120] ^= 255;
  writeFileSync(zip, bytes);
  const dataset = await openDataset(folder);
  await expect(dataset.images.read('ISIC_1')).rejects.toThrow(/images\.zip: ISIC_1\.jpg: expected CRC-32/);
  expect((await dataset.images.read('ISIC_2')).length).toBeGreaterThan(0);
  await dataset.images.close();
});

test('unusable images are all found by the audit, and left out by request', async () => {
  const large = await sharpCodec.encodeJpeg({
    width: 64,
    height: 64,
    channels: 3,
    data: new Uint8Array(64 * 64 * 3).map((_, i) => (i * i) % 251),
  });
  const folder = makeFolder({
    'meta.csv': metadata('nv', 'nv', 'nv', 'nv', 'mel', 'mel', 'mel'),
    'ISIC_1.jpg': large,
    'ISIC_2.jpg': 'no image at all',
    'ISIC_3.jpg': large.slice(0, large.length >> 1),
    'ISIC_4.jpg': '',
    'ISIC_5.jpg': jpeg,
  });
  const dataset = await openDataset(folder);
  const audit = await auditDataset(dataset, { decode: true, codec: sharpCodec });
  expect(
    audit.findings.filter(({ severity }) => severity === 'unusable').map(({ kind, imageIds }) => [kind, imageIds[0]]),
  ).toEqual([
    ['unreadable-image', 'ISIC_2'],
    ['unreadable-image', 'ISIC_3'],
    ['empty-file', 'ISIC_4'],
    ['missing-image', 'ISIC_6'],
    ['missing-image', 'ISIC_7'],
  ]);
  expect(() => requireUsable(dataset, audit, { excludeUnusable: false })).toThrow(/5 of 7 images cannot be used/);
  const rest = requireUsable(dataset, audit, { excludeUnusable: true });
  expect(rest.records.map(({ imageId }) => imageId)).toEqual(['ISIC_1', 'ISIC_5']);
  await dataset.images.close();
});
