import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/fitzpatrick17k.js';

const { files } = example;
const [first, second] = Object.keys(example.expected.classes);

test('images that are missing are counted, not refused; a skin type of -1 is none', async () => {
  const { [`${first}.jpg`]: _, ...rest } = files;
  const { records, absent, columns } = await openMemory(rest);
  expect(absent).toEqual([first]);
  expect(records).toHaveLength(3);
  expect(records.map(({ values }) => [values?.fitzpatrick_scale, values?.fitzpatrick_centaur])).toEqual([
    [1, null],
    [null, 3],
    [1, 1],
  ]);
  expect(columns?.filter(({ role }) => role === 'never').map(({ name }) => name)).toEqual([
    'label',
    'nine_partition_label',
    'three_partition_label',
    'qc',
  ]);
});

test('classes are the conditions in alphabetical order, malignant as the table says', async () => {
  const { info } = await openMemory(files);
  expect(info.classes.map(({ id, malignant }) => [id, malignant])).toEqual([
    ['basal cell carcinoma', true],
    ['dermatofibroma', false],
    ['drug induced pigmentary changes', false],
    ['photodermatoses', false],
  ]);
});

test('classes that are given choose the column that has them', async () => {
  const three = ['benign', 'malignant', 'non-neoplastic'].map((id) => ({ id, name: id }));
  expect(Object.values(classesById(await openMemory(files, { classes: three })))).toEqual([
    'non-neoplastic',
    'non-neoplastic',
    'benign',
    'malignant',
  ]);
  const nine = ['benign dermal', 'inflammatory', 'malignant epidermal'].map((id) => ({ id, name: id }));
  expect(classesById(await openMemory(files, { classes: nine }))[second]).toBe('inflammatory');
});

test('a row twice is refused with its place', async () => {
  const table = files['fitzpatrick17k.csv'] as string;
  const doubled = { ...files, 'fitzpatrick17k.csv': table + table.split('\n')[1].replace(/^(\w+,)\d/, '$19') };
  expect(await refusal(doubled)).toMatchObject({
    code: 'duplicate-image-id',
    message: expect.stringContaining(`fitzpatrick17k.csv, row 6: image ${first} already stands in row 2`),
  });
});
