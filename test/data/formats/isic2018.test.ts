import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';

const header = 'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC';
const truth = (...rows: string[]) => [header, ...rows].join('\n');
const image = { 'I1.jpg': 'x' };

test("puts ISIC's columns into HAM10000's order", async () => {
  const rows = ['MEL', 'NV', 'BCC', 'AKIEC', 'BKL', 'DF', 'VASC'].map((_, i) =>
    [`I${i}`, ...Array.from({ length: 7 }, (_x, j) => (i === j ? '1.0' : '0.0'))].join(','),
  );
  const { info, records, hasLesionIds } = await openMemory({ 'truth.csv': truth(...rows), ...image });
  expect(info.id).toBe('isic2018');
  expect(records.map(({ label }) => label)).toEqual([4, 5, 1, 0, 2, 3, 6]);
  expect(hasLesionIds).toBe(false);
});

test('takes lesions and the kind of diagnosis from the groupings that have the images, whatever endings they write', async () => {
  const { records, hasLesionIds } = await openMemory({
    'a.csv': 'image,lesion_id,diagnosis_confirm_type\nI8,L8,other',
    'groups.csv':
      'image,lesion_id,diagnosis_confirm_type\nI1.jpg,L1,histopathology\nI2.jpg,L1,serial imaging showing no change\nI9,L9,other',
    'truth.csv': truth('I1,0,1,0,0,0,0,0', 'I2,0,1,0,0,0,0,0'),
    ...image,
  });
  expect(records.map(({ lesionId, dxType }) => [lesionId, dxType])).toEqual([
    ['L1', 'histo'],
    ['L1', 'follow_up'],
  ]);
  expect(hasLesionIds).toBe(true);
});

test.each(['I1,0,0,0,0,0,0,0', 'I1,1,1,0,0,0,0,0', 'I1,0.5,0.5,0,0,0,0,0', 'I1,1,,0,0,0,0,0'])(
  'refuses %s',
  async (row) => {
    expect(await refusal({ 'truth.csv': truth(row), ...image })).toMatchObject({ code: 'not-one-hot', exitStatus: 3 });
  },
);

test('the groupings alone are no metadata', async () => {
  const files = { 'groups.csv': 'image,lesion_id,diagnosis_confirm_type\nI1,L1,histopathology', ...image };
  expect(await refusal(files)).toMatchObject({ code: 'no-metadata' });
  expect(await refusal(files, { table: 'groups.csv' })).toMatchObject({ code: 'not-metadata' });
});

test("a submission that lies in the data, with the truth's own columns, does not stand for it", async () => {
  const submission = truth('I1,0.1,0.9,0,0,0,0,0', 'I2,0.1,0.9,0,0,0,0,0');
  const both = {
    'evaluation/isic-submission.csv': submission,
    'truth.csv': truth('I1,0,1,0,0,0,0,0'),
    ...image,
    'I2.jpg': 'y',
  };
  expect((await openMemory(both)).metadataFile).toBe('truth.csv');
});

test("ISIC 2019's truth is named, with what is missing for the nearest format", async () => {
  const error = await refusal({
    'ISIC_2019_Training_GroundTruth.csv': 'image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\nI1,1,0,0,0,0,0,0,0,0\n',
    'notes.csv': 'a,b\n1,2\n',
    ...image,
  });
  expect(error.code).toBe('no-metadata');
  expect(error.message).toContain(
    'ISIC_2019_Training_GroundTruth.csv has the columns image, mel, nv, bcc, ak, bkl, df, vasc, scc, unk; nearest is ISIC 2018, task 3, for which akiec is missing.',
  );
  expect(error.details[1]).toContain('notes.csv has the columns a, b; no format that is read comes near it.');
  expect(error.hint).toContain('akiec');
});
