import { csv, type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    'mine.csv': csv('image_id,dx,patient_id,age', 'a.jpg,nv,P1,40', 'b.jpg,NV,P1,40', 'c.jpg,mel,P2,51', 'd.jpg,bcc,,'),
    ...imagesOf(['a', 'b', 'c', 'd'], (id) => `photos/${id}.jpg`),
  },
  expected: { images: 4, classes: { a: 'nv', b: 'nv', c: 'mel', d: 'bcc' } },
  table: {
    path: 'mine.csv',
    image: 'image_id',
    badLabel: { cells: { dx: 'wart' }, says: /dx "wart", expected one of akiec, bcc/ },
  },
};
