import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const header = 'image_id,melanoma,seborrheic_keratosis';
const training = ['ISIC_0000000', 'ISIC_0000002', 'ISIC_0012099'];

export const example: FormatExample = {
  files: {
    'ISIC-2017_Training_Part3_GroundTruth.csv': csv(
      header,
      'ISIC_0000000,0.0,0.0',
      'ISIC_0000002,1.0,0.0',
      'ISIC_0012099,0.0,1.0',
    ),
    'ISIC-2017_Validation_Part3_GroundTruth.csv': csv(header, 'ISIC_0001769,0.0,0.0'),
    'ISIC-2017_Test_v2_Part3_GroundTruth.csv': csv(header, 'ISIC_0012086,0.0,0.0'),
    'ISIC-2017_Training_Data/ISIC-2017_Training_Data_metadata.csv': csv(
      'image_id,age_approximate,sex',
      'ISIC_0000000,55,female',
      'ISIC_0000002,60,male',
      'ISIC_0012099,unknown,unknown',
    ),
    ...imagesOf(training, (id) => `ISIC-2017_Training_Data/${id}.jpg`),
    ...imagesOf(training, (id) => `ISIC-2017_Training_Data/${id}_superpixels.png`),
    'ISIC-2017_Validation_Data/ISIC_0001769.jpg': 'v',
    'ISIC-2017_Test_v2_Data/ISIC_0012086.jpg': 't',
  },
  expected: {
    images: 5,
    classes: { ISIC_0000000: 'nv', ISIC_0000002: 'mel', ISIC_0012099: 'sk', ISIC_0001769: 'nv', ISIC_0012086: 'nv' },
  },
  table: {
    path: 'ISIC-2017_Training_Part3_GroundTruth.csv',
    image: 'image_id',
    badLabel: { cells: { melanoma: '0.5' }, says: /0 or 1 in melanoma and seborrheic_keratosis/ },
  },
};
