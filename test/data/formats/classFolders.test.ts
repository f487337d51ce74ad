import { describe, expect, test } from 'vitest';
import { auditDataset } from '../../../src/data/audit/auditDataset.js';
import { unusableImages } from '../../../src/data/audit/requireUsable.js';
import { classesById, openMemory, refusal } from '../memoryFiles.js';

/** An image in each folder. */
const inEach = (...folders: string[]) =>
  Object.fromEntries(folders.map((folder, i) => [`${folder}/${i}.jpg`, `x${i}`]));

test("names that a dataset gives its classes are classes, even with pictures and photos in them (DermNet's)", async () => {
  const names = ['Acne and Rosacea Photos', 'Hair pictures and others', 'Moles', 'Warts and other Photos'];
  const { info } = await openMemory(inEach(...names));
  expect(info.id).toBe('image-folder');
  expect(info.classes.map(({ id }) => id)).toEqual(names);
  const all = ['Acne Photos', 'Warts Photos'];
  expect((await openMemory(inEach(...all))).info.classes.map(({ id }) => id)).toEqual(all);
});

test('classes may be numbers, letters, and a lesion or none', async () => {
  for (const names of [
    ['0', '1'],
    ['A', 'B'],
    ['lesion', 'normal'],
    ['class_0', 'class_1'],
    ['benign skin', 'malignant skin'],
  ])
    expect((await openMemory(inEach(...names))).info.classes.map(({ id }) => id)).toEqual(names);
});

describe('folders of splits are never diagnoses', () => {
  test.each([[['fold_0', 'fold_1', 'fold_2']], [['train', 'test', 'extra']], [['split1', 'split2']]])(
    '%j',
    async (names) => {
      const error = await refusal(inEach(...names.flatMap((name) => [`${name}/mel`, `${name}/nv`])));
      expect(error.code).toBe('splits-as-classes');
      for (const name of names) expect(error.message).toContain(name);
      expect(error.message).toContain('mel, nv');
      expect(error.hint).toMatch(/one folder a class/);
    },
  );

  test.each([
    [
      ['train_dir', 'val_dir'],
      ['train', 'validation'],
    ],
    [
      ['train_set', 'test_set'],
      ['train', 'test'],
    ],
    [
      ['Train (80)', 'Test (20)'],
      ['train', 'test'],
    ],
    [
      ['Training', 'Validation'],
      ['train', 'validation'],
    ],
    [
      ['trainSet', 'testSet'],
      ['train', 'test'],
    ],
    [
      ['ISIC2018_Task3_Training_Input', 'ISIC2018_Task3_Test_Input'],
      ['train', 'test'],
    ],
  ])('the class folders inside of %j are classes, and they the official split', async (names, [first, second]) => {
    const { info, records } = await openMemory(inEach(...names.flatMap((name) => [`${name}/mel`, `${name}/nv`])));
    expect(info.classes.map(({ id }) => id)).toEqual(['mel', 'nv']);
    const split = Object.fromEntries(records.map(({ imageId, officialSplit }) => [imageId, officialSplit]));
    expect(split).toEqual({ 0: first, 1: first, 2: second, 3: second });
  });

  test('a name that stands in two splits is two images', async () => {
    const files = { 'train/mel/1.jpg': 'a', 'train/nv/2.jpg': 'b', 'test/mel/1.jpg': 'c', 'test/nv/3.jpg': 'd' };
    const { records } = await openMemory(files);
    expect(records.map(({ imageId }) => imageId).sort()).toEqual([
      'test/mel/1',
      'test/nv/3',
      'train/mel/1',
      'train/nv/2',
    ]);
  });

  test('one of them alone holds classes', async () => {
    const { info } = await openMemory(inEach('train_dir/mel', 'train_dir/nv'));
    expect(info.classes.map(({ id }) => id)).toEqual(['mel', 'nv']);
  });
});

test.each([
  [['HAM10000_images_part_1', 'HAM10000_images_part_2']],
  [['imgs_part_1', 'imgs_part_2']],
  [['images', 'melanoma']],
  [['original', 'resized']],
  [['patient_001', 'patient_002']],
  [['site A', 'site B']],
  [['2021', '2022']],
  [['2021-03', '20210415']],
])('folders that hold parts of the images are named: %j', async (names) => {
  const error = await refusal({ ...inEach(...names), 'metadata.csv': 'img_id,diagnostic\n0.png,NEV\n' });
  expect(error.code).toBe('no-metadata');
  expect(error.message).toContain(names[0]);
  expect(error.message).toContain('metadata.csv has the columns img_id, diagnostic');
});

