import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const monet =
  'MONET_ulceration_crust,MONET_hair,MONET_vasculature_vessels,MONET_erythema,MONET_pigmented,MONET_gel_water_drop_fluid_dermoscopy_liquid,MONET_skin_markings_pen_ink_purple_pen';
const row = (lesion: string, type: string, id: string, rest: string) =>
  `${lesion},${type},${id},MILK study team,CC-BY-NC,instrument only,${rest},0.1,0.2,0.3,0.4,0.5,0.6,0.7`;

export const example: FormatExample = {
  files: {
    'MILK10k_Training_Metadata.csv': csv(
      `lesion_id,image_type,isic_id,attribution,copyright_license,image_manipulation,age_approx,sex,skin_tone_class,site,${monet}`,
      row('IL_0000652', 'clinical: close-up', 'ISIC_8149219', '70,male,1,head_neck_face'),
      row('IL_0000652', 'dermoscopic', 'ISIC_4671410', '70,male,1,head_neck_face'),
      row('IL_0003176', 'clinical: close-up', 'ISIC_3904045', '45,female,5,'),
      row('IL_0003176', 'dermoscopic', 'ISIC_3904046', '45,female,5,'),
    ),
    'MILK10k_Training_GroundTruth.csv': csv(
      'lesion_id,AKIEC,BCC,BEN_OTH,BKL,DF,INF,MAL_OTH,MEL,NV,SCCKA,VASC',
      'IL_0000652,0,1,0,0,0,0,0,0,0,0,0',
      'IL_0003176,0,0,0,0,0,0,0,0,0,1,0',
    ),
    'MILK10k_Training_Supplement.csv': csv(
      'isic_id,diagnosis_full,diagnosis_confirm_type,invasion_thickness_interval',
      'ISIC_8149219,Basal cell carcinoma,histopathology,',
      'ISIC_4671410,Basal cell carcinoma,histopathology,',
      'ISIC_3904045,"Squamous cell carcinoma, Invasive",histopathology,',
      'ISIC_3904046,"Squamous cell carcinoma, Invasive",histopathology,',
    ),
    ...imagesOf(['ISIC_8149219', 'ISIC_4671410'], (id) => `MILK10k_Training_Input/IL_0000652/${id}.jpg`),
    ...imagesOf(['ISIC_3904045', 'ISIC_3904046'], (id) => `MILK10k_Training_Input/IL_0003176/${id}.jpg`),
  },
  expected: {
    images: 4,
    classes: { ISIC_8149219: 'bcc', ISIC_4671410: 'bcc', ISIC_3904045: 'sccka', ISIC_3904046: 'sccka' },
  },
  table: {
    path: 'MILK10k_Training_Metadata.csv',
    image: 'isic_id',
    badLabel: { cells: { lesion_id: 'IL_9' }, says: /lesion IL_9, which has no row in the ground truth/ },
  },
};
