import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/bcn20000.js';

test('names of files are ids without their ending; lesions, people and the split are read', async () => {
  const { records, columns, hasLesionIds } = await openMemory(example.files);
  expect(records[0]).toMatchObject({
    imageId: 'BCN_0000000001',
    lesionId: 'BCN_0003884',
    age: 55,
    sex: 'male',
    officialSplit: 'train',
  });
  expect(records[3]).toMatchObject({ lesionId: 'BCN_0000000004', sex: undefined, localization: undefined });
  expect(columns).toEqual([{ name: 'capture_date', kind: 'text', role: 'never' }]);
  expect(hasLesionIds).toBe(true);
});

test('a diagnosis of none of the classes is outside', async () => {
  const path = 'bcn_20k_train.csv';
  const text = (example.files[path] as string).replace(',AK,', ',OOD,');
  const { records, outside } = await openMemory({ ...example.files, [path]: text });
  expect(records).toHaveLength(3);
  expect(outside).toMatchObject([{ imageId: 'BCN_0000000004' }]);
});

test('the test set alone is refused', async () => {
  const path = 'bcn_20k_test.csv';
  const error = await refusal({ [path]: example.files[path], 'BCN_0000000099.jpg': 'x' });
  expect(error).toMatchObject({ code: 'hidden-truth', message: expect.stringContaining(path) });
});
