import { type FormatExample, imagesOf } from '../formatExample.js';

const train = ['ISIC_0000000', 'ISIC_0000001', 'ISIC_0000002'];
const test = ['ISIC_0000003', 'ISIC_0000007'];

export const example: FormatExample = {
  files: {
    'ISBI2016_ISIC_Part3_Training_GroundTruth.csv':
      'ISIC_0000000,benign\nISIC_0000001,benign\nISIC_0000002,malignant\n',
    'ISBI2016_ISIC_Part3_Test_GroundTruth.csv': 'ISIC_0000003,0.0\nISIC_0000007,1.0\n',
    ...imagesOf(train, (id) => `ISBI2016_ISIC_Part3_Training_Data/${id}.jpg`),
    ...imagesOf(test, (id) => `ISBI2016_ISIC_Part3_Test_Data/${id}.jpg`),
  },
  expected: {
    images: 5,
    classes: {
      ISIC_0000000: 'benign',
      ISIC_0000001: 'benign',
      ISIC_0000002: 'malignant',
      ISIC_0000003: 'benign',
      ISIC_0000007: 'malignant',
    },
  },
  table: {
    path: 'ISBI2016_ISIC_Part3_Training_GroundTruth.csv',
    image: 'ISIC_0000000',
    badLabel: { cells: { benign: 'wart' }, says: /is "wart", expected benign or malignant, or 0 or 1/ },
  },
};
