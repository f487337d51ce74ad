import { csv, type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    'data/metadata.csv': csv('file_name,label,patient_id', 'a.jpg,mel,P1', 'b.jpg,nv,P1', 'c.jpg,nv,P2'),
    ...imagesOf(['a', 'b', 'c'], (id) => `data/${id}.jpg`),
  },
  expected: { images: 3, classes: { a: 'mel', b: 'nv', c: 'nv' } },
};
