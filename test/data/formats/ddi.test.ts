import { expect, test } from 'vitest';
import { fitzpatrickPairs } from '../../../src/data/formats/skinTypes.js';
import { openMemory } from '../memoryFiles.js';
import { example } from './examples/ddi.js';

test('malignant or not, with skin tones as groups and the disease as no input', async () => {
  const { info, records, columns, hasLesionIds } = await openMemory(example.files);
  expect(info.classes.map(({ id, malignant }) => [id, malignant])).toEqual([
    ['benign', false],
    ['malignant', true],
  ]);
  expect(hasLesionIds).toBe(false);
  expect(columns).toEqual([
    { name: 'skin_tone', kind: 'number', role: 'subgroup', bands: fitzpatrickPairs },
    { name: 'disease', kind: 'text', role: 'never' },
  ]);
  expect(records[0].values).toEqual({ skin_tone: 56, disease: 'melanoma-in-situ' });
});
