import { describe, expect, test } from 'vitest';
import { nameImages } from '../../../src/data/reading/imageIds.js';
import { AmbiguousImages, placeOf } from '../../../src/data/reading/imageIndex.js';
import { openMemory, refusal } from '../memoryFiles.js';

describe('ids with endings and folders match files by their last part', () => {
  const images = { 'images/a.jpg': 'a', 'images/b.png': 'bb' };
  test.each([
    'X',
    'X.jpg',
    'X.JPG',
    'X.png',
    'X.bmp',
    'images/X.jpg',
    './X',
    './images/X.jpeg',
    'images\\X.jpg',
    'C:\\data\\X.png',
    '../X.jpg',
    '/data/images/X.jpg',
  ])('%s', async (form) => {
    const rows = ['a', 'b'].map((id) => `${form.replace('X', id)},nv`);
    const dataset = await openMemory({ 'mine.csv': ['image_id,dx', ...rows].join('\n'), ...images });
    expect(dataset.records.map(({ imageId }) => imageId)).toEqual(['a', 'b']);
    expect(['a', 'b'].map((id) => dataset.images.location(id))).toEqual(['images/a.jpg', 'images/b.png']);
    expect(dataset.images.imageIds).toEqual(['a', 'b']);
  });

  test('dots that are no image ending stay', () => {
    expect(nameImages(['IMG.2020.01', 'a.b.jpg']).map(({ imageId }) => imageId)).toEqual(['IMG.2020.01', 'a.b']);
  });

  test('of two images with one name, the folder in the table says which', async () => {
    const files = { 'left/1.jpg': 'x', 'right/1.jpg': 'yy' };
    const both = await openMemory({ 'mine.csv': 'image_id,dx\nleft/1.jpg,nv\nright/1.jpg,mel\n', ...files });
    expect(both.records.map(({ imageId }) => [imageId, both.images.location(imageId)])).toEqual([
      ['left/1', 'left/1.jpg'],
      ['right/1', 'right/1.jpg'],
    ]);
    const one = await openMemory({ 'mine.csv': 'image_id,dx\nright/1.jpg,mel\n', ...files });
    expect(one.images.location('1')).toBe('right/1.jpg');
    expect(await refusal({ 'mine.csv': 'image_id,dx\n1.jpg,mel\n', ...files })).toMatchObject({
      code: 'ambiguous-image',
    });
  });

  test('two images that only their folders tell apart are never one file', async () => {
    const table = { 'mine.csv': 'image_id,dx\nleft/1.jpg,nv\nright/1.jpg,mel\n' };
    const { images } = await openMemory({ ...table, 'left/1.jpg': 'x' });
    expect([images.has('left/1'), images.has('right/1')]).toEqual([true, false]);
    expect((await openMemory({ ...table, '1.jpg': 'x' })).images.imageIds).toEqual(['1']);
  });

  test('tables are compared by such ids as well', async () => {
    const images = { 'a.jpg': 'x', 'b.jpg': 'yy' };
    const dataset = await openMemory({
      'one.csv': 'image_id,dx\na,nv\n',
      'two.csv': 'image_id,dx\nim\\a.jpg,mel\nim\\b.jpg,mel\n',
      ...images,
    });
    expect(dataset.metadataFile).toBe('two.csv');
  });

  test('a doubled ending is one', async () => {
    const dataset = await openMemory({ 'mine.csv': 'image_id,dx\na.jpg,nv\n', 'a.jpg.jpg': 'x' });
    expect(dataset.images.location('a')).toBe('a.jpg.jpg');
  });

  test('one image named twice is refused by its rows', async () => {
    const error = await refusal({ 'mine.csv': 'image_id,dx\na.jpg,nv\nA/../a.png,nv\na,mel\n', 'a.jpg': 'x' });
    expect(error).toMatchObject({ code: 'duplicate-image-id' });
  });
});

test('composed and decomposed letters are the same name, in files, zips, masks and tables', async () => {
  const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
  for (const [inTable, inFile] of [
    [composed, decomposed],
    [decomposed, composed],
  ]) {
    const dataset = await openMemory({
      'mine.csv': `image_id,dx\n${inTable},nv\n`,
      [`z.zip: ${inFile}.jpg`]: 'x',
      [`${inFile}_segmentation.png`]: 'm',
    });
    expect(dataset.records[0].imageId).toBe(composed);
    for (const id of [composed, decomposed]) expect(dataset.images.has(id) && dataset.masks?.has(id)).toBe(true);
  }
});

