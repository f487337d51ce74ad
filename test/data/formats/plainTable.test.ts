import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';

test('takes image_id and dx and what else of the columns is there, and claims nobody’s licence', async () => {
  const dataset = await openMemory({ 'mine.csv': 'image_id,dx,sex\na,nv,F\nb,mel,M\n', 'a.jpg': 'x', 'b.jpg': 'yy' });
  expect(dataset.info).toMatchObject({ id: 'table', name: 'Table of images', synthetic: false });
  expect([dataset.info.licence, dataset.info.citation]).toEqual([undefined, undefined]);
  expect(dataset.info.classes.map(({ id }) => id).join(' ')).toBe('mel nv');
  expect(dataset.records.map(({ lesionId, sex }) => [lesionId, sex])).toEqual([
    ['a', 'female'],
    ['b', 'male'],
  ]);
  expect(dataset.hasLesionIds).toBe(false);
});

test('refuses other diagnoses unless they are asked for', async () => {
  const files = { 'mine.csv': 'image_id,dx\n1,wart\n2,MEL\n3,Wart\n4,mel\n', '1.jpg': 'x' };
  expect(await refusal(files)).toMatchObject({ code: 'unknown-diagnosis' });
  const dataset = await openMemory(files, { anyDiagnosis: true });
  expect(dataset.info.classes.map(({ id }) => id)).toEqual(['wart', 'mel', 'Wart']);
  expect(classesById(dataset)).toEqual({ 1: 'wart', 2: 'mel', 3: 'Wart', 4: 'mel' });
});

test.each(['split', 'fold', 'predicted'])('a column %s beside them changes nothing', async (column) => {
  const dataset = await openMemory({ 'mine.csv': `image_id,dx,${column}\na,nv,train\n`, 'a.jpg': 'x' });
  expect(classesById(dataset)).toEqual({ a: 'nv' });
});

test('what lesionlab wrote itself describes images only where nothing else does', async () => {
  const own = {
    'splits.csv': 'image_id,lesion_id,dx,split\na,L,nv,train\nb,L,nv,test\n',
    'm/a.jpg': 'x',
    'n/b.jpg': 'yy',
  };
  const table = { 'mine.csv': 'image_id,dx\na,mel\n' };
  expect(classesById(await openMemory({ ...own, ...table }))).toEqual({ a: 'mel' });
  // Folders are classes rather than the splits made of them.
  expect((await openMemory(own)).info.id).toBe('image-folder');
  const { 'splits.csv': splits } = own;
  const alone = await openMemory({ 'splits.csv': splits, 'a.jpg': 'x', 'b.jpg': 'yy' });
  expect(classesById(alone)).toEqual({ a: 'nv', b: 'nv' });
  // A table that is named is meant.
  expect((await openMemory({ ...own, ...table }, { table: 'splits.csv' })).records).toHaveLength(2);
});

test("a table of one's own with the columns of a splits.csv is read where folders hold parts of the images, or splits", async () => {
  const table = { 'mine.csv': 'image_id,lesion_id,dx,split\na,L,mel,train\nb,M,nv,test\n' };
  for (const folders of [
    ['HAM10000_images_part_1', 'HAM10000_images_part_2'],
    ['train', 'test'],
  ]) {
    const images = { [`${folders[0]}/a.jpg`]: 'x', [`${folders[1]}/b.jpg`]: 'yy' };
    expect(classesById(await openMemory({ ...table, ...images }))).toEqual({ a: 'mel', b: 'nv' });
  }
});

test('run folders that lie in the data are no part of it', async () => {
  const run = Object.fromEntries(['config.json', 'splits.csv', 'splits.json'].map((name) => [`runs/one/${name}`, 'x']));
  const dataset = await openMemory({
    ...run,
    'runs/one/evaluation/test/grid.png': 'picture',
    'runs/one/evaluation/test/predictions.csv': 'image_id,dx\na,mel\nb,mel\n',
    'mel/a.jpg': 'x',
    'nv/b.jpg': 'yy',
  });
  expect(dataset.info.id).toBe('image-folder');
  expect(classesById(dataset)).toEqual({ a: 'mel', b: 'nv' });
});

test('another dataset’s table in the folder is named where it has images that are not read, and a copy of the same is not', async () => {
  const files = {
    'mine.csv': 'image_id,dx\na,nv\nb,mel\n',
    'HAM10000_metadata.csv': 'lesion_id,image_id,dx,dx_type,age,sex,localization\nH1,c,nv,histo,50,male,back\n',
    'a.jpg': 'x',
    'b.jpg': 'yy',
  };
  const said = async (some: Record<string, string>) => (await openMemory(some)).notes?.map(({ message }) => message);
  expect(await said(files)).toEqual([
    'HAM10000_metadata.csv was left out: it is of HAM10000, 1 of its 1 images are none of mine.csv, and none of these are there. Name the table in place of the folder to read it, or both tables to have them as one dataset.',
  ]);
  const copy = { ...files, 'HAM10000_metadata.csv': files['HAM10000_metadata.csv'].replace(',c,', ',a,') };
  expect(await said(copy)).toEqual([]);
});

test('a mark of another language says nothing', async () => {
  const files = { 'mine.csv': 'image_id,dx,age,sex\na,nv,k.A.,k.A.\nb,mel,40,w\n', 'a.jpg': 'x', 'b.jpg': 'yy' };
  const { records, notes } = await openMemory(files);
  expect(records.map(({ age, sex }) => [age, sex])).toEqual([
    [null, undefined],
    [40, 'female'],
  ]);
  expect(notes).toEqual([]);
});
