import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { LesionlabError } from '../../../src/errors.js';
import { openImageInputs } from '../../../src/node/dataset/imageInputs.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { makeFolder, removeFolders, smallImage } from '../datasetFolder.js';
import { writeZip } from '../writeZip.js';

const images = await Promise.all([1, 2, 3, 4].map((n) => smallImage(n)));
const table = 'image_id,dx\nISIC_1,nv\nISIC_2,mel\n';
const opened: Dataset[] = [];

async function openIt(path: string): Promise<Dataset> {
  const dataset = await openDataset(path);
  opened.push(dataset);
  return dataset;
}
async function refused(path: string): Promise<LesionlabError> {
  const error = await openIt(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LesionlabError)) throw new Error('expected an error', { cause: error });
  return error;
}
afterEach(async () => {
  for (const dataset of opened.splice(0)) await dataset.images.close();
});
afterAll(removeFolders);

describe('a folder of images alone takes the table above it', () => {
  const twice = {
    'meta.csv': table,
    'full/part_1/ISIC_1.jpg': images[0],
    'full/part_2/ISIC_2.jpg': images[1],
    'small/ISIC_1.jpg': images[0].subarray(0, 300),
    'small/ISIC_2.jpg': images[1].subarray(0, 300),
  };

  test('which is how one of two versions of the images is chosen', async () => {
    const folder = makeFolder(twice);
    const error = await refused(folder);
    expect(error).toMatchObject({ code: 'ambiguous-image', kind: 'data' });
    const [full, small] = [join(folder, 'full'), join(folder, 'small')];
    expect(error.hint).toContain(`Give ${full} or ${small} in place of ${folder}`);
    for (const path of [full, small]) {
      const dataset = await openIt(path);
      expect(dataset.metadataFile).toBe(join(folder, 'meta.csv'));
      expect(dataset.records).toHaveLength(2);
      expect(dataset.images.location('ISIC_1').startsWith(path)).toBe(true);
    }
  });

  test('of two zips as well, and a zip may be all of a dataset', async () => {
    const folder = makeFolder({ 'meta.csv': table });
    writeZip(join(folder, 'full.zip'), { 'ISIC_1.jpg': images[0], 'ISIC_2.jpg': images[1] });
    writeZip(join(folder, 'small.zip'), { 'ISIC_1.jpg': images[0].subarray(0, 300) });
    expect((await refused(folder)).hint).toContain(join(folder, 'small.zip'));
    const dataset = await openIt(join(folder, 'full.zip'));
    expect(dataset.images.location('ISIC_2')).toBe(`${join(folder, 'full.zip')}: ISIC_2.jpg`);
    writeZip(join(folder, 'all.zip'), {
      'meta.csv': Buffer.from(table),
      'ISIC_1.jpg': images[0],
      'ISIC_2.jpg': images[1],
    });
    expect((await openIt(join(folder, 'all.zip'))).metadataFile).toBe(`${join(folder, 'all.zip')}: meta.csv`);
  });

  test('two folders up, but none that describes other images, and none where there are classes', async () => {
    const far = makeFolder({ 'meta.csv': table, 'images/resized/ISIC_1.jpg': images[0] });
    expect((await openIt(join(far, 'images', 'resized'))).records).toHaveLength(2);
    const other = makeFolder({ 'meta.csv': table, 'cut.csv': 'image_id,dx\na\n', 'images/IMG_7.jpg': images[0] });
    expect(await refused(join(other, 'images'))).toMatchObject({ code: 'no-metadata' });
    const sorted = makeFolder({
      'meta.csv': table,
      'sorted/mel/ISIC_1.jpg': images[0],
      'sorted/nv/ISIC_2.jpg': images[1],
    });
    expect((await openIt(join(sorted, 'sorted'))).info.id).toBe('image-folder');
    const splits = makeFolder({
      'meta.csv': table,
      'images/train/ISIC_1.jpg': images[0],
      'images/test/ISIC_2.jpg': images[1],
    });
    expect((await openIt(join(splits, 'images'))).metadataFile).toBe(join(splits, 'meta.csv'));
  });
});

