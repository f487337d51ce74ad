import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';

test('takes image_id and dx and what else of the columns is there, and claims nobody’s licence', async () => {
  const dataset = await openMemory({ 'mine.csv': 'image_id,dx,sex\na,nv,F\nb,mel,M\n', 'a.jpg': 'x', 'b.jpg': 'yy' });
  expect(dataset.info).toMatchObject({ id: 'table', name: 'Table of images', synthetic: false });
  expect([dataset.info.licence, dataset.info.citation]).toEqual([undefined, undefined]);
  expect(dataset.info.classes.map(({ id }) => id).join(' ')).toBe('akiec bcc bkl df mel nv vasc');
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
