import { expect, test } from 'vitest';
import type { ImageRecord, SplitName } from '../../../src/data/dataset.js';
import { ham10000Classes } from '../../../src/data/formats/ham10000.js';
import { parseSplitsCsv, recordsBySplit, splitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { splitsJson } from '../../../src/data/groups/splitsJson.js';

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
  const summary = splitsJson({ ...input, links: [{ kind: 'identical', imageIds: ['d', 'elsewhere'] }] });
  expect(summary.images).toEqual({ train: 2, validation: 1, test: 1 });
  expect(summary.lesions).toEqual({ train: 1, validation: 1, test: 1 });
  expect(summary.counts.train).toEqual({ akiec: 0, bcc: 0, bkl: 0, df: 0, mel: 0, nv: 2, vasc: 0 });
  expect(summary.ratios).toEqual({ train: 0.64, validation: 0.16, test: 0.2 });
  expect(summary.sha256).toBe('ab');
  expect(summary.leakage).toEqual({ lesions: 0, images: 0 });
  expect(summary.linked).toEqual([['d', 'elsewhere']]);
  const none = { groups: 0, onTwoSides: 0 };
  expect(summary.proof).toEqual({
    patients: { ...none, imagesWithout: 4, ofSeveral: 0 },
    lesions: { groups: 3, onTwoSides: 0, imagesWithout: 0, ofSeveral: 1 },
    listed: none,
    identical: none,
    near: 'not looked for',
  });
});

test('finds leakage where there is some', () => {
  const leaky = splitsJson({
    ...input,
    splits: ['train', 'test', 'validation', 'test'],
    links: [{ kind: 'identical', imageIds: ['d', 'e'] }],
  });
  expect(leaky.leakage).toEqual({ lesions: 1, images: 2 });
});

test('proves each reason why images belong together on its own, and counts images that say nothing', () => {
  const known = records.map((record, i) => ({ ...record, patientId: i < 3 ? 'P' : undefined }));
  const near = {
    kind: 'near' as const,
    imageIds: ['a', 'd'],
    because: 'pixels',
    likeness: { whole: 0.99, detail: 0.9 },
    differ: ['lesion' as const],
  };
  const { proof, near: listed } = splitsJson({
    ...input,
    records: [...known, { imageId: 'alone', lesionId: 'alone', label: 4, age: null }],
    splits: [...splits, 'test'],
    links: [{ kind: 'listed', imageIds: ['b, c', 'e'] }, { kind: 'identical', imageIds: ['a', 'b, c'] }, near],
    near: [near],
  });
  expect(proof).toEqual({
    patients: { groups: 1, onTwoSides: 1, which: ['P'], imagesWithout: 2, ofSeveral: 1 },
    lesions: { groups: 3, onTwoSides: 0, imagesWithout: 1, ofSeveral: 1 },
    listed: { groups: 1, onTwoSides: 1, which: ['b, c, e'] },
    identical: { groups: 1, onTwoSides: 0 },
    near: { groups: 1, onTwoSides: 1, which: ['a, d'] },
  });
  expect(listed).toEqual([near]);
});

test('names patients and sources in further columns where they are known', () => {
  const known = records.map((record, i) => ({ ...record, ...(i === 0 && { patientId: 'P1', source: 'clinic' }) }));
  const text = splitsCsv(known, splits, ham10000Classes);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'image_id,lesion_id,dx,split,patient_id,source',
    'a,L1,nv,train,P1,clinic',
    '"b, c",L1,nv,train,,',
  ]);
  const plain = parseSplitsCsv(splitsCsv(records, splits, ham10000Classes));
  expect(parseSplitsCsv(text)).toEqual(plain.map((row, i) => (i === 0 ? { ...row, patientId: 'P1' } : row)));
});
