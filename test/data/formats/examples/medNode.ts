import { type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    ...imagesOf(['1001', '1002'], (id) => `complete_mednode_dataset/melanoma/${id}.jpg`),
    ...imagesOf(['2001', '2002'], (id) => `complete_mednode_dataset/naevus/${id}.jpg`),
  },
  expected: { images: 4, classes: { 1001: 'melanoma', 1002: 'melanoma', 2001: 'naevus', 2002: 'naevus' } },
};
