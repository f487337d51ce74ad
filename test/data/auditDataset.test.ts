import { expect, test } from 'vitest';
import { auditDataset } from '../../src/data/audit/auditDataset.js';
import { linkedImages, requireUsable, unusableImages } from '../../src/data/audit/requireUsable.js';
import type { ImageRecord } from '../../src/data/dataset.js';
import { findIdenticalImages } from '../../src/data/groups/identicalImages.js';
import type { ImageCodec } from '../../src/image/raster.js';
import { thrown } from '../thrown.js';
import { datasetOf, distinctFiles, filesInMemory, randomRecords } from './makeDataset.js';

/** An image is readable when its last byte is 7; its size is 4x3 or, for a first byte of 1, 8x6. */
const codec: ImageCodec = {
  decode: async (bytes) => {
    if (bytes.at(-1) !== 7) throw new Error('not an image');
    const [width, height] = bytes[0] === 1 ? [8, 6] : [4, 3];
    return { width, height, channels: 3, data: new Uint8Array(width * height * 3) };
  },
  encodePng: async () => new Uint8Array(0),
  encodeJpeg: async () => new Uint8Array(0),
};

const record = (imageId: string, lesionId: string, more: Partial<ImageRecord> = {}): ImageRecord => ({
  imageId,
  lesionId,
  label: 5,
  age: 50,
  sex: 'male',
  localization: 'back',
  dxType: 'histo',
  ...more,
});

const records = [
  record('gone', 'L1', { row: 2 }),
  record('empty', 'L2', { row: 3 }),
  record('text', 'L3', { row: 4 }),
  record('twin1', 'L4', { row: 5 }),
  record('twin2', 'L5', { row: 6, label: 4 }),
  record('both1', 'L6', { row: 7 }),
  record('both2', 'L6', { row: 8, label: 4, sex: 'f' }),
  record('large', 'L7', { row: 9, age: null, localization: 'tail' }),
];
const files = new Map([
  ['empty', Uint8Array.of()],
  ['text', Uint8Array.of(9, 9)],
  ['twin1', Uint8Array.of(0, 5, 7)],
  ['twin2', Uint8Array.of(0, 5, 7)],
  ['both1', Uint8Array.of(0, 6, 7)],
  ['both2', Uint8Array.of(0, 8, 7)],
  ['large', Uint8Array.of(1, 8, 7)],
  ['stray', Uint8Array.of(0, 1, 7)],
]);
const dataset = datasetOf(records, files);
const audit = await auditDataset(dataset, { decode: true, codec });

test('finds what cannot be used, and says where', () => {
  expect(unusableImages(audit)).toEqual(['gone', 'empty', 'text']);
  expect(audit.unusable).toBe(3);
  const messages = audit.findings.filter(({ severity }) => severity === 'unusable').map(({ message }) => message);
  expect(messages).toEqual([
    'memory/metadata.csv, row 2: there is no file for image gone.',
    'memory/empty.jpg is empty (0 bytes).',
    'memory/text.jpg is no readable image: not an image',
  ]);
});

test('notes what is worth knowing', () => {
  const notes = (kind: string) => audit.findings.filter((finding) => finding.kind === kind);
  expect(notes('image-without-metadata')).toMatchObject([{ imageIds: ['stray'] }]);
  expect(notes('identical-images')).toMatchObject([{ imageIds: ['twin1', 'twin2'] }]);
  expect(notes('identical-images')[0].message).toContain('with different diagnoses (nv, mel)');
  expect(notes('image-in-two-lesions')).toMatchObject([{ imageIds: ['twin1', 'twin2'] }]);
  expect(notes('lesion-with-two-diagnoses')).toMatchObject([{ imageIds: ['both1', 'both2'] }]);
  expect(notes('unknown-code').map(({ imageIds }) => imageIds)).toEqual([['both2'], ['large']]);
  expect(notes('missing-value')).toMatchObject([{ imageIds: ['large'] }]);
  expect(linkedImages(audit)).toEqual([{ kind: 'identical', imageIds: ['twin1', 'twin2'] }]);
  expect(audit.counts['identical-images']).toBe(1);
  expect(audit.imageSizes).toEqual([
    { width: 4, height: 3, images: 4 },
    { width: 8, height: 6, images: 1 },
  ]);
  expect([audit.rows, audit.files]).toEqual([8, 8]);
});

test('requireUsable lists every unusable image, or leaves them out by request', () => {
  const error = thrown(() => requireUsable(dataset, audit, { excludeUnusable: false }));
  expect(error).toMatchObject({ kind: 'data', exitStatus: 3, code: 'unusable-images' });
  expect(error.message).toContain('3 of 8 images cannot be used');
  expect(error.details).toHaveLength(3);
  expect(error.hint).toContain('`excludeUnusable`');
  expect(error.hintFor('terminal')).toContain('--exclude-unusable');
  const rest = requireUsable(dataset, audit, { excludeUnusable: true });
  expect(rest.records.map(({ imageId }) => imageId)).toEqual(['twin1', 'twin2', 'both1', 'both2', 'large']);
});

test('a sound dataset passes as it is; one with nothing usable never does', async () => {
  const sound = datasetOf(randomRecords([3, 3], 2, 0));
  const soundAudit = await auditDataset(sound, { decode: true, codec });
  expect(soundAudit.unusable).toBe(0);
  expect(requireUsable(sound, soundAudit, { excludeUnusable: false })).toBe(sound);
  const bare = datasetOf(records, new Map());
  const bareAudit = await auditDataset(bare, { decode: false });
  expect(() => requireUsable(bare, bareAudit, { excludeUnusable: true })).toThrow(/None of the 8 images/);
});

test("takes preparation's failures instead of decoding", async () => {
  const failures = [{ imageId: 'large', reason: 'premature end' }];
  const found = await auditDataset(dataset, { decode: false, decoded: { failures } });
  expect(unusableImages(found)).toEqual(['gone', 'empty', 'large']);
  expect(found.decoded).toBe(true);
  expect((await auditDataset(dataset, { decode: false })).decoded).toBe(false);
});

test('stops when it is interrupted', async () => {
  const running = auditDataset(dataset, { decode: true, codec, signal: { aborted: true } });
  await expect(running).rejects.toMatchObject({ kind: 'interrupted', exitStatus: 130 });
});

test('identical files are found by content, read only where sizes agree', async () => {
  const read: string[] = [];
  const memory = filesInMemory(
    new Map([
      ...distinctFiles(randomRecords([30], 1, 0)),
      ['x', Uint8Array.of(1)],
      ['y', Uint8Array.of(2)],
      ['z', Uint8Array.of(2)],
      ['long', Uint8Array.of(1, 2, 3)],
    ]),
  );
  const watched = {
    ...memory,
    read: async (id: string) => {
      read.push(id);
      return await memory.read(id);
    },
  };
  expect(await findIdenticalImages(watched)).toEqual([['y', 'z']]);
  expect(read).toContain('x');
  expect(read).not.toContain('long');
});

test('takes time in proportion to the images, also where all of them have something', async () => {
  const many = Array.from({ length: 200_000 }, (_, i) => record(`i${i}`, `L${i >> 1}`, { sex: 'm', label: i % 2 }));
  const images = { ...filesInMemory(distinctFiles(many)), fingerprint: (id: string) => `crc32-00000000-${id}` };
  const began = performance.now();
  const found = await auditDataset({ ...datasetOf(many, new Map()), images }, { decode: false });
  // Adding each to a copy of the list so far would take minutes.
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(found.counts).toMatchObject({ 'unknown-code': 1, 'lesion-with-two-diagnoses': 100_000 });
});