test('a table that no format reads is named beside the folders that were taken', async () => {
  const { notes } = await openMemory({
    ...inEach('NEL', 'FBL'),
    'meta.csv': 'case_num,diagnosis,derm\n1,nevus,NEL/0.jpg\n',
  });
  expect(notes).toMatchObject([
    { kind: 'unread-file', message: expect.stringContaining('meta.csv has the columns case_num') },
  ]);
});

test('images in formats that are not read are listed by name, and their class does not vanish', async () => {
  const dataset = await openMemory({
    'bcc/a.gif': 'x',
    'bcc/b.HEIC': 'xx',
    'df/c.jfif': 'xxx',
    'mel/d.jpg': 'x4',
    // Converted, and kept beside the original.
    'mel/d.tif': 'x5',
    'mel/e.jp2': 'x6',
    'nv/f.png': 'x7',
  });
  expect(classesById(dataset)).toEqual({ a: 'bcc', b: 'bcc', c: 'df', d: 'mel', e: 'mel', f: 'nv' });
  const audit = await auditDataset(dataset, { decode: false });
  expect(unusableImages(audit).sort()).toEqual(['a', 'b', 'e']);
  expect(audit.counts['unread-format']).toBe(3);
  const messages = audit.findings.map(({ message }) => message);
  expect(messages).toContain(
    'bcc/a.gif is GIF. Save these images as PNG or JPEG: lesionlab reads JPEG, PNG, WebP, AVIF, BMP, TIFF and DICOM.',
  );
  expect(messages.find((message) => message.startsWith('bcc/b.HEIC is HEIC.'))).toContain('Most Compatible');
  expect(audit.counts['unread-file']).toBe(0);
});

test('images in all formats that are read are images, each once where it was converted and kept', async () => {
  const dataset = await openMemory({
    'bcc/a.bmp': 'x',
    'bcc/a.heic': 'x',
    'bcc/b.DCM': 'xx',
    'mel/c.jpg': 'x3',
    'mel/c.tif': 'x4',
    'mel/c.dcm': 'x5',
    'mel/d.WebP': 'x6',
    'nv/e.avif': 'x7',
    'nv/f.JPEG': 'x8',
  });
  expect(classesById(dataset)).toEqual({ a: 'bcc', b: 'bcc', c: 'mel', d: 'mel', e: 'nv', f: 'nv' });
  expect(dataset.images.location('a')).toBe('bcc/a.bmp');
  expect(dataset.images.location('c')).toBe('mel/c.jpg');
  expect(dataset.notes).toEqual([]);
});

test('masks are found in every format without loss', async () => {
  const dataset = await openMemory({
    'mel/a.bmp': 'x',
    'mel/a_segmentation.bmp': 'm',
    'nv/b.tif': 'xx',
    'nv/b_mask.TIFF': 'm',
    'nv/c.jpg': 'xx',
    'masks/c.webp': 'm',
  });
  expect(classesById(dataset)).toEqual({ a: 'mel', b: 'nv', c: 'nv' });
  expect(dataset.masks?.imageIds).toEqual(['a', 'b', 'c']);
});

test('masks and other pictures made of images are none', async () => {
  const dataset = await openMemory({
    'mel/a.jpg': 'x',
    'mel/a_mask.png': 'm',
    'mel/a_superpixels.png': 's',
    'mel/a_attribute_globules.png': 'g',
    'nv/b.jpg': 'xx',
    'nv/b_segmentation.png': 'm',
    'nv/b_Segmentation.PNG': 'm',
  });
  expect(classesById(dataset)).toEqual({ a: 'mel', b: 'nv' });
  expect(dataset.masks?.imageIds).toEqual(['a', 'b']);
  const apart = await openMemory({
    'images/mel/a.jpg': 'x',
    'images/nv/b.jpg': 'xx',
    'masks/mel/a.png': 'm',
    'masks/nv/b.png': 'm',
  });
  expect(classesById(apart)).toEqual({ a: 'mel', b: 'nv' });
  expect(apart.masks?.imageIds).toEqual(['a', 'b']);
});

