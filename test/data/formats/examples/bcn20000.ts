import { csv, type FormatExample, imagesOf } from '../formatExample.js';

export const example: FormatExample = {
  files: {
    'bcn_20k_train.csv': csv(
      'bcn_filename,age_approx,anatom_site_general,diagnosis,lesion_id,capture_date,sex,split',
      'BCN_0000000001.jpg,55.0,anterior torso,MEL,BCN_0003884,2012-05-16,male,train',
      'BCN_0000000002.jpg,55.0,anterior torso,MEL,BCN_0003884,2012-05-16,male,train',
      'BCN_0000000003.jpg,,head/neck,SCC,BCN_0000019,2015-07-09,female,train',
      'BCN_0000000004.jpg,70.0,,AK,,2013-01-11,,train',
    ),
    'bcn_20k_test.csv': csv(
      'bcn_filename,age_approx,anatom_site_general,lesion_id,capture_date,sex,split',
      'BCN_0000000099.jpg,55.0,anterior torso,BCN_0003999,2012-05-16,male,test',
    ),
    ...imagesOf(['1', '2', '3', '4'], (id) => `BCN_20k_train/bcn_20k_train/BCN_000000000${id}.jpg`),
  },
  expected: {
    images: 4,
    classes: { BCN_0000000001: 'mel', BCN_0000000002: 'mel', BCN_0000000003: 'scc', BCN_0000000004: 'ak' },
  },
  table: {
    path: 'bcn_20k_train.csv',
    image: 'bcn_filename',
    badLabel: { cells: { diagnosis: 'wart' }, says: /diagnosis "wart", expected one of mel, nv, bcc/ },
  },
};
