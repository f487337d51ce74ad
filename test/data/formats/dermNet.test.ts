import { expect, test } from 'vitest';
import { openMemory } from '../memoryFiles.js';
import { example } from './examples/dermNet.js';

test('train and test are its split, and photographs of one series belong together', async () => {
  const { info, records, links } = await openMemory(example.files);
  expect(info.id).toBe('dermnet');
  expect(new Set(records.map(({ officialSplit }) => officialSplit))).toEqual(new Set(['train', 'test']));
  expect(links).toHaveLength(5);
  expect(links).toContainEqual({
    kind: 'listed',
    imageIds: ['acne-cystic-1', 'acne-cystic-2'],
    because: 'names of one series',
  });
});

test('a folder of another name makes it class folders of one’s own', async () => {
  const { info } = await openMemory({ ...example.files, 'train/Zoster/z.jpg': 'z' });
  expect(info.id).toBe('image-folder');
});
