import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const column = (id: string, name: string, dataType: string, more: object = {}) => ({
  '@type': 'cr:Field',
  '@id': `cases/${id}`,
  name: id,
  dataType,
  source: { fileObject: { '@id': 'cases.csv' }, extract: { column: name } },
  ...more,
});

export const example: FormatExample = {
  files: {
    'croissant.json': JSON.stringify({
      '@context': { '@vocab': 'https://schema.org/', cr: 'http://mlcommons.org/croissant/' },
      '@type': 'sc:Dataset',
      name: 'Moles of a clinic',
      license: 'https://creativecommons.org/licenses/by/4.0/',
      citeAs: 'A clinic (2024)',
      distribution: [
        { '@type': 'cr:FileObject', '@id': 'cases.csv', contentUrl: 'data/cases.csv', encodingFormat: 'text/csv' },
        { '@type': 'cr:FileSet', '@id': 'images', encodingFormat: 'image/jpeg', includes: 'images/*.jpg' },
      ],
      recordSet: [
        {
          '@type': 'cr:RecordSet',
          '@id': 'cases',
          field: [
            column('photo', 'photo', 'sc:Text', { references: { field: { '@id': 'images/name' } } }),
            column('finding', 'finding', 'cr:Label'),
            column('part', 'part', 'cr:Split'),
          ],
        },
        {
          '@type': 'cr:RecordSet',
          '@id': 'images',
          field: [
            {
              '@type': 'cr:Field',
              '@id': 'images/name',
              dataType: 'sc:ImageObject',
              source: { fileSet: { '@id': 'images' }, extract: { fileProperty: 'content' } },
            },
          ],
        },
      ],
    }),
    'data/cases.csv': csv('photo,finding,part', 'P1,nv,train', 'P2,mel,test'),
    ...imagesOf(['P1', 'P2'], (id) => `images/${id}.jpg`),
  },
  expected: { images: 2, classes: { P1: 'nv', P2: 'mel' } },
};