test('names on the disk and in zips are compared in composed form, and read by their own', async () => {
  const [nfc, nfd] = ['caf\u00e9', 'cafe\u0301'];
  const folder = makeFolder({
    'meta.csv': `image_id,dx\n${nfc},nv\nNa\u0308vus,nv\nISIC_1,nv\n`,
    [`${nfd}.jpg`]: images[0],
    'ISIC_1.jpg': images[2],
  });
  writeZip(join(folder, 'more.zip'), { [`${'Fälle'.normalize('NFD')}/N\u00e4vus.jpg`]: images[1] });
  const dataset = await openIt(folder);
  for (const { imageId } of dataset.records) expect(dataset.images.has(imageId), imageId).toBe(true);
  expect(Buffer.from(await dataset.images.read(nfc))).toEqual(Buffer.from(images[0]));
  expect(readdirSync(folder)).toContain(`${nfd}.jpg`);
  const byName = await openIt(join(folder, 'meta.csv'));
  expect(byName.records).toHaveLength(3);
});

test('zips of Windows have backslashes; hidden folders in a zip are no classes', async () => {
  const folder = makeFolder();
  writeZip(join(folder, 'windows.zip'), {
    'set\\mel\\a.jpg': images[0],
    'set\\nv\\b.jpg': images[1],
    'set/.ipynb_checkpoints/a-checkpoint.jpg': images[0],
  });
  const { info, records } = await openIt(folder);
  expect(info.classes.map(({ id }) => id)).toEqual(['mel', 'nv']);
  expect(records).toHaveLength(2);
});

test('a zip in a zip is named, with what helps', async () => {
  const folder = makeFolder();
  writeZip(join(folder, 'in1.zip'), { 'ISIC_1.jpg': images[0] });
  const outer = makeFolder();
  writeZip(join(outer, 'dataverse_files.zip'), { 'meta.csv': Buffer.from(table), 'in1.zip': images[3] });
  const error = await refused(outer);
  expect(error.code).toBe('no-images');
  expect(error.message).toContain(`${join(outer, 'dataverse_files.zip')}: in1.zip`);
  expect(error.hint).toContain('Unpack it');
});

test('tables in UTF-16 and Windows-1252 on the disk', async () => {
  const folder = makeFolder({ 'Närbild.jpg': images[0] });
  const text = 'image_id;dx\nNärbild;nv\n';
  for (const bytes of [
    Buffer.from(`\uFEFF${text}`, 'utf16le'),
    Buffer.from(text, 'latin1'),
    Buffer.from(`\uFEFF${text}`),
  ]) {
    writeFileSync(join(folder, 'meta.csv'), bytes);
    const dataset = await openIt(folder);
    expect(dataset.images.has(dataset.records[0].imageId)).toBe(true);
  }
});

describe('images to predict', () => {
  test('are no masks or side products, and those of formats that are not read are among them to be named', async () => {
    const folder = makeFolder({
      'a.jpg': images[0],
      'a_superpixels.png': images[1],
      'a_mask.png': images[1],
      'a_segmentation.png': images[1],
      'masks/a.png': images[1],
      'b.jfif': images[2],
      'c.bmp': 'x',
      'a.tif': 'x',
    });
    writeZip(join(folder, 'z.zip'), { 'd.png': images[3], 'd_mask.png': images[3], 'deep.zip': images[3] });
    const inputs = await openImageInputs([folder]);
    expect(inputs.files.map(({ name }) => name)).toEqual(['a.jpg', 'b.jfif', 'c.bmp', 'd.png']);
    expect(inputs.unopened.map(({ name }) => name)).toEqual(['deep.zip']);
    await inputs.close();
    // A file that is named is meant.
    const named = await openImageInputs([join(folder, 'a_mask.png')]);
    expect(named.files).toHaveLength(1);
    await named.close();
  });

  test('none but in an archive that is not opened', async () => {
    const folder = makeFolder({ 'images.rar': 'x' });
    await expect(openImageInputs([folder])).rejects.toMatchObject({
      code: 'no-images',
      message: expect.stringContaining('images.rar'),
    });
  });
});
