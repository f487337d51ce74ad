import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/derm7pt.js';

const { files } = example;
const meta = 'release_v0/meta/meta.csv';

test('two images a case, with their kinds, one lesion, and the split by rows counted from 0', async () => {
  const { records, hasLesionIds, hasPatientIds } = await openMemory(files);
  expect([hasLesionIds, hasPatientIds]).toEqual([true, false]);
  expect(
    records.map(({ imageId, lesionId, officialSplit, values }) => [
      imageId,
      lesionId,
      officialSplit,
      values?.image_type,
    ]),
  ).toEqual([
    ['Nel027', '1', 'train', 'dermoscopic'],
    ['NEL026', '1', 'train', 'clinical'],
    ['FBL032', '2', 'validation', 'dermoscopic'],
    ['fbl031', '2', 'validation', 'clinical'],
    ['fbl034', '3', 'test', 'dermoscopic'],
    ['fbl033', '3', 'test', 'clinical'],
  ]);
});

test('dermoscopic images alone', async () => {
  const { records } = await openMemory(files, { imageTypes: ['dermoscopic'] });
  expect(records.map(({ imageId }) => imageId)).toEqual(['Nel027', 'FBL032', 'fbl034']);
});

test('neither the seven points nor their score nor the management are inputs', async () => {
  const { columns } = await openMemory(files);
  expect(columns?.filter(({ role }) => role === 'input')).toEqual([]);
  const never = columns?.filter(({ role }) => role === 'never').map(({ name }) => name);
  expect(never).toEqual(expect.arrayContaining(['seven_point_score', 'pigment_network', 'management', 'diagnosis']));
});

test('a file that stands in two cases is one image, and the cases stay together', async () => {
  const shared = (files[meta] as string).replace('FBL/fbl033.jpg', 'FBL/fbl031.jpg');
  const { records, links } = await openMemory({ ...files, [meta]: shared });
  expect(records).toHaveLength(5);
  expect(links).toEqual([
    { kind: 'listed', imageIds: ['FBL032', 'fbl034'], because: expect.stringContaining('fbl031 is of both cases') },
  ]);
});

test('lists of another version and cases twice are refused', async () => {
  expect(await refusal({ ...files, 'release_v0/meta/test_indexes.csv': 'indexes\n3\n' })).toMatchObject({
    code: 'no-such-row',
    message: expect.stringContaining('test_indexes.csv, row 2: expected a row of meta.csv counted from 0, at most 2'),
  });
  expect(await refusal({ ...files, 'release_v0/meta/test_indexes.csv': 'indexes\n0\n' })).toMatchObject({
    code: 'split-twice',
  });
  const table = files[meta] as string;
  expect(await refusal({ ...files, [meta]: table + table.split('\n')[1] })).toMatchObject({
    code: 'duplicate-image-id',
  });
});

test('a diagnosis that the paper does not group is named with its row', async () => {
  const odd = (files[meta] as string).replace('clark nevus', 'odd nevus');
  expect((await refusal({ ...files, [meta]: odd })).message).toContain(
    `${meta}, row 3: image FBL032 has diagnosis "odd nevus"`,
  );
});
