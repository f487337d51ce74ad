import { expect, test } from 'vitest';
import { openMemory } from '../memoryFiles.js';
import { example } from './examples/padUfes20.js';

test('patients before lesions, UNK is missing, and biopsed is never an input', async () => {
  const { records, columns, hasPatientIds, hasLesionIds } = await openMemory(example.files);
  expect([hasPatientIds, hasLesionIds]).toEqual([true, true]);
  expect(
    records.map(({ patientId, lesionId, age, sex, localization }) => [patientId, lesionId, age, sex, localization]),
  ).toEqual([
    ['PAT_46', '881', 55, 'female', 'neck'],
    ['PAT_46', '882', 55, 'female', 'arm'],
    ['PAT_9', '17', 77, undefined, 'face'],
    ['PAT_9', '17', 77, undefined, 'face'],
  ]);
  const roleOf = (name: string) => columns?.find((column) => column.name === name)?.role;
  expect(['biopsed', 'itch', 'fitspatrick', 'diagnostic'].map(roleOf)).toEqual([
    'never',
    'input',
    'subgroup',
    undefined,
  ]);
  expect(records[0].values).toMatchObject({
    changed: null,
    itch: 'True',
    diameter_1: 6,
    biopsed: 'True',
    fitspatrick: 3,
  });
  expect(records[1].values).toMatchObject({ background_mother: null, diameter_1: null });
});
