import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/milk10k.js';

const [metadata, truth] = ['MILK10k_Training_Metadata.csv', 'MILK10k_Training_GroundTruth.csv'];
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(example.files).filter(([path]) => !names.includes(path)));

test('two images of a lesion share its diagnosis; the supplement and a network’s words are no inputs', async () => {
  const { records, columns, hasLesionIds } = await openMemory(example.files);
  expect(records.map(({ lesionId }) => lesionId)).toEqual(['IL_0000652', 'IL_0000652', 'IL_0003176', 'IL_0003176']);
  expect(records[1]).toMatchObject({ dxType: 'histo', age: 70, sex: 'male', localization: 'head neck face' });
  expect(records[1].values).toMatchObject({ image_type: 'dermoscopic', skin_tone_class: 1, monet_hair: 0.2 });
  expect(columns!.some(({ role }) => role === 'input')).toBe(false);
  expect(hasLesionIds).toBe(true);
});

test('dermoscopic images alone', async () => {
  const { records } = await openMemory(example.files, { imageTypes: ['dermoscopic'] });
  expect(records.map(({ imageId }) => imageId)).toEqual(['ISIC_4671410', 'ISIC_3904046']);
});

test('goes without the supplement', async () => {
  const { records, columns } = await openMemory(without('MILK10k_Training_Supplement.csv'));
  expect(records[0].dxType).toBeUndefined();
  expect(columns!.map(({ name }) => name)).not.toContain('diagnosis_full');
});

test('refuses lesions without images, images without lesions, and the test set', async () => {
  expect(await refusal(without(metadata))).toMatchObject({
    code: 'no-image-table',
    hint: expect.stringContaining('MILK10k_Training_Metadata.csv'),
  });
  const test = 'MILK10k_Test_Metadata.csv';
  const { [metadata]: table, ...others } = without(truth);
  expect(await refusal({ ...others, [test]: table })).toMatchObject({
    code: 'hidden-truth',
    message: expect.stringContaining(`${test} lists test images of MILK10k`),
  });
});
