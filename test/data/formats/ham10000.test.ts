import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';

const header = 'lesion_id,image_id,dx,dx_type,age,sex,localization';
const open = (...rows: string[]) => openMemory({ 'meta.csv': [header, ...rows].join('\n'), 'ISIC_1.jpg': 'x' });

test('is told by its columns, and reads every one of them; what is missing stays open', async () => {
  const dataset = await open('HAM_1,ISIC_1,bkl,histo,80.0,male,scalp', 'HAM_2,ISIC_2,MEL,,,unknown,');
  expect(dataset.info).toMatchObject({ id: 'ham10000', name: 'HAM10000', licence: 'CC BY-NC 4.0' });
  expect(dataset.records).toEqual([
    {
      imageId: 'ISIC_1',
      lesionId: 'HAM_1',
      label: 2,
      dxType: 'histo',
      age: 80,
      sex: 'male',
      localization: 'scalp',
      row: 2,
    },
    { imageId: 'ISIC_2', lesionId: 'HAM_2', label: 4, age: null, sex: 'unknown', row: 3 },
  ]);
  expect(dataset.hasLesionIds).toBe(true);
  expect(dataset.notes).toEqual([]);
});

test('lists every wrong row in one error', async () => {
  const row = 'HAM_1,ISIC_1,nv,histo,50,male,back';
  const tables = {
    'data/meta.csv': [header, row, row.replace('50', '60'), 'HAM_1,ISIC_2,xx,histo,50,male,back'].join('\n'),
    'ISIC_1.jpg': 'x',
  };
  const error = await refusal(tables);
  expect(error).toMatchObject({ code: 'duplicate-image-id', kind: 'data', exitStatus: 3 });
  expect(error.message).toContain(
    'data/meta.csv, row 3: image ISIC_1 already stands in row 2, with age "50" in place of "60"',
  );
  expect(error.details).toHaveLength(2);
  expect(error.details[1]).toContain('row 4: image ISIC_2 has dx "xx", expected one of akiec, bcc');
});

test('refuses an empty image id, and a table whose diagnoses went missing', async () => {
  const empty = await refusal({ 'meta.csv': `${header}\nHAM_1,,nv,histo,50,male,back`, 'a.jpg': 'x' });
  expect(empty).toMatchObject({
    code: 'no-image-id',
    message: expect.stringContaining('row 2: the image id is empty'),
  });
  const headless = await refusal({
    'meta.csv': `${header.replace('dx,', '')}\nHAM_1,a,histo,50,male,back`,
    'a.jpg': 'x',
  });
  expect(headless).toMatchObject({
    code: 'no-dx-column',
    message: expect.stringMatching(/meta\.csv has no column dx; found lesion_id/),
  });
});

test('one odd age does not stop a table: what is clear is read, the rest is missing, and both are said', async () => {
  const ages = ['85+', '70-75', '?', 'unknown', '85.0', '60 years', '50,5', 'old', '-3', '999', '6 months', ''];
  const rows = ages.map((age, i) => `HAM_${i},ISIC_${i},nv,histo,"${age}",male,back`);
  const { records, notes } = await open(...rows);
  expect(records.map(({ age }) => age)).toEqual([85, 72.5, null, null, 85, 60, 50.5, null, null, null, 0.5, null]);
  expect(notes).toEqual([
    {
      kind: 'interpreted-value',
      imageIds: ['ISIC_7', 'ISIC_8', 'ISIC_9'],
      message: 'meta.csv: 3 ages could not be read and count as missing (row 9 "old", row 10 "-3", row 11 "999").',
    },
    {
      kind: 'interpreted-value',
      imageIds: ['ISIC_0', 'ISIC_1', 'ISIC_5', 'ISIC_6', 'ISIC_10'],
      message:
        'meta.csv: 5 ages were read as years (row 2 "85+" as 85, row 3 "70-75" as 72.5, row 7 "60 years" as 60, row 8 "50,5" as 50.5, row 12 "6 months" as 0.5).',
    },
  ]);
});

test('sexes and places are groups, however they are written', async () => {
  const people = [
    'M,Lower_Extremity',
    'Male,lower extremity',
    'weiblich,Head and Neck',
    'F,head/neck',
    'n/a,?',
    'Unknown,UNKNOWN',
  ];
  const { records } = await open(...people.map((cells, i) => `HAM_${i},ISIC_${i},nv,Histopathology,50,${cells}`));
  expect(records.map(({ sex }) => sex)).toEqual(['male', 'male', 'female', 'female', undefined, 'unknown']);
  expect(records.map(({ localization }) => localization)).toEqual([
    'lower extremity',
    'lower extremity',
    'head/neck',
    'head/neck',
    undefined,
    'unknown',
  ]);
  expect(new Set(records.map(({ dxType }) => dxType))).toEqual(new Set(['histo']));
});

test('lesions that are not known are not one lesion', async () => {
  const { records } = await open(
    ...['unknown', 'NA', ''].map((lesion, i) => `${lesion},ISIC_${i},nv,histo,50,male,back`),
  );
  expect(records.map(({ lesionId }) => lesionId)).toEqual(['ISIC_0', 'ISIC_1', 'ISIC_2']);
});

test('a table is told by the columns that make it, whatever others it has', async () => {
  for (const column of ['split', 'fold', 'predicted']) {
    const dataset = await openMemory({
      'meta.csv': `${header},${column}\nHAM_1,a,nv,histo,50,male,back,1\n`,
      'a.jpg': 'x',
    });
    expect(dataset.info.id).toBe('ham10000');
    expect(classesById(dataset)).toEqual({ a: 'nv' });
  }
});
