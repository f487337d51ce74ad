import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { benignMalignant } from './lesionClasses.js';
import { fitzpatrickPairs } from './skinTypes.js';

const classes = benignMalignant('A cancer of the skin, of whatever kind.');

const card: FormatCard = {
  id: 'ddi',
  name: 'Diverse Dermatology Images (DDI)',
  layout: 'ddi_metadata.csv with DDI_file, skin_tone, malignant and disease, beside 000001.png and so on.',
  classes,
  groups:
    'None: the 656 images are of 570 patients, but no column says which. Each image counts as a lesion of its own.',
  officialSplits: 'None: it is meant for testing alone. Its terms ask not to train on it.',
  confirmation: 'Histopathology in all images.',
  knownFaults: [
    'There are no patient ids, so that intervals by patient can’t be given.',
    'disease names the diagnosis (78 of them), and tells the answer.',
    '6 pairs of near-duplicates, 3 irrelevant images and 8 wrong labels (SelfClean).',
  ],
  licence: 'Stanford University dataset research use agreement: no commercial use, no redistribution',
  citation:
    'Daneshjou R et al. Disparities in dermatology AI performance on a diverse, curated clinical image set. Science Advances 8, eabq6147 (2022). doi:10.1126/sciadv.abq6147',
  url: 'https://ddi-dataset.github.io',
};

const columns: RecordColumns = {
  image: 'ddi_file',
  further: { subgroup: ['skin_tone'], never: ['disease'], bands: { skin_tone: fitzpatrickPairs } },
};

/** Clinical photographs of skin of all tones, each with histopathology: for testing. */
export const ddi: DatasetFormat = tableFormat({
  card,
  columns: ['ddi_file', 'skin_tone', 'malignant'],
  image: 'ddi_file',
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const names = { true: 'malignant', false: 'benign', '1': 'malignant', '0': 'benign' };
    return { classes: chosen, ...readRecords(table, columns, labelsOfColumn(table, 'malignant', chosen, names)) };
  },
});
