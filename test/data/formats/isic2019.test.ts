import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/isic2019.js';

test('training and test are one dataset: lesions and people joined, weights and validation rows kept apart', async () => {
  const { records, hasLesionIds, hasPatientIds, info } = await openMemory(example.files);
  expect(info.classes.map(({ id }) => id)).toEqual(['mel', 'nv', 'bcc', 'ak', 'bkl', 'df', 'vasc', 'scc']);
  expect(records.map((record) => [record.imageId, record.lesionId, record.officialSplit, record.scoreWeight])).toEqual([
    ['ISIC_0000000', 'ISIC_0000000', 'train', undefined],
    ['ISIC_0000017_downsampled', 'MSK4_0011', 'train', undefined],
    ['ISIC_0053453', 'BCN_0001905', 'train', undefined],
    ['ISIC_0034321', 'ISIC_0034321', 'validation', 0],
    ['ISIC_0035068', 'ISIC_0035068', 'test', 0],
    ['ISIC_0070000', 'ISIC_0070000', 'test', 1],
  ]);
  expect(records[1]).toMatchObject({ age: 30, sex: 'female', localization: 'upper extremity' });
  expect(records[5]).toMatchObject({ age: 70, sex: 'male', localization: 'lower extremity' });
  expect([hasLesionIds, hasPatientIds]).toEqual([true, false]);
});

test('what is of none of the classes is outside', async () => {
  const { outside, notes } = await openMemory(example.files);
  expect(notes?.map(({ message }) => message)).toEqual([
    'One image is of none of the classes by ISIC_2019_Test_GroundTruth.csv: kept apart, no part of training.',
  ]);
  expect(outside).toMatchObject([{ imageId: 'ISIC_0070001', label: -1, officialSplit: 'test', scoreWeight: 1 }]);
});

test('a reduced copy is found under the name of the whole image, and not taken for it where both are there', async () => {
  const path = 'ISIC_2019_Training_Input/ISIC_0000017_downsampled.jpg';
  const { [path]: reduced, ...others } = example.files;
  const whole = await openMemory({ ...others, 'ISIC_2019_Training_Input/ISIC_0000017.jpg': reduced });
  expect(whole.images.location('ISIC_0000017_downsampled')).toBe('ISIC_2019_Training_Input/ISIC_0000017.jpg');
  const both = await openMemory({ ...example.files, 'ISIC-2017_Training_Data/ISIC_0000017.jpg': 'another size' });
  expect(both.images.location('ISIC_0000017_downsampled')).toBe(path);
});

test('a weight that is none', async () => {
  const path = 'ISIC_2019_Test_GroundTruth.csv';
  const text = (example.files[path] as string).replace(',1,0.0\n', ',-1,0.0\n');
  expect((await refusal({ ...example.files, [path]: text })).message).toContain(
    `${path}, row 4: image ISIC_0070000 has the weight "-1", expected a number, 0 or more.`,
  );
});

test('a joined table with an image twice is named', async () => {
  const path = 'ISIC_2019_Training_Metadata.csv';
  const text = `${example.files[path]}ISIC_0000000.jpg,50,,,male\n`;
  expect((await refusal({ ...example.files, [path]: text })).message).toContain(
    `${path}, row 5: image ISIC_0000000.jpg already stands in row 2`,
  );
});
