import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/hmnist.js';

const [path] = Object.keys(example.files);
const text = example.files[path] as string;

test('4 is naevus, 5 vascular and 6 melanoma, and the loss of lesions is said', async () => {
  const { info, hasLesionIds, notes, images } = await openMemory(example.files);
  expect(info.id).toBe('hmnist');
  expect(hasLesionIds).toBe(false);
  expect(notes?.[0].message).toContain('images of one lesion come to both sides of every split');
  const bytes = await images.read('row_1');
  // Row 1 begins with 62, 65, 68; the bottom row of pixels comes first, each value three times.
  expect([...bytes.subarray(54 + 7 * 24, 54 + 7 * 24 + 6)]).toEqual([62, 62, 62, 65, 65, 65]);
});

test('Windows line ends, labels with decimals, and rows that are none', async () => {
  const windows = text.replaceAll('\n', '\r\n').replace(',4\r', ',4.0\r');
  expect((await openMemory({ [path]: windows })).records.map(({ label }) => label)).toEqual([5, 4, 6, 0]);
  expect((await refusal({ [path]: text.replace(/,6\n/, ',9\n') })).message).toContain(
    `${path}, row 3: expected a label from 0 to 6 at the end, found "9"`,
  );
  const { images } = await openMemory({ [path]: text.replace('31,34,', '31,x,') });
  await expect(images.read('row_0')).rejects.toMatchObject({ code: 'bad-pixels' });
});

test('HAM10000 beside it is read in its place', async () => {
  const files = {
    ...example.files,
    'HAM10000_metadata.csv': 'lesion_id,image_id,dx,dx_type\nL,I1,nv,histo\n',
    'I1.jpg': 'x',
  };
  expect((await openMemory(files)).info.id).toBe('ham10000');
});
