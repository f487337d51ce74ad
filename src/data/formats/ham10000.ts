import type { ClassInfo, DatasetInfo } from '../dataset.js';

/** The seven diagnoses of HAM10000, in the order that every output of lesionlab keeps. */
export const ham10000Classes: readonly ClassInfo[] = [
  {
    id: 'akiec',
    name: 'Actinic keratosis / intraepithelial carcinoma',
    description:
      'Rough patches on skin that has had much sun, where cells grow abnormally in the upper skin and may become an invasive cancer.',
    malignant: true,
  },
  {
    id: 'bcc',
    name: 'Basal cell carcinoma',
    description: 'A common skin cancer that destroys the tissue around it but very rarely spreads to other organs.',
    malignant: true,
  },
  {
    id: 'bkl',
    name: 'Benign keratosis',
    description:
      'Harmless growths of the horny layer, such as seborrhoeic keratoses and sun spots, some of which look much like melanoma.',
    malignant: false,
  },
  {
    id: 'df',
    name: 'Dermatofibroma',
    description: 'A small, firm and harmless knot of connective tissue, most often on the legs.',
    malignant: false,
  },
  {
    id: 'mel',
    name: 'Melanoma',
    description: 'A cancer of the pigment cells that can spread to other parts of the body.',
    malignant: true,
  },
  {
    id: 'nv',
    name: 'Melanocytic naevus',
    description: 'An ordinary mole: a harmless cluster of pigment cells, by far the most frequent finding.',
    malignant: false,
  },
  {
    id: 'vasc',
    name: 'Vascular lesion',
    description: 'A harmless red or purple spot made of blood vessels or of blood in the skin, such as an angioma.',
    malignant: false,
  },
];

const citation =
  'Tschandl P, Rosendahl C, Kittler H. The HAM10000 dataset, a large collection of multi-source dermatoscopic images of ' +
  'common pigmented skin lesions. Scientific Data 5, 180161 (2018). doi:10.1038/sdata.2018.161';

export const ham10000Info: DatasetInfo = {
  id: 'ham10000',
  name: 'HAM10000',
  classes: ham10000Classes,
  licence: 'CC BY-NC 4.0',
  citation,
  url: 'https://doi.org/10.7910/DVN/DBW86T',
  synthetic: false,
};

export const isic2018Info: DatasetInfo = {
  id: 'isic2018',
  name: 'ISIC 2018, task 3',
  classes: ham10000Classes,
  licence: 'CC BY-NC 4.0',
  citation: `${citation}. Codella N et al. Skin Lesion Analysis Toward Melanoma Detection 2018. arXiv:1902.03368 (2019)`,
  url: 'https://challenge.isic-archive.com/data/#2018',
  synthetic: false,
};

/** Name of the file that marks a folder of images that lesionlab drew itself. */
export const syntheticMarker = 'SYNTHETIC.txt';

/** The same record for images in HAM10000's layout that are drawn, so that nobody takes them for patients'. */
export function syntheticInfo(info: DatasetInfo): DatasetInfo {
  const { id, classes } = info;
  return { id, classes, name: 'Synthetic images, drawn by lesionlab (no patients)', synthetic: true };
}

/** Values of the metadata columns that occur in the official HAM10000; others are worth a look. */
export const ham10000Codes: Readonly<Record<'dxType' | 'sex' | 'localization', readonly string[]>> = {
  dxType: ['histo', 'follow_up', 'consensus', 'confocal'],
  sex: ['male', 'female', 'unknown'],
  localization: [
    'abdomen',
    'acral',
    'back',
    'chest',
    'ear',
    'face',
    'foot',
    'genital',
    'hand',
    'lower extremity',
    'neck',
    'scalp',
    'trunk',
    'unknown',
    'upper extremity',
  ],
};
