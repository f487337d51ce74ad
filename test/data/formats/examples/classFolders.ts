import { type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: { ...imagesOf(['a', 'b'], (id) => `wart/${id}.jpg`), ...imagesOf(['c', 'd'], (id) => `mole/${id}.jpg`) },
  expected: { images: 4, classes: { a: 'wart', b: 'wart', c: 'mole', d: 'mole' } },
};
