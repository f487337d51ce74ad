import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const header =
  'patient_id,lesion_id,smoke,drink,background_father,background_mother,age,pesticide,gender,skin_cancer_history,cancer_history,has_piped_water,has_sewage_system,fitspatrick,region,diameter_1,diameter_2,diagnostic,itch,grew,hurt,changed,bleed,elevation,img_id,biopsed';

export const example: FormatExample = {
  files: {
    'metadata.csv': csv(
      header,
      'PAT_46,881,False,False,POMERANIA,POMERANIA,55,False,FEMALE,True,True,True,True,3.0,NECK,6.0,5.0,BCC,True,True,False,UNK,True,True,PAT_46_881_939.png,True',
      'PAT_46,882,False,False,BRASIL,UNK,55,False,FEMALE,True,True,True,True,3.0,ARM,,,NEV,False,False,False,False,False,False,PAT_46_882_1.png,False',
      'PAT_9,17,,,,,77,,,,,,,,FACE,,,ACK,UNK,UNK,UNK,UNK,UNK,UNK,PAT_9_17_80.png,False',
      'PAT_9,17,,,,,77,,,,,,,,FACE,,,ACK,True,False,False,False,False,False,PAT_9_17_81.png,False',
    ),
    ...imagesOf(['PAT_46_881_939', 'PAT_46_882_1'], (id) => `images/imgs_part_1/imgs_part_1/${id}.png`),
    ...imagesOf(['PAT_9_17_80', 'PAT_9_17_81'], (id) => `imgs_part_2.zip: imgs_part_2/${id}.png`),
  },
  expected: {
    images: 4,
    classes: { PAT_46_881_939: 'bcc', PAT_46_882_1: 'nv', PAT_9_17_80: 'ak', PAT_9_17_81: 'ak' },
  },
  table: {
    path: 'metadata.csv',
    image: 'img_id',
    badLabel: { cells: { diagnostic: 'XYZ' }, says: /diagnostic "XYZ"/ },
  },
};
