import { expect, test } from 'vitest';
import type { ImageRecord, SplitName } from '../../src/data/dataset.js';
import { ham10000Classes } from '../../src/data/formats/ham10000.js';
import { parseSplitsCsv, recordsBySplit, splitsCsv, splitsJson } from '../../src/data/groups/splitsCsv.js';

const records: ImageRecord[] = [
  { imageId: 'a', lesionId: 'L1', label: 5, age: null },
  { imageId: 'b, c', lesionId: 'L1', label: 5, age: 40 },
  { imageId: 'd', lesionId: 'L2', label: 4, age: 40 },
  { imageId: 'e', lesionId: 'L3', label: 4, age: 40 },
];
const splits: SplitName[] = ['train', 'train', 'validation', 'test'];
const input = {
  records,
  splits,
  classes: ham10000Classes,
  ratios: [64, 16, 20],
  seed: 7,
  sha256: 'ab',
  hasLesionIds: true,
};

test('writes one row a record and reads it back', () => {
  const text = splitsCsv(records, splits, ham10000Classes);
  expect(text).toBe(
    'image_id,lesion_id,dx,split\na,L1,nv,train\n"b, c",L1,nv,train\nd,L2,mel,validation\ne,L3,mel,test\n',
  );
  const rows = parseSplitsCsv(text);
  expect(rows[1]).toEqual({ imageId: 'b, c', lesionId: 'L1', dx: 'nv', split: 'train' });
  const parts = recordsBySplit(records, rows);
  expect(parts.train).toEqual(records.slice(0, 2));
  expect(parts.test).toEqual([records[3]]);
});

test('names what is wrong with a table of splits', () => {
  expect(() => parseSplitsCsv('image_id,dx,split\na,nv,train\n')).toThrow(/no column lesion_id/);
  expect(() => parseSplitsCsv('image_id,lesion_id,dx,split\na,L,nv,val\n', 'runs/x/splits.csv')).toThrow(
    'runs/x/splits.csv, row 2: image a has split "val".',
  );
  expect(() => parseSplitsCsv('image_id,lesion_id,dx,split\na,L,nv,test\na,L,nv,train\n')).toThrow(/row 3.*twice/);
  const rows = parseSplitsCsv('image_id,lesion_id,dx,split\nz,L,nv,test\n');
  expect(() => recordsBySplit(records, rows)).toThrow(/z first/);
});

test('counts images, lesions, classes and no leakage', () => {
  const summary = splitsJson({ ...input, linked: [['d', 'elsewhere']] });
  expect(summary.images).toEqual({ train: 2, validation: 1, test: 1 });
  expect(summary.lesions).toEqual({ train: 1, validation: 1, test: 1 });
  expect(summary.counts.train).toEqual({ akiec: 0, bcc: 0, bkl: 0, df: 0, mel: 0, nv: 2, vasc: 0 });
  expect(summary.ratios).toEqual({ train: 0.64, validation: 0.16, test: 0.2 });
  expect(summary.sha256).toBe('ab');
  expect(summary.leakage).toEqual({ lesions: 0, images: 0 });
});

test('finds leakage where there is some', () => {
  const leaky = splitsJson({ ...input, splits: ['train', 'test', 'validation', 'test'], linked: [['d', 'e']] });
  expect(leaky.leakage).toEqual({ lesions: 1, images: 2 });
});
