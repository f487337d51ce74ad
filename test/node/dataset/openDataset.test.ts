import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { type OpenDatasetOptions, openDataset } from '../../../src/node/dataset/openDataset.js';
import { addFiles, makeFolder, metadata, metadataHeader, removeFolders, smallImage } from '../datasetFolder.js';
import { writeZip } from '../writeZip.js';

const images = await Promise.all([1, 2, 3, 4].map((n) => smallImage(n)));
const png = await smallImage(5, 'png');
const opened: Dataset[] = [];

async function openIt(folder: string, options?: OpenDatasetOptions): Promise<Dataset> {
  const dataset = await openDataset(folder, options);
  opened.push(dataset);
  return dataset;
}

afterEach(async () => {
  for (const dataset of opened.splice(0)) await dataset.images.close();
});
afterAll(removeFolders);

describe('HAM10000', () => {
  const three = metadata('nv', 'mel', 'bkl');

  test('with images flat, nested and as PNG', async () => {
    const folder = makeFolder({
      'HAM10000_metadata.csv': three,
      'ISIC_1.jpg': images[0],
      'part_1/deep/ISIC_2.JPEG': images[1],
      'part_2/ISIC_3.png': png,
    });
    const dataset = await openIt(folder);
    expect(dataset.info).toMatchObject({ id: 'ham10000', name: 'HAM10000', synthetic: false, licence: 'CC BY-NC 4.0' });
    expect(dataset.info.classes.map(({ id }) => id).join(' ')).toBe('akiec bcc bkl df mel nv vasc');
    expect(dataset.records.map(({ imageId, label }) => [imageId, label])).toEqual([
      ['ISIC_1', 5],
      ['ISIC_2', 4],
      ['ISIC_3', 2],
    ]);
    expect(dataset.metadataFile).toBe(join(folder, 'HAM10000_metadata.csv'));
    expect(dataset.hasLesionIds).toBe(true);
    expect(dataset.masks).toBeUndefined();
    expect(Buffer.from(await dataset.images.read('ISIC_2'))).toEqual(Buffer.from(images[1]));
    expect(dataset.images.byteLength('ISIC_3')).toBe(png.length);
    expect(dataset.images.location('ISIC_3')).toBe(join(folder, 'part_2', 'ISIC_3.png'));
    await expect(dataset.images.read('ISIC_9')).rejects.toMatchObject({ kind: 'data' });
  });

  test('is synthetic where a marker lies at any depth', async () => {
    const folder = makeFolder({
      'data/HAM10000_metadata.csv': three,
      'data/SYNTHETIC.txt': 'x',
      'data/ISIC_1.jpg': images[0],
      'data/ISIC_2.jpg': images[1],
      'data/ISIC_3.png': png,
    });
    expect((await openIt(folder)).info.synthetic).toBe(true);
  });

  test('with images in zips, packed or stored, masks in a third, and tables and files that do not matter', async () => {
    const folder = makeFolder({
      'dataverse/HAM10000_metadata.tab': three.replaceAll(',', '\t'),
      'dataverse/hmnist_8_8_L.csv': 'pixel0000,pixel0001,label\n1,2,3\n',
      'dataverse/.DS_Store': 'x',
      'readme.txt': 'x',
    });
    writeZip(join(folder, 'dataverse/HAM10000_images_part_1.zip'), {
      'ISIC_1.jpg': images[0],
      'ISIC_2.jpg': images[1],
    });
    writeZip(
      join(folder, 'HAM10000_images_part_2.zip'),
      { 'sub/': new Uint8Array(0), 'sub/ISIC_3.jpg': images[2], '__MACOSX/sub/._ISIC_3.jpg': png, 'LICENSE.txt': png },
      { store: true },
    );
    writeZip(join(folder, 'masks.zip'), { 'masks/ISIC_1_segmentation.png': png, 'masks/ISIC_2_segmentation.png': png });
    const dataset = await openIt(folder);
    expect([...dataset.images.imageIds].sort()).toEqual(['ISIC_1', 'ISIC_2', 'ISIC_3']);
    for (const i of [0, 1, 2]) {
      expect(Buffer.from(await dataset.images.read(`ISIC_${i + 1}`))).toEqual(Buffer.from(images[i]));
    }
    expect(dataset.images.location('ISIC_3')).toBe(`${join(folder, 'HAM10000_images_part_2.zip')}: sub/ISIC_3.jpg`);
    expect(dataset.images.fingerprint('ISIC_1')).toMatch(/^crc32-[0-9a-f]{8}-\d+$/);
    expect(dataset.masks?.imageIds).toEqual(['ISIC_1', 'ISIC_2']);
    expect(Buffer.from(await dataset.masks!.read('ISIC_2'))).toEqual(Buffer.from(png));
  });

  test('with everything in one zip, as Kaggle packs it, each image there twice', async () => {
    const folder = makeFolder();
    writeZip(join(folder, 'archive.zip'), {
      'HAM10000_metadata.csv': Buffer.from(three),
      'hmnist_28_28_RGB.csv': Buffer.from(`${Array.from({ length: 9000 }, (_, i) => `pixel${i}`).join()}\n`),
      'HAM10000_images_part_1/ISIC_1.jpg': images[0],
      'HAM10000_images_part_1/ISIC_2.jpg': images[1],
      'HAM10000_images_part_2/ISIC_3.jpg': images[2],
      'ham10000_images_part_1/ISIC_1.jpg': images[0],
    });
    const dataset = await openIt(folder);
    expect(dataset.records).toHaveLength(3);
    expect(dataset.images.imageIds).toHaveLength(3);
    expect(dataset.metadataFile).toBe(`${join(folder, 'archive.zip')}: HAM10000_metadata.csv`);
  });

  test('takes the table that describes the images, not that of another set, nor a split of its own', async () => {
    const folder = makeFolder({
      'A_test_metadata.csv': metadata('df').replaceAll('ISIC_', 'OTHER_'),
      'HAM10000_metadata.csv': three,
      'runs/first/splits.csv': 'image_id,lesion_id,dx,split\nISIC_1,HAM_1,nv,train\n',
      'ISIC_1.jpg': images[0],
      'OTHER_7.jpg': images[1],
    });
    const dataset = await openIt(folder);
    expect(dataset.metadataFile).toBe(join(folder, 'HAM10000_metadata.csv'));
    expect(dataset.images.imageIds).toContain('OTHER_7');
    expect(dataset.images.has('ISIC_2')).toBe(false);
  });

  test('of drawn images says so, and claims neither licence nor source', async () => {
    const { info } = await openIt(
      makeFolder({ 'HAM10000_metadata.csv': three, 'SYNTHETIC.txt': 'drawn', 'images/ISIC_1.jpg': images[0] }),
    );
    expect(info.synthetic).toBe(true);
    expect(info.name).toMatch(/^Synthetic/);
    expect([info.id, info.licence, info.citation]).toEqual(['ham10000', undefined, undefined]);
  });

  test('follows links, also one that leads back up, and one that leads nowhere', async () => {
    const target = makeFolder({ 'ISIC_1.jpg': images[0] });
    const folder = makeFolder({ HAM10000_metadata: metadata('nv') });
    symlinkSync(target, join(folder, 'images'));
    symlinkSync(folder, join(folder, 'again'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'dangling.jpg'));
    expect((await openIt(folder)).images.imageIds).toEqual(['ISIC_1']);
  });

  test('with other classes, where they are given', async () => {
    const classes = ['nv', 'scc'].map((id) => ({ id, name: id }));
    const folder = makeFolder({ 'meta.csv': metadata('scc', 'nv'), 'ISIC_1.jpg': images[0] });
    const dataset = await openIt(folder, { classes });
    expect(dataset.records.map(({ label }) => label)).toEqual([1, 0]);
    expect(dataset.info.classes).toBe(classes);
  });
});