describe('images that are there twice', () => {
  const table = { 'mine.csv': 'image_id,dx\na,nv\nb,mel\n' };

  test('in one size are copies', async () => {
    const dataset = await openMemory({ ...table, 'x/a.jpg': '1', 'x/b.jpg': '2', 'y/a.jpg': '1', 'z.zip: b.jpg': '2' });
    expect(['a', 'b'].map((id) => dataset.images.location(id))).toEqual(['x/a.jpg', 'x/b.jpg']);
    expect(dataset.images.imageIds).toEqual(['a', 'b']);
  });

  const twice = {
    ...table,
    'full/part_1/a.jpg': 'long',
    'full/part_2/b.jpg': 'long',
    'small/part_1/a.jpg': 's',
    'small/part_2/b.jpg': 's',
  };

  test('in two sizes end in an error that names the places to choose from, any of which can be chosen', async () => {
    const error = await refusal(twice);
    expect(error).toBeInstanceOf(AmbiguousImages);
    expect((error as AmbiguousImages).places).toEqual(['full', 'small']);
    expect(error.message).toBe(
      '2 images are there twice and differ, a first: full/part_1/a.jpg (4 bytes) and small/part_1/a.jpg (1 bytes).',
    );
    expect(error.hint).toContain('full or small');
    expect(error.details).toHaveLength(2);
    for (const [place, bytes] of [
      ['full', 4],
      ['small', 1],
    ] as const) {
      const dataset = await openMemory(twice, { imagesIn: place });
      expect(['a', 'b'].map((id) => dataset.images.byteLength(id))).toEqual([bytes, bytes]);
      expect(dataset.metadataFile).toBe('mine.csv');
    }
  });

  test('in zips, or in folders of one, are chosen in the same way', async () => {
    const zips = { ...table, 'one.zip: im/a.jpg': 'x', 'two.zip: a.jpg': 'yy' };
    expect(((await refusal(zips)) as AmbiguousImages).places).toEqual(['one.zip', 'two.zip']);
    expect((await openMemory(zips, { imagesIn: 'two.zip' })).images.byteLength('a')).toBe(2);
    const inOne = { ...table, 'one.zip: im/a.jpg': 'x', 'one.zip: small/a.jpg': 'yy' };
    expect(((await refusal(inOne)) as AmbiguousImages).places).toEqual(['one.zip: im', 'one.zip: small']);
    expect((await openMemory(inOne, { imagesIn: 'one.zip: small' })).images.byteLength('a')).toBe(2);
  });

  test('one above the other leave the lower to choose, in one folder none', async () => {
    const nested = { ...table, 'a.jpg': 'x', 'small/a.jpg': 'yy' };
    expect(((await refusal(nested)) as AmbiguousImages).places).toEqual(['small']);
    const same = { ...table, 'im/a.jpg': 'x', 'im/a.png': 'yy' };
    expect(((await refusal(same)) as AmbiguousImages).places).toEqual([]);
  });

  test('masks under the images’ own names are no second versions', async () => {
    const dataset = await openMemory({ ...table, 'images/a.jpg': 'x', 'masks/a.png': 'mask' });
    expect(dataset.images.location('a')).toBe('images/a.jpg');
    expect(dataset.masks?.location('a')).toBe('masks/a.png');
  });
});

test('an image that is only there in a format that is not read is found, so that it can be named', async () => {
  const dataset = await openMemory({
    'mine.csv': 'image_id,dx\na,nv\nb,nv\n',
    'a.jpg': 'x',
    'b.gif': 'y',
    'c.heic': 'z',
  });
  expect(dataset.images.location('b')).toBe('b.gif');
  expect(dataset.notes).toMatchObject([{ kind: 'unread-file', message: expect.stringContaining('1 file (1 HEIC)') }]);
  const none = await refusal({ 'mine.csv': 'image_id,dx\na,nv\n', 'a.gif': 'x', 'b.gif': 'x', 'c.jxl': 'x' });
  expect(none).toMatchObject({ code: 'no-images', message: expect.stringContaining('3 files (2 GIF, 1 JPEG XL)') });
  expect(none.hint).toContain('PNG or JPEG');
});

test('what archives hold that are not opened is not passed over in silence', async () => {
  const nested = { 'mine.csv': 'image_id,dx\na,nv\n', 'outer.zip: in1.zip': 'x' };
  const error = await refusal(nested);
  expect(error.message).toContain('1 zip inside a zip');
  expect(error.message).toContain('outer.zip: in1.zip');
  expect(error.hint).toMatch(/^Unpack it/);
  const { notes } = await openMemory({ ...nested, 'a.jpg': 'x', 'more.rar': 'y', 'labels.xlsx': 'z' });
  expect(notes!.map(({ message }) => message)).toEqual([
    expect.stringContaining('2 files (1 RAR, 1 zip inside a zip)'),
    expect.stringContaining('labels.xlsx'),
  ]);
});

test('places are folders, zips, and folders in zips', () => {
  expect(placeOf({ location: 'data/im/a.jpg' })).toBe('data/im');
  expect(placeOf({ location: 'a.jpg' })).toBe('.');
  expect(placeOf({ location: 'd/z.zip: a.jpg', archive: 'd/z.zip' })).toBe('d/z.zip');
  expect(placeOf({ location: 'd/z.zip: im/a.jpg', archive: 'd/z.zip' })).toBe('d/z.zip: im');
});
