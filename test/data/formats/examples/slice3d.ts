import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const header =
  'isic_id,target,patient_id,age_approx,sex,anatom_site_general,clin_size_long_diam_mm,image_type,tbp_tile_type,tbp_lv_A,tbp_lv_areaMM2,tbp_lv_location,tbp_lv_location_simple,tbp_lv_nevi_confidence,attribution,copyright_license,lesion_id,iddx_full,iddx_1,iddx_2,iddx_3,iddx_4,iddx_5,mel_mitotic_index,mel_thick_mm,tbp_lv_dnn_lesion_confidence';
const ids = ['ISIC_0015670', 'ISIC_0015845', 'ISIC_0015864', 'ISIC_0082829'];

export const example: FormatExample = {
  files: {
    'train-metadata.csv': csv(
      header,
      'ISIC_0015670,0,IP_1,60.0,male,lower extremity,3.04,TBP tile: close-up,3D: white,20.24,3.15,Right Leg - Upper,Right Leg,0.002,Memorial Sloan Kettering Cancer Center,CC-BY,,Benign,Benign,,,,,,,97.5',
      'ISIC_0015845,0,IP_1,60.0,male,head/neck,1.1,TBP tile: close-up,3D: white,31.7,0.91,Head & Neck,Head & Neck,8.1e-13,Memorial Sloan Kettering Cancer Center,CC-BY,IL_6,Benign,Benign,,,,,,,3.14',
      'ISIC_0015864,0,IP_2,,,,3.4,TBP tile: close-up,3D: XP,22.6,3.26,Unknown,Unknown,0.0,"Frazer Institute, The University of Queensland",CC-BY,,Benign,Benign,,,,,,,99.8',
      'ISIC_0082829,1,IP_3,80.0,male,posterior torso,6.0,TBP tile: close-up,3D: white,18.6,20.0,Torso Back,Torso Back,0.1,ACEMID MIA,CC-0,IL_7,Malignant::Malignant melanocytic proliferations (Melanoma)::Melanoma Invasive,Malignant,Malignant melanocytic proliferations (Melanoma),Melanoma Invasive,,,1/mm^2,0.4,99.9',
    ),
    'test-metadata.csv': csv(
      'isic_id,patient_id,age_approx,sex,anatom_site_general,clin_size_long_diam_mm,image_type,tbp_tile_type,tbp_lv_A',
      'ISIC_0015657,IP_9,45.0,male,posterior torso,2.7,TBP tile: close-up,3D: XP,22.8',
    ),
    ...imagesOf(ids, (id) => `train-image/image/${id}.jpg`),
  },
  expected: {
    images: 4,
    classes: {
      ISIC_0015670: 'benign',
      ISIC_0015845: 'benign',
      ISIC_0015864: 'benign',
      ISIC_0082829: 'malignant',
    },
  },
  table: {
    path: 'train-metadata.csv',
    image: 'isic_id',
    badLabel: { cells: { target: '2' }, says: /target "2", expected one of benign, malignant, 0, 1/ },
  },
};
