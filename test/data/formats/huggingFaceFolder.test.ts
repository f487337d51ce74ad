import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';

test('a table in each folder of a split is read as one, each naming the files of its own folder', async () => {
  const files = {
    'train/metadata.csv': 'file_name,label\n1.jpg,mel\n2.jpg,nv\n',
    'test/metadata.csv': 'label,file_name\nnv,1.jpg\n',
    'train/1.jpg': 'a',
    'train/2.jpg': 'b',
    'test/1.jpg': 'c',
  };
  const dataset = await openMemory(files);
  expect(classesById(dataset)).toEqual({ 'train/1': 'mel', 'test/1': 'nv', 2: 'nv' });
  expect(dataset.images.location('test/1')).toBe('test/1.jpg');
  const split = Object.fromEntries(dataset.records.map(({ imageId, officialSplit }) => [imageId, officialSplit]));
  expect(split).toEqual({ 'train/1': 'train', 2: 'train', 'test/1': 'test' });
});

test('metadata.jsonl with paths, patients and numbers', async () => {
  const lines = [
    { file_name: 'img/a.png', label: 'nv', patient_id: 7, age: 50 },
    { file_name: 'img/b.png', label: 'mel', patient_id: 7, age: null },
  ];
  const jsonl = {
    'metadata.jsonl': `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    'img/a.png': 'a',
    'img/b.png': 'b',
  };
  const { info, records } = await openMemory(jsonl);
  expect(info.id).toBe('hugging-face-folder');
  expect(records.map(({ imageId, label, patientId, age, row }) => [imageId, label, patientId, age, row])).toEqual([
    ['a', 0, '7', 50, 1],
    ['b', 1, '7', null, 2],
  ]);
  const broken = { ...jsonl, 'metadata.jsonl': '{"file_name": "img/a.png", "label": "nv"}\n{"file_name": "img/b\n' };
  expect((await refusal(broken)).message).toContain('metadata.jsonl, row 2: expected an object as JSON');
});

test('a column patient or lesion is read, and columns that nothing is made of are named', async () => {
  const files = {
    'metadata.csv': 'file_name,label,Patient,lesion,scanner,batch\na.jpg,nv,1,x,A,1\nb.jpg,mel,1,y,B,2\n',
    'a.jpg': 'a',
    'b.jpg': 'b',
  };
  const { records, notes } = await openMemory(files);
  expect(records.map(({ patientId, lesionId }) => [patientId, lesionId])).toEqual([
    ['1', 'x'],
    ['1', 'y'],
  ]);
  expect(notes?.map(({ message }) => message)).toEqual([
    'metadata.csv: nothing is made of the columns scanner, batch. A dataset.yaml can say what they are (lesionlab describe).',
  ]);
});
