import { csv, type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    'HAM10000_metadata.csv': csv(
      'lesion_id,image_id,dx,dx_type,age,sex,localization,dataset',
      'HAM_1,ISIC_1,bkl,histo,80.0,male,scalp,vidir_modern',
      'HAM_1,ISIC_2,bkl,histo,80.0,male,scalp,vidir_modern',
      'HAM_2,ISIC_3,nv,follow_up,45.0,female,back,rosendahl',
      'HAM_3,ISIC_4,mel,histo,,unknown,unknown,vidir_molemax',
    ),
    ...imagesOf(['ISIC_1', 'ISIC_2'], (id) => `HAM10000_images_part_1/${id}.jpg`),
    ...imagesOf(['ISIC_3', 'ISIC_4'], (id) => `HAM10000_images_part_2/${id}.jpg`),
  },
  expected: { images: 4, classes: { ISIC_1: 'bkl', ISIC_2: 'bkl', ISIC_3: 'nv', ISIC_4: 'mel' } },
  table: {
    path: 'HAM10000_metadata.csv',
    image: 'image_id',
    badLabel: { cells: { dx: 'wart' }, says: /dx "wart", expected one of akiec, bcc/ },
    without: { lesion_id: 'table', dx_type: 'table' },
  },
};