test('classes that are given are taken whatever they are called, as runs of version 0.1 may have been trained on', async () => {
  const classes = ['train', 'val'].map((id) => ({ id, name: id }));
  expect(classesById(await openMemory(inEach('train', 'val'), { classes }))).toEqual({ 0: 'train', 1: 'val' });
  const two = ['mel', 'nv'].map((id) => ({ id, name: id }));
  // Files that version 0.1 passed over.
  const dataset = await openMemory({ ...inEach('mel', 'nv'), 'bcc/z.bmp': 'x' }, { classes: two });
  expect(classesById(dataset)).toEqual({ 0: 'mel', 1: 'nv' });
  expect(await refusal(inEach('mel', 'nv', 'bcc'), { classes: two })).toMatchObject({ code: 'unknown-class' });
});

test('names are compared in composed form, of folders and classes too', async () => {
  const name = 'Nävus';
  const files = {
    [`${name.normalize('NFD')}/a.jpg`]: 'x',
    [`${name.normalize('NFC')}/b.jpg`]: 'xx',
    'Melanom/c.jpg': 'xxx',
  };
  expect((await openMemory(files)).info.classes.map(({ id }) => id)).toEqual(['Melanom', name.normalize('NFC')]);
  const classes = ['Melanom', name.normalize('NFD')].map((id) => ({ id, name: id }));
  expect((await openMemory(files, { classes })).records.map(({ label }) => label).sort()).toEqual([0, 1, 1]);
});

describe('a folder of one class', () => {
  const files = { 'clinic/mel/a.jpg': 'x', 'clinic/mel/b.jpg': 'xx', 'clinic/mel/left/c.jpg': 'x3' };

  test('is nothing to train on, and the message says why', async () => {
    const error = await refusal(files);
    expect(error.code).toBe('no-metadata');
    expect(error.message).toContain('a single folder of images, mel, where telling classes apart takes two');
  });

  test('is read where another network is to be tested on it, parts of it too', async () => {
    const { info, records } = await openMemory(files, { anyDiagnosis: true, oneClass: true });
    expect(info.classes).toEqual([expect.objectContaining({ id: 'mel', name: 'Melanoma' })]);
    expect(records.map(({ imageId, label }) => [imageId, label])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ]);
    const inParts = await openMemory(
      { 'scar/part_1/a.jpg': 'x', 'scar/part_2/b.jpg': 'xx' },
      { anyDiagnosis: true, oneClass: true },
    );
    expect(classesById(inParts)).toEqual({ a: 'scar', b: 'scar' });
  });

  test('is none where its name says that it holds images or a split', async () => {
    for (const name of ['images', 'train', 'HAM10000_images_part_1', 'masks'])
      expect((await refusal(inEach(name), { anyDiagnosis: true, oneClass: true })).code, name).toMatch(/^no-/);
  });

  test('has no say where there are several, or a table', async () => {
    const { info } = await openMemory(inEach('mel', 'nv'), { anyDiagnosis: true, oneClass: true });
    expect(info.classes.map(({ id }) => id)).toEqual(['mel', 'nv']);
  });
});

test('a picture that is not read, in a folder beside the one that holds all classes, does not make that one a class', async () => {
  const files = { 'skin/mel/a.jpg': 'a', 'skin/mel/c.jpg': 'c', 'skin/nv/b.jpg': 'b', 'logos/x.gif': 'x' };
  const dataset = await openMemory(files);
  expect(classesById(dataset)).toEqual({ a: 'mel', b: 'nv', c: 'mel' });
  expect(dataset.notes?.map(({ message }) => message).join()).toContain('logos/x.gif');
});

test('what a file holds, its content says: a JPEG that is called .heic is read, in every command alike', async () => {
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...new Array(200).fill(0)]);
  const dataset = await openMemory({ 'mel/a.heic': jpeg, 'nv/b.heic': 'ftypheic', 'nv/c.jpg': jpeg });
  const audit = await auditDataset(dataset, { decode: false });
  expect(unusableImages(audit)).toEqual(['b']);
});
