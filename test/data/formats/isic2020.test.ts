import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/isic2020.js';

const [v1, v2] = ['ISIC_2020_Training_GroundTruth.csv', 'ISIC_2020_Training_GroundTruth_v2.csv'];
const first =
  'image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target\nISIC_2637011,IP_1,male,45.0,head/neck,unknown,benign,0\nISIC_0068279,IP_3,,,torso,melanoma,malignant,1\n';

test('patients, lesions and listed pairs; the diagnosis is no input', async () => {
  const { records, links, columns, hasPatientIds, hasLesionIds } = await openMemory(example.files);
  expect(records.map(({ patientId, lesionId }) => [patientId, lesionId])).toEqual([
    ['IP_1', 'IL_1'],
    ['IP_1', 'IL_2'],
    ['IP_2', 'IL_3'],
    ['IP_3', 'IL_4'],
  ]);
  expect(links).toEqual([
    { kind: 'listed', imageIds: ['ISIC_2637011', 'ISIC_0052212'], because: 'ISIC_2020_Training_Duplicates.csv' },
  ]);
  expect(columns?.map(({ name, role }) => [name, role])).toEqual([
    ['diagnosis', 'never'],
    ['benign_malignant', 'never'],
    ['asymmetry', 'never'],
  ]);
  expect([hasPatientIds, hasLesionIds]).toEqual([true, true]);
});

test("the first version, also as Kaggle's train.csv; where both lie there, the second is read", async () => {
  const { [v2]: _, ...others } = example.files;
  for (const name of [v1, 'train.csv']) {
    const { records, hasLesionIds } = await openMemory({ ...others, [name]: first });
    expect(records).toHaveLength(2);
    expect(hasLesionIds).toBe(false);
  }
  // Both describe the same images: the one that says more of them counts, whatever the order of their names.
  const whole = (example.files[v2] as string)
    .split('\n')
    .map((line) =>
      line
        .split(',')
        .filter((_, i) => i !== 2 && i !== 9)
        .join(','),
    )
    .join('\n');
  const both = await openMemory({ ...example.files, [v1]: whole });
  expect(both.metadataFile).toBe(v2);
  expect(both.hasLesionIds).toBe(true);
});

test('the test set is refused, saying why', async () => {
  const header = 'image_name,patient_id,sex,age_approx,anatom_site_general_challenge';
  const files = { 'ISIC_2020_Test_Metadata.csv': `${header}\nISIC_1,IP_1,male,70,torso\n`, 'test/ISIC_1.jpg': 'x' };
  const expected = {
    code: 'hidden-truth',
    kind: 'data',
    message:
      'ISIC_2020_Test_Metadata.csv lists test images of ISIC 2020 (SIIM-ISIC), and no diagnoses (no column target): they are kept back by its makers.',
  };
  expect(await refusal(files)).toMatchObject(expected);
  expect(await refusal(files, { table: 'ISIC_2020_Test_Metadata.csv' })).toMatchObject(expected);
  // Beside the training set it is in nobody's way.
  expect((await openMemory({ ...example.files, ...files })).records).toHaveLength(4);
});
