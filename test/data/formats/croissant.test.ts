import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/croissant.js';

const { files } = example;
const text = files['croissant.json'] as string;

test('label, image, split, name and licence are what it says', async () => {
  const { info, records } = await openMemory(files);
  expect(info).toMatchObject({
    id: 'croissant',
    name: 'Moles of a clinic',
    licence: 'https://creativecommons.org/licenses/by/4.0/',
    citation: 'A clinic (2024)',
  });
  expect(records.map(({ imageId, officialSplit }) => [imageId, officialSplit])).toEqual([
    ['P1', 'train'],
    ['P2', 'test'],
  ]);
});

test('two tables that refer to each other are joined', async () => {
  const value = JSON.parse(text);
  value.distribution.push({ '@id': 'truth.csv', contentUrl: 'truth.csv', encodingFormat: 'text/csv' });
  const [photo, finding] = value.recordSet[0].field;
  const of = (column: string, id: string) => ({
    '@id': id,
    source: { fileObject: { '@id': 'truth.csv' }, extract: { column } },
  });
  value.recordSet.push({
    '@id': 'truth',
    field: [
      { ...of('nr', 'truth/nr'), references: { field: { '@id': 'cases/nr' } } },
      { ...finding, ...of('what', 'truth/what') },
    ],
  });
  value.recordSet[0].field = [
    photo,
    { ...of('nr', 'cases/nr'), source: { fileObject: { '@id': 'cases.csv' }, extract: { column: 'nr' } } },
  ];
  const joined = {
    ...files,
    'croissant.json': JSON.stringify(value),
    'data/cases.csv': 'photo,nr\nP1,1\nP2,2\n',
    'truth.csv': 'nr,what\n2,mel\n1,nv\n',
  };
  expect(classesById(await openMemory(joined))).toEqual({ P1: 'nv', P2: 'mel' });
});

test('labels in folders, by a regular expression over paths', async () => {
  const field = (id: string, dataType: string, regex: string) => ({
    '@id': id,
    dataType,
    source: { fileSet: { '@id': 'images' }, extract: { fileProperty: 'fullpath' }, transform: { regex } },
  });
  const value = {
    ...JSON.parse(text),
    recordSet: [
      {
        '@id': 'all',
        field: [field('l', 'cr:Label', '.*/([^/]+)/[^/]+$'), field('s', 'cr:Split', '.*/([^/]+)/[^/]+/[^/]+$')],
      },
    ],
  };
  const folders = { 'croissant.json': JSON.stringify(value), 'd/train/mel/1.jpg': 'a', 'd/test/nv/2.jpg': 'b' };
  const dataset = await openMemory(folders);
  expect(classesById(dataset)).toEqual({ 1: 'mel', 2: 'nv' });
  expect(dataset.records.find(({ imageId }) => imageId === '2')?.officialSplit).toBe('test');
});

test('what it doesn’t say is said, and another metadata.json is none', async () => {
  const mute = text.replace('cr:Label', 'sc:Text');
  const error = await refusal({ ...files, 'croissant.json': mute });
  expect(error).toMatchObject({
    code: 'croissant-without-label',
    message: expect.stringContaining('is of the type cr:Label'),
  });
  expect(error.hint).toContain('lesionlab describe');
  expect((await refusal({ 'metadata.json': '{"a": 1}', 'x.jpg': 'x' })).code).toBe('no-metadata');
  expect((await openMemory({ 'metadata.json': '{"a": 1}', 'mel/x.jpg': 'x', 'nv/y.jpg': 'y' })).info.id).toBe(
    'image-folder',
  );
});
