import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/slice3d.js';
import { csv } from './formatExample.js';

test("Kaggle's table: patients, what a network may be given, and what tells the answer", async () => {
  const { records, columns, hasPatientIds } = await openMemory(example.files);
  expect(records.map(({ patientId, lesionId }) => [patientId, lesionId])).toEqual([
    ['IP_1', 'ISIC_0015670'],
    ['IP_1', 'IL_6'],
    ['IP_2', 'ISIC_0015864'],
    ['IP_3', 'IL_7'],
  ]);
  expect(hasPatientIds).toBe(true);
  const named = (role: string) => columns!.filter((column) => column.role === role).map(({ name }) => name);
  expect(named('input')).toEqual(['clin_size_long_diam_mm', 'tbp_lv_a', 'tbp_lv_areamm2', 'tbp_lv_nevi_confidence']);
  expect(named('never')).toEqual([
    'copyright_license',
    'iddx_full',
    'iddx_1',
    'iddx_2',
    'iddx_3',
    'iddx_4',
    'iddx_5',
    'mel_mitotic_index',
    'mel_thick_mm',
    'tbp_lv_dnn_lesion_confidence',
  ]);
  expect(records[1].values).toMatchObject({ tbp_lv_nevi_confidence: 8.1e-13, tbp_lv_location: 'Head & Neck' });
});

test("the challenge's own files: truth, metadata and supplement joined", async () => {
  const images = Object.fromEntries(Object.entries(example.files).filter(([path]) => path.endsWith('.jpg')));
  const dataset = await openMemory({
    'ISIC_2024_Training_GroundTruth.csv': csv('isic_id,malignant', 'ISIC_0015670,0.0', 'ISIC_0082829,1.0'),
    'ISIC_2024_Training_Input/metadata.csv': csv(
      'isic_id,patient_id,age_approx,sex,tbp_lv_A',
      'ISIC_0015670,IP_1,60,male,20.2',
      'ISIC_0082829,IP_3,80,female,18.6',
    ),
    'ISIC_2024_Training_Supplement.csv': csv(
      'isic_id,lesion_id,iddx_full',
      'ISIC_0015670,,Benign',
      'ISIC_0082829,IL_7,Malignant::Melanoma',
    ),
    ...images,
  });
  expect(dataset.info.id).toBe('slice3d');
  expect(classesById(dataset)).toEqual({ ISIC_0015670: 'benign', ISIC_0082829: 'malignant' });
  expect(dataset.records[1]).toMatchObject({
    patientId: 'IP_3',
    lesionId: 'IL_7',
    age: 80,
    values: { tbp_lv_a: 18.6 },
  });
});

test('the test set alone is refused', async () => {
  const path = 'test-metadata.csv';
  const error = await refusal({ [path]: example.files[path], 'ISIC_0015657.jpg': 'x' });
  expect(error).toMatchObject({ code: 'hidden-truth', message: expect.stringContaining(path) });
});
