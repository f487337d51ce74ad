import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/isic2018.js';

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

test('a table that is nearly the truth is named, with what is missing for the nearest formats', async () => {
  const error = await refusal({
    'truth.csv': 'image,MEL,NV,BCC,BKL,DF,VASC\nI1,1,0,0,0,0,0\n',
    'notes.csv': 'a,b\n1,2\n',
    ...image,
  });
  expect(error.code).toBe('no-metadata');
  expect(error.message).toContain(
    'truth.csv has the columns image, mel, nv, bcc, bkl, df, vasc; nearest is ISIC 2018, task 3, for which akiec is missing; then ISIC 2019, for which ak, scc are missing.',
  );
  expect(error.details[1]).toContain('notes.csv has the columns a, b; no format that is read comes near it.');
  expect(error.hint).toContain('akiec');
});

test('training, validation and test lie beside each other: one dataset with official splits, each row named in its own table', async () => {
  const { files } = example;
  const { records, hasLesionIds, metadataFile } = await openMemory(files);
  expect(records.map(({ officialSplit, scoreWeight }) => [officialSplit, scoreWeight])).toEqual([
    ['train', undefined],
    ['train', undefined],
    ['train', undefined],
    ['validation', undefined],
    ['test', undefined],
    ['test', 0],
  ]);
  expect(hasLesionIds).toBe(true);
  expect(metadataFile).toContain('Training');
  expect(records[4]).toMatchObject({ row: 2, table: 'ISIC2018_Task3_Test_GroundTruth.csv' });
  // One table alone, when it is named.
  const alone = await openMemory(files, { table: 'ISIC2018_Task3_Test_GroundTruth.csv' });
  expect(alone.records.map(({ imageId }) => imageId)).toEqual(['ISIC_0034524', 'ISIC_0035068']);
});

test("the test's truth in HAM10000's columns is of the challenge, too", async () => {
  const test = 'ISIC2018_Task3_Test_GroundTruth.csv';
  const files = {
    ...example.files,
    [test]:
      'lesion_id,image_id,dx,dx_type,age,sex,localization,dataset\nHAMTEST_1,ISIC_0034524,vasc,histo,50,male,back,rosendahl\nHAMTEST_2,ISIC_0035068,nv,follow_up,45,female,face,rosendahl\n',
  };
  const { info, records } = await openMemory(files);
  expect(info.id).toBe('isic2018');
  expect(records).toHaveLength(6);
  expect(records[4]).toMatchObject({
    lesionId: 'HAMTEST_1',
    label: 6,
    dxType: 'histo',
    age: 50,
    officialSplit: 'test',
  });
  expect(records[5].scoreWeight).toBe(0);
  const wrong = await refusal({ ...files, [test]: files[test].replace(',nv,', ',wart,') });
  expect(wrong.message).toContain(`${test}, row 3: image ISIC_0035068 has dx "wart", expected one of akiec`);
});

test('a part whose images are not there is left out, and said', async () => {
  const files = Object.fromEntries(Object.entries(example.files).filter(([path]) => !path.includes('Test_Input')));
  const { records, notes } = await openMemory(files);
  expect(records).toHaveLength(4);
  expect(notes?.map(({ message }) => message)).toEqual([
    'ISIC2018_Task3_Test_GroundTruth.csv was left out: none of its 2 images are there.',
  ]);
});
