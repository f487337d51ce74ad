import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const header =
  'case_num,diagnosis,seven_point_score,pigment_network,streaks,pigmentation,regression_structures,dots_and_globules,blue_whitish_veil,vascular_structures,level_of_diagnostic_difficulty,elevation,location,sex,management,clinic,derm,case_id,notes';
const row = (number: number, diagnosis: string, clinic: string, derm: string) =>
  `${number},${diagnosis},3,absent,absent,absent,absent,irregular,absent,absent,low,flat,back,female,excision,${clinic},${derm},,`;

export const example: FormatExample = {
  files: {
    'release_v0/meta/meta.csv': csv(
      header,
      row(1, 'basal cell carcinoma', 'NEL/NEL026.JPG', 'NEL/Nel027.jpg'),
      row(2, 'clark nevus', 'FBL/fbl031.jpg', 'FBL/FBL032.JPG'),
      row(3, 'melanoma (0.76 to 1.5 mm)', 'FBL/fbl033.jpg', 'FBL/fbl034.jpg'),
    ),
    'release_v0/meta/train_indexes.csv': 'indexes\n0\n',
    'release_v0/meta/valid_indexes.csv': 'indexes\n1\n',
    'release_v0/meta/test_indexes.csv': 'indexes\n2\n',
    ...imagesOf(['NEL/NEL026.JPG', 'NEL/Nel027.jpg', 'FBL/fbl031.jpg'], (path) => `release_v0/images/${path}`),
    ...imagesOf(['FBL/FBL032.JPG', 'FBL/fbl033.jpg', 'FBL/fbl034.jpg'], (path) => `release_v0/images/${path}`),
  },
  expected: {
    images: 6,
    classes: { NEL026: 'bcc', Nel027: 'bcc', fbl031: 'nv', FBL032: 'nv', fbl033: 'mel', fbl034: 'mel' },
  },
};
