import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const ids = ['ISIC_0000001', 'ISIC_0000002', 'ISIC_0000003', 'ISIC_0000004', 'ISIC_0000005', 'ISIC_0000006'];

export const example: FormatExample = {
  files: {
    'metadata.csv': csv(
      'isic_id,attribution,copyright_license,age_approx,anatom_site_general,diagnosis_1,diagnosis_2,diagnosis_3,diagnosis_4,diagnosis_confirm_type,image_type,lesion_id,melanocytic,patient_id,sex',
      'ISIC_0000001,"Hospital Italiano de Buenos Aires",CC-BY,40,posterior torso,Benign,Benign melanocytic proliferations,Nevus,"Nevus, NOS, Compound",histopathology,dermoscopic,IL_1,True,IP_1,male',
      'ISIC_0000002,"Hospital Italiano de Buenos Aires",CC-BY,40,posterior torso,Malignant,Malignant melanocytic proliferations (Melanoma),Melanoma in situ,,histopathology,dermoscopic,IL_2,True,IP_1,male',
      'ISIC_0000003,"University, Dermatology",CC-0,85,head/neck,Malignant,Malignant adnexal epithelial proliferations - Follicular,Basal cell carcinoma,"Basal cell carcinoma, Nodular",histopathology,clinical: close-up,IL_3,False,IP_2,female',
      'ISIC_0000004,"University, Dermatology",CC-0,,,Benign,Benign soft tissue proliferations - Vascular,,,single contributor clinical assessment,clinical: overview,,,,',
      'ISIC_0000005,Anonymous,CC-BY-NC,55,lower extremity,Indeterminate,Indeterminate epidermal proliferations,Solar or actinic keratosis,,single image expert consensus,dermoscopic,,False,,female',
      'ISIC_0000006,Anonymous,CC-BY-NC,55,lower extremity,,,,,,dermoscopic,,,,female',
    ),
    'attribution.txt': 'Hospital Italiano de Buenos Aires\n',
    'licenses/CC-0.txt': 'CC-0\n',
    ...imagesOf(ids, (id) => `${id}.JPG`),
  },
  expected: {
    images: 5,
    classes: {
      ISIC_0000001: 'nv',
      ISIC_0000002: 'mel',
      ISIC_0000003: 'bcc',
      ISIC_0000004: 'vasc',
      ISIC_0000005: 'ak',
    },
  },
  table: {
    path: 'metadata.csv',
    image: 'isic_id',
    badLabel: {
      cells: { diagnosis_1: 'Nice', diagnosis_2: '', diagnosis_3: '', diagnosis_4: '' },
      says: /has the diagnosis "Nice.*expected one of the archive’s taxonomy/,
    },
  },
};
