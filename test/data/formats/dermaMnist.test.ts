import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/dermaMnist.js';
import { npy } from './npy.js';

const { files } = example;
const info =
  'index,split,image_id\n0,train,ISIC_1\n1,train,ISIC_2\n2,train,ISIC_3\n0,val,ISIC_4\n0,test,ISIC_5\n1,test,ISIC_6\n2,test,ISIC_7\n';
const lesions = 'image_id,lesion_id,dx,dx_type\nISIC_1,L1,mel,histo\nISIC_2,L2,nv,histo\nISIC_5,L1,mel,histo\n';

test('rows are images of their own, with the official split, and a warning that it leaks', async () => {
  const { records, images, hasLesionIds, notes } = await openMemory(files);
  expect(records.map(({ officialSplit }) => officialSplit)).toEqual([
    'train',
    'train',
    'train',
    'validation',
    'test',
    'test',
    'test',
  ]);
  expect(hasLesionIds).toBe(false);
  expect(notes?.map(({ message }) => message)).toEqual([
    expect.stringContaining('641 lesions in both training and test'),
  ]);
  const train = ['train_0', 'train_1', 'train_2'].map((id) => images.fingerprint(id));
  expect(new Set(train).size).toBe(3);
  expect(images.location('test_1')).toBe('dermamnist.npz: test_images.npy, image 1 (counted from 0)');
});

test('an image is its pixels, as a BMP of the size that was told before', async () => {
  const { images } = await openMemory(files);
  const bytes = await images.read('train_1');
  expect(bytes.length).toBe(images.byteLength('train_1'));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  expect([view.getUint16(0, true), view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)]).toEqual(
    [0x4d42, 3, 2, 24],
  );
  // [2, 3, 3] of values (i * 7) % 256, the second image from 18 on; the bottom row comes first, blue before green before red.
  const value = (i: number) => ((18 + i) * 7) % 256;
  expect([...bytes.subarray(54, 57)]).toEqual([value(11), value(10), value(9)]);
  expect([...bytes.subarray(54 + 12, 54 + 15)]).toEqual([value(2), value(1), value(0)]);
});

test('the table of its rows gives images and lesions back', async () => {
  const dataset = await openMemory({ ...files, 'dermamnist_split_info.csv': info, 'HAM10000_metadata.csv': lesions });
  expect(dataset.records.map(({ imageId, lesionId }) => [imageId, lesionId])).toEqual([
    ['ISIC_1', 'L1'],
    ['ISIC_2', 'L2'],
    ['ISIC_3', 'ISIC_3'],
    ['ISIC_4', 'ISIC_4'],
    ['ISIC_5', 'L1'],
    ['ISIC_6', 'ISIC_6'],
    ['ISIC_7', 'ISIC_7'],
  ]);
  expect(dataset.hasLesionIds).toBe(true);
  expect(dataset.notes).toEqual([]);
  // An index that counts through all splits, in another order of rows.
  const through = info
    .split('\n')
    .slice(1, 8)
    .map((line, i) => `${i},${line.split(',').slice(1).join(',')}`);
  const other = await openMemory({
    ...files,
    'dermamnist_split_info.csv': ['index,split,image_id', ...through.reverse()].join('\n'),
  });
  expect(other.records.map(({ imageId }) => imageId)).toEqual(dataset.records.map(({ imageId }) => imageId));
});

test('labels of 64 bits and grey images are read', async () => {
  const grey = {
    'dermamnist.npz: train_images.npy': npy('|u1', [2, 1, 2], [10, 20, 30, 40]),
    'dermamnist.npz: train_labels.npy': npy('<i8', [2], [5, 6]),
  };
  const { records, images } = await openMemory(grey);
  expect(records.map(({ label }) => label)).toEqual([5, 6]);
  expect([...(await images.read('train_1')).subarray(54, 60)]).toEqual([30, 30, 30, 40, 40, 40]);
});

test('another set of MedMNIST, arrays of other lengths, a cut-off array and two sizes are refused', async () => {
  const change = (name: string, bytes: Uint8Array) => ({ ...files, [`dermamnist.npz: ${name}.npy`]: bytes });
  expect((await refusal(change('train_labels', npy('|u1', [3, 1], [1, 2, 9])))).message).toContain(
    'image 2 (counted from 0) has the label 9',
  );
  expect((await refusal(change('train_labels', npy('|u1', [2, 1], [1, 2])))).message).toContain(
    'has 2 labels for 3 images',
  );
  const cut = npy('|u1', [3, 2, 3, 3], Array(54).fill(0)).subarray(0, 150);
  expect((await refusal(change('train_images', cut))).message).toMatch(
    /expected \d+ bytes for the shape \(3, 2, 3, 3\), found 150/,
  );
  const short = await refusal({ ...files, 'dermamnist_split_info.csv': info.replace('0,val,ISIC_4\n', '') });
  expect(short).toMatchObject({ code: 'other-split-info', message: expect.stringContaining('has 0 rows of val') });
  const twice = Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [path.replace('mnist.npz', 'mnist_64.npz'), bytes]),
  );
  expect(await refusal({ ...files, ...twice })).toMatchObject({ code: 'several-sizes' });
});
