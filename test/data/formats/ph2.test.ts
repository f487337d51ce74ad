import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/ph2.js';

const { files } = example;
const list = 'PH2Dataset/PH2_dataset.txt';

test('the diagnosis is that of the list; masks and regions are no images', async () => {
  const { info, records, images, metadataFile } = await openMemory(files);
  expect(info.classes.map(({ id }) => id)).toEqual(['common', 'atypical', 'mel']);
  expect(records.map(({ row }) => row)).toEqual([2, 3, 4, 5]);
  expect(images.imageIds).toEqual(['IMD003', 'IMD009', 'IMD168', 'IMD405']);
  expect(images.location('IMD003')).toMatch(/IMD003_Dermoscopic_Image\/IMD003.bmp$/);
  expect(metadataFile).toBe(list);
});

test('masks of lesions belong to their images; other datasets have none of these', async () => {
  const { masks } = await openMemory(files);
  expect(masks!.imageIds).toEqual(['IMD003', 'IMD009', 'IMD168', 'IMD405']);
  expect(masks!.location('IMD168')).toMatch(/IMD168_lesion\/IMD168_lesion.bmp$/);
  const without = Object.fromEntries(Object.entries(files).filter(([path]) => !path.includes('_lesion.')));
  expect((await openMemory(without)).masks).toBeUndefined();
});

test('copies with converted images are read too', async () => {
  const png = Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path.replace(/\.bmp$/, '.png'), content]),
  );
  expect((await openMemory(png)).records).toHaveLength(4);
});

test('without its list the folders are not taken for 200 classes', async () => {
  const { [list]: _, ...rest } = files;
  expect((await refusal(rest)).message).toContain('its folders are images, not classes');
});

test('a code that is none, an image twice and a list of another layout are named', async () => {
  const text = files[list] as string;
  expect((await refusal({ ...files, [list]: text.replace('||         2 ', '||         7 ') })).message).toContain(
    'row 5: image IMD405 has the clinical diagnosis 7, expected 0 (common naevus)',
  );
  expect((await refusal({ ...files, [list]: text.replace('IMD009', 'IMD003') })).message).toContain(
    'already stands in row 2',
  );
  expect(await refusal({ ...files, [list]: 'IMD003 0\nIMD009 1\n' })).toMatchObject({ code: 'bad-ph2-list' });
});
