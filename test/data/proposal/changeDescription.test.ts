import { expect, test } from 'vitest';
import { readDescription } from '../../../src/data/description/readDescription.js';
import {
  changeClass,
  changeMalignant,
  changeRole,
  roleInDescription,
} from '../../../src/data/proposal/changeDescription.js';

const { description } = readDescription(`
tables: [{file: a.csv}, {file: b.csv, key: pid, matches: patient}]
images: [{column: photo}]
label: {column: dx, map: {mole: nv, melanoma: mel, spot: bkl}}
classes: [{id: nv, name: Mole}, {id: mel, name: Melanoma, malignant: true}, {id: bkl, name: Spot}]
patient: patient
split: {column: part}
columns: {size: input, biopsy: never}
`);

test('every column has a role', () => {
  const role = (column: string) => roleInDescription(description, column);
  expect(['photo', 'dx', 'patient', 'part', 'size', 'biopsy', 'pid', 'notes'].map(role)).toEqual([
    'image',
    'label',
    'patient',
    'split',
    'input',
    'never',
    'join',
    'left out',
  ]);
});

test('a column takes a role, and what had it alone loses it', () => {
  const moved = changeRole(description, 'person', 'patient');
  expect([moved.patient, roleInDescription(moved, 'patient')]).toEqual(['person', 'join']);
  expect(changeRole(description, 'size', 'left out').columns).toEqual({ biopsy: 'never' });
  expect(changeRole(description, 'part', 'never')).toMatchObject({
    columns: { size: 'input', biopsy: 'never', part: 'never' },
  });
  expect(changeRole(description, 'part', 'never').split).toBeUndefined();
  const label = changeRole(description, 'biopsy', 'label', ['yes', 'no']);
  expect(label.label).toEqual({ column: 'biopsy', map: { yes: 'yes', no: 'no' } });
  expect([label.classes, label.columns]).toEqual([undefined, { size: 'input' }]);
});

test('a word becomes of another class, or its images are left out; classes follow', () => {
  const joined = changeClass(description, 'spot', 'nv');
  expect(joined.label.map).toEqual({ mole: 'nv', melanoma: 'mel', spot: 'nv' });
  expect(joined.classes?.map(({ id }) => id)).toEqual(['nv', 'mel']);
  const without = changeClass(description, 'spot', '');
  expect(without.label).toEqual({ column: 'dx', map: { mole: 'nv', melanoma: 'mel' }, others: 'leave out' });
  expect(changeClass(description, 'spot', 'sk').classes?.at(-1)).toEqual({ id: 'sk', name: 'sk' });
  expect(changeMalignant(description, 'nv', false).classes?.[0]).toEqual({ id: 'nv', name: 'Mole', malignant: false });
});
