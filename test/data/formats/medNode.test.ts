import { expect, test } from 'vitest';
import { openMemory } from '../memoryFiles.js';
import { example } from './examples/medNode.js';

test('is told by its folder, and other melanomas and naevi are class folders', async () => {
  const { info } = await openMemory(example.files);
  expect(info).toMatchObject({ id: 'med-node', licence: expect.stringContaining('research') });
  expect((await openMemory({ 'x/melanoma/1.jpg': 'a', 'x/naevus/2.jpg': 'b' })).info.id).toBe('image-folder');
});
