import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const ids = ['ISIC_2637011', 'ISIC_0015719', 'ISIC_0052212', 'ISIC_0068279'];

export const example: FormatExample = {
  files: {
    'ISIC_2020_Training_GroundTruth_v2.csv': csv(
      'image_name,patient_id,lesion_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target,asymmetry',
      'ISIC_2637011,IP_1,IL_1,male,45,head/neck,unknown,benign,0,0',
      'ISIC_0015719,IP_1,IL_2,male,45,upper extremity,unknown,benign,0,0',
      'ISIC_0052212,IP_2,IL_3,female,50,,nevus,benign,0,0',
      'ISIC_0068279,IP_3,IL_4,,,torso,melanoma,malignant,1,0',
    ),
    'ISIC_2020_Training_Duplicates.csv': csv(
      'image_name_1,image_name_2',
      'ISIC_2637011,ISIC_0052212',
      'ISIC_0000001,ISIC_0000002',
    ),
    ...imagesOf(ids, (id) => `train/${id}.jpg`),
  },
  expected: {
    images: 4,
    classes: { ISIC_2637011: 'benign', ISIC_0015719: 'benign', ISIC_0052212: 'benign', ISIC_0068279: 'malignant' },
  },
  table: {
    path: 'ISIC_2020_Training_GroundTruth_v2.csv',
    image: 'image_name',
    badLabel: { cells: { target: '2' }, says: /target "2", expected one of benign, malignant, 0, 1/ },
  },
};