test('a file changed on the disk has another fingerprint', async () => {
  const folder = makeFolder({ 'meta.csv': metadata('nv'), 'ISIC_1.jpg': images[0] });
  const before = (await openIt(folder)).images.fingerprint('ISIC_1');
  addFiles(folder, { 'ISIC_1.jpg': png });
  expect((await openIt(folder)).images.fingerprint('ISIC_1')).not.toBe(before);
});

describe('ISIC 2018', () => {
  const truth =
    'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\nISIC_1,0.0,1.0,0.0,0.0,0.0,0.0,0.0\nISIC_2,1.0,0.0,0.0,0.0,0.0,0.0,0.0\n';
  const folders = {
    'Training_GroundTruth/Training_GroundTruth.csv': truth,
    'Training_Input/ISIC_1.jpg': images[0],
    'Training_Input/ISIC_2.jpg': images[1],
  };

  test('without lesion groupings', async () => {
    const dataset = await openIt(makeFolder(folders));
    expect(dataset.info.id).toBe('isic2018');
    expect(dataset.records.map(({ label }) => label)).toEqual([5, 4]);
    expect(dataset.hasLesionIds).toBe(false);
  });

  test('with lesion groupings', async () => {
    const groupings = 'image,lesion_id,diagnosis_confirm_type\nISIC_1,L1,histopathology\nISIC_2,L2,histopathology\n';
    const dataset = await openIt(makeFolder({ ...folders, 'LesionGroupings.csv': groupings }));
    expect(dataset.records.map(({ lesionId, dxType }) => [lesionId, dxType])).toEqual([
      ['L1', 'histo'],
      ['L2', 'histo'],
    ]);
    expect(dataset.hasLesionIds).toBe(true);
  });
});

