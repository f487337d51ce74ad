import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/isic2016.js';

const training = 'ISBI2016_ISIC_Part3_Training_GroundTruth.csv';

test('no first row is lost, and both encodings are read', async () => {
  const { records, info } = await openMemory(example.files);
  expect(info.classes.map(({ id }) => id)).toEqual(['benign', 'malignant']);
  expect(records.map(({ imageId, label, officialSplit, row }) => [imageId, label, officialSplit, row])).toEqual([
    ['ISIC_0000000', 0, 'train', 1],
    ['ISIC_0000001', 0, 'train', 2],
    ['ISIC_0000002', 1, 'train', 3],
    ['ISIC_0000003', 0, 'test', 1],
    ['ISIC_0000007', 1, 'test', 2],
  ]);
});

test('masks and photographs of part 3B in one folder: masks are no images', async () => {
  const { records, images, masks } = await openMemory({
    ...example.files,
    'ISBI2016_ISIC_Part3_Training_Data/ISIC_0000000_Segmentation.png': 'm',
  });
  expect(images.imageIds).toHaveLength(records.length);
  expect(masks?.imageIds).toEqual(['ISIC_0000000']);
});

test('a header that somebody added', async () => {
  const named = await openMemory({
    'ISIC2016_Training.csv': 'img_id,Label\nISIC_0000000,benign\nISIC_0000002,malignant\n',
    'ISIC_0000000.jpg': 'a',
    'ISIC_0000002.jpg': 'b',
  });
  expect(named.info.id).toBe('isic2016');
  expect(classesById(named)).toEqual({ ISIC_0000000: 'benign', ISIC_0000002: 'malignant' });
});

test('a row that is cut off, and an id twice across the tables', async () => {
  const cut = await refusal({ ...example.files, [training]: 'ISIC_0000000,benign\nISIC_0000001\n' });
  expect(cut.message).toBe(`${training}, row 2: expected 2 cells (image, label), found 1.`);
  const twice = await refusal({ ...example.files, [training]: 'ISIC_0000000,benign\nISIC_0000003,benign\n' });
  expect(twice.message).toContain(
    `ISBI2016_ISIC_Part3_Test_GroundTruth.csv, row 1: image ISIC_0000003 already stands in ${training}, row 2`,
  );
});
