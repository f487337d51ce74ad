import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const header = 'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC';
const training = ['ISIC_0024306', 'ISIC_0024307', 'ISIC_0024310'];

export const example: FormatExample = {
  files: {
    'ISIC2018_Task3_Training_GroundTruth/ISIC2018_Task3_Training_GroundTruth.csv': csv(
      header,
      'ISIC_0024306,0.0,1.0,0.0,0.0,0.0,0.0,0.0',
      'ISIC_0024307,0.0,1.0,0.0,0.0,0.0,0.0,0.0',
      'ISIC_0024310,1.0,0.0,0.0,0.0,0.0,0.0,0.0',
    ),
    'ISIC2018_Task3_Training_LesionGroupings.csv': csv(
      'image,lesion_id,diagnosis_confirm_type',
      'ISIC_0024306,HAM_1,serial imaging showing no change',
      'ISIC_0024307,HAM_1,serial imaging showing no change',
      'ISIC_0024310,HAM_2,histopathology',
    ),
    'ISIC2018_Task3_Validation_GroundTruth/ISIC2018_Task3_Validation_GroundTruth.csv': csv(
      header,
      'ISIC_0034321,0.0,0.0,0.0,0.0,1.0,0.0,0.0',
    ),
    'ISIC2018_Task3_Test_GroundTruth.csv': csv(
      header,
      'ISIC_0034524,0.0,0.0,0.0,0.0,0.0,0.0,1.0',
      'ISIC_0035068,0.0,1.0,0.0,0.0,0.0,0.0,0.0',
    ),
    ...imagesOf(training, (id) => `ISIC2018_Task3_Training_Input/${id}.jpg`),
    'ISIC2018_Task3_Validation_Input/ISIC_0034321.jpg': 'v',
    ...imagesOf(['ISIC_0034524', 'ISIC_0035068'], (id) => `ISIC2018_Task3_Test_Input/${id}.jpg`),
  },
  expected: {
    images: 6,
    classes: {
      ISIC_0024306: 'nv',
      ISIC_0024307: 'nv',
      ISIC_0024310: 'mel',
      ISIC_0034321: 'bkl',
      ISIC_0034524: 'vasc',
      ISIC_0035068: 'nv',
    },
  },
  table: {
    path: 'ISIC2018_Task3_Training_GroundTruth/ISIC2018_Task3_Training_GroundTruth.csv',
    image: 'image',
    badLabel: {
      cells: { mel: '1.0' },
      says: /a single diagnosis marked 1 and all others 0, found .*mel 1\.0.*nv 1\.0/,
    },
  },
};