describe('a table that is named itself', () => {
  test('stands for its folder, whatever other tables are there', async () => {
    const folder = makeFolder({
      'HAM10000_metadata.csv': metadata('nv', 'mel', 'bkl'),
      'few.tab': 'image_id\tdx\nISIC_2\tbcc\n',
      'below/ISIC_1.jpg': images[0],
      'ISIC_2.jpg': images[1],
    });
    const dataset = await openIt(join(folder, 'few.tab'));
    expect(dataset.records).toMatchObject([{ imageId: 'ISIC_2', label: 1 }]);
    expect(dataset.metadataFile).toBe(join(folder, 'few.tab'));
    expect((await openIt(join(folder, 'HAM10000_metadata.csv'))).records).toHaveLength(3);
    await expect(openDataset(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'no-folder' });
  });

  test('may hold any diagnoses where they are asked for', async () => {
    const folder = makeFolder({ 'a.csv': 'image_id,dx\n1,wart\n2,MEL\n3,Wart\n4,mel\n', '1.jpg': images[0] });
    const dataset = await openIt(join(folder, 'a.csv'), { anyDiagnosis: true });
    expect(dataset.info.classes.map(({ id, name }) => [id, name])).toEqual([
      ['wart', 'wart'],
      ['mel', 'Melanoma'],
      ['Wart', 'Wart'],
    ]);
    expect(dataset.records.map(({ label }) => label)).toEqual([0, 1, 2, 1]);
    await expect(openDataset(join(folder, 'a.csv'))).rejects.toMatchObject({ code: 'unknown-diagnosis' });
  });

  test('of ISIC 2018 keeps its lesion groupings', async () => {
    const folder = makeFolder({
      'truth.csv': 'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\nISIC_1,1,0,0,0,0,0,0\nISIC_2,0,1,0,0,0,0,0\n',
      'groups.csv': 'image,lesion_id,diagnosis_confirm_type\nISIC_1,L1,histopathology\nISIC_2,L1,histopathology\n',
      'other.csv': metadata('bcc', 'bcc'),
      'ISIC_1.jpg': images[0],
    });
    const { records } = await openIt(join(folder, 'truth.csv'), { anyDiagnosis: true });
    expect(records).toMatchObject([
      { imageId: 'ISIC_1', lesionId: 'L1', label: 4 },
      { imageId: 'ISIC_2', lesionId: 'L1', label: 5 },
    ]);
    await expect(openDataset(join(folder, 'groups.csv'))).rejects.toMatchObject({ code: 'not-metadata' });
  });
});

describe('class folders', () => {
  test("named by HAM10000's codes, in HAM10000's order", async () => {
    const dataset = await openIt(
      makeFolder({
        'sorted/vasc/a.jpg': images[0],
        'sorted/bcc/b.png': png,
        'sorted/nv/deep/c.jpg': images[1],
        'note.txt': 'x',
      }),
    );
    expect(dataset.info.id).toBe('image-folder');
    expect(dataset.info.classes.map(({ id, malignant }) => [id, malignant])).toEqual([
      ['bcc', true],
      ['nv', false],
      ['vasc', false],
    ]);
    expect(dataset.records.map(({ imageId, label }) => [imageId, label])).toEqual([
      ['b', 0],
      ['c', 1],
      ['a', 2],
    ]);
    expect(dataset.hasLesionIds).toBe(false);
  });

  test('of any name, in alphabetical order, with the same file name in each, in a zip', async () => {
    const folder = makeFolder();
    writeZip(join(folder, 'flowers.zip'), { 'tulip/1.jpg': images[0], 'rose/1.jpg': images[1], 'rose/1.png': png });
    const dataset = await openIt(folder);
    expect(dataset.info.classes.map(({ id }) => id)).toEqual(['rose', 'tulip']);
    expect(dataset.records.map(({ imageId }) => imageId)).toEqual(['tulip/1', 'rose/1', 'rose/1-2']);
    expect(Buffer.from(await dataset.images.read('rose/1-2'))).toEqual(Buffer.from(png));
  });
});

test.each(['', metadataHeader])('a folder of image parts is not taken for classes (table: "%s")', async (table) => {
  const folder = makeFolder({ 'HAM10000_images_part_1/a.jpg': images[0], 'HAM10000_images_part_2/b.jpg': images[1] });
  if (table) addFiles(folder, { 'meta.csv': table.replace('dx,', '') });
  await expect(openDataset(folder)).rejects.toMatchObject({ exitStatus: 3 });
});
