import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const header = 'image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK';
const training = ['ISIC_0000000', 'ISIC_0000017_downsampled', 'ISIC_0053453'];
const test = ['ISIC_0034321', 'ISIC_0035068', 'ISIC_0070000', 'ISIC_0070001'];

export const example: FormatExample = {
  files: {
    'ISIC_2019_Training_GroundTruth.csv': csv(
      header,
      'ISIC_0000000,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0',
      'ISIC_0000017_downsampled,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0',
      'ISIC_0053453,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,0.0',
    ),
    'ISIC_2019_Training_Metadata.csv': csv(
      'image,age_approx,anatom_site_general,lesion_id,sex',
      'ISIC_0000000,55,anterior torso,,female',
      'ISIC_0000017_downsampled,30,upper extremity,MSK4_0011,female',
      'ISIC_0053453,,,BCN_0001905,',
    ),
    'ISIC_2019_Test_GroundTruth.csv': csv(
      `${header},score_weight,validation_weight`,
      'ISIC_0034321,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0',
      'ISIC_0035068,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0',
      'ISIC_0070000,0,0,0,0,0,1,0,0,0,1,0.0',
      'ISIC_0070001,0,0,0,0,0,0,0,0,1.0,1,0.0',
    ),
    'ISIC_2019_Test_Metadata.csv': csv(
      'image,age_approx,anatom_site_general,sex',
      'ISIC_0034321,60,,female',
      'ISIC_0035068,70,head/neck,male',
      'ISIC_0070000,70,lower extremity,male',
      'ISIC_0070001,45,palms/soles,male',
    ),
    ...imagesOf(training, (id) => `ISIC_2019_Training_Input/${id}.jpg`),
    ...imagesOf(test, (id) => `ISIC_2019_Test_Input/${id}.jpg`),
  },
  expected: {
    images: 6,
    classes: {
      ISIC_0000000: 'nv',
      ISIC_0000017_downsampled: 'mel',
      ISIC_0053453: 'scc',
      ISIC_0034321: 'nv',
      ISIC_0035068: 'nv',
      ISIC_0070000: 'df',
    },
  },
  table: {
    path: 'ISIC_2019_Training_GroundTruth.csv',
    image: 'image',
    badLabel: { cells: { bcc: '1' }, says: /a single diagnosis marked 1 and all others 0, found .*bcc 1/ },
  },
};
