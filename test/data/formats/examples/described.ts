import { csv, type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    'dataset.yaml':
      'tables: [{file: t.csv}]\nimages: [{column: photo}]\nlabel: {column: what, map: {mole: nv, melanoma: mel}}\n',
    't.csv': csv('photo,what', 'P1,mole', 'P2,melanoma'),
    ...imagesOf(['P1', 'P2']),
  },
  expected: { images: 2, classes: { P1: 'nv', P2: 'mel' } },
};
