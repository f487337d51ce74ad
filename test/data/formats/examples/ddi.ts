import { csv, type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    'ddi_metadata.csv': csv(
      ',DDI_ID,DDI_file,skin_tone,malignant,disease',
      '0,1,000001.png,56,True,melanoma-in-situ',
      '1,2,000002.png,12,False,melanocytic-nevi',
      '2,3,000003.png,34,False,seborrheic-keratosis',
    ),
    ...imagesOf(['000001', '000002', '000003'], (id) => `${id}.png`),
  },
  expected: { images: 3, classes: { '000001': 'malignant', '000002': 'benign', '000003': 'benign' } },
  table: {
    path: 'ddi_metadata.csv',
    image: 'DDI_file',
    badLabel: { cells: { malignant: 'perhaps' }, says: /malignant "perhaps"/ },
  },
};
