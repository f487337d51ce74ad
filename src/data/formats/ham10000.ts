import { dataError, type LesionlabError } from '../../errors.js';
import type { ClassInfo, DatasetInfo } from '../dataset.js';
import { type DatasetFormat, describeFormat, type FormatCard } from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readDiagnoses } from '../reading/tableRecords.js';

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

export const ham10000Citation =
  'Tschandl P, Rosendahl C, Kittler H. The HAM10000 dataset, a large collection of multi-source dermatoscopic images of ' +
  'common pigmented skin lesions. Scientific Data 5, 180161 (2018). doi:10.1038/sdata.2018.161';

const card: FormatCard = {
  id: 'ham10000',
  name: 'HAM10000',
  layout: 'HAM10000_metadata (.csv or .tab) with lesion_id, image_id, dx and dx_type, beside the images or their zips.',
  classes: ham10000Classes,
  groups:
    'lesion_id: images of one lesion. There are no patient ids: two lesions of a patient may stand on both sides of a split.',
  officialSplits: 'None; the challenge ISIC 2018 added a validation and a test set.',
  confirmation:
    'dx_type: histopathology in 53% of the images, follow-up in 37%, consensus of experts in 9%, confocal microscopy in 1%.',
  knownFaults: [
    'Two pairs of images are the same file, and 18 further pairs show one lesion under two lesion ids (Abhishek et al. 2025, doi:10.1038/s41597-025-04382-5).',
    'All images are in ISIC 2018’s and ISIC 2019’s training sets under the same ids.',
  ],
  licence: 'CC BY-NC 4.0',
  citation: ham10000Citation,
  url: 'https://doi.org/10.7910/DVN/DBW86T',
};

/** HAM10000 (Tschandl et al. 2018, doi 10.1038/sdata.2018.161). */
export const ham10000Info: DatasetInfo = describeFormat(card, ham10000Classes);

/** HAM10000 as it is published: Tschandl and others, 2018. */
export const ham10000: DatasetFormat = tableFormat({
  card,
  columns: ['lesion_id', 'image_id', 'dx', 'dx_type'],
  image: 'image_id',
  read: async (table, _source, options) => readDiagnoses(table, ham10000Classes, options),
  refuse: withoutDiagnosis,
});

/** A table that lacks nothing but the diagnoses is one that something happened to. */
function withoutDiagnosis({ tables }: DatasetSource): LesionlabError | undefined {
  const known = ['lesion_id', 'dx_type', 'localization'];
  const table = tables.find(
    ({ columns }) =>
      columns.includes('image_id') && !columns.includes('dx') && known.some((name) => columns.includes(name)),
  );
  return (
    table &&
    dataError('no-dx-column', `${table.file.location} has no column dx; found ${table.columns.join(', ')}.`, {
      hint: 'The diagnosis of each image stands in dx; download the metadata again if it went missing.',
    })
  );
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
