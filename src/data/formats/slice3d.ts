import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import { hiddenTruth } from '../reading/hiddenTruth.js';
import { joinBest } from '../reading/joinTables.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { columnThere, type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { benignMalignant } from './lesionClasses.js';

const classes = benignMalignant('A cancer of the skin, of whatever kind.');

const card: FormatCard = {
  id: 'slice3d',
  name: 'ISIC 2024 (SLICE-3D)',
  layout:
    'Kaggle’s train-metadata.csv with isic_id and target, or the ground truth with isic_id and malignant beside metadata.csv and the supplement; images in a folder or in train-image.hdf5.',
  classes,
  groups:
    'patient_id (1,042 patients, 385 images each on average). lesion_id is there for the lesions that somebody looked at alone, which tells of the answer.',
  officialSplits:
    'Training (401,059 images; 217,477 of them as a set that may be used for any purpose); the truth of the test set is kept back.',
  confirmation:
    'Malignant and 0.1% of the benign lesions by histopathology; all others are taken for benign without a biopsy.',
  knownFaults: [
    'iddx_*, mel_*, tbp_lv_dnn_lesion_confidence and whether there is a lesion_id tell the answer: they are no inputs.',
    '393 of 401,059 images are malignant (0.1%).',
    'The images are tiles of photographs of the whole body, 15 mm wide: no dermoscopy.',
  ],
  licence: 'CC BY-NC 4.0; CC BY 4.0 for the permissive part',
  citation:
    'Kurtansky NR et al. The SLICE-3D dataset: 400,000 skin lesion image crops extracted from 3D TBP for skin cancer detection. Scientific Data 11, 884 (2024). doi:10.1038/s41597-024-03743-w',
  url: 'https://challenge.isic-archive.com/data/#2024',
};

const columns: RecordColumns = {
  image: 'isic_id',
  lesion: 'lesion_id',
  patient: 'patient_id',
  age: 'age_approx',
  sex: 'sex',
  localization: 'anatom_site_general',
  further: {
    never: ['tbp_lv_dnn_lesion_confidence', /^iddx_/, /^mel_/, 'copyright_license'],
    subgroup: ['image_type', 'tbp_tile_type', 'attribution', 'tbp_lv_location', 'tbp_lv_location_simple'],
    input: ['clin_size_long_diam_mm', /^tbp_lv_/],
  },
};

/** The challenge of 2024: tiles of photographs of the whole body, of which one in a thousand is malignant. */
export const slice3d: DatasetFormat = tableFormat({
  card,
  columns: ['isic_id'],
  oneOf: [['target', 'malignant']],
  image: 'isic_id',
  parts: true,
  async open(table, { tables }) {
    const about = (name: string) =>
      tables.filter(
        (other) =>
          other !== table &&
          ['isic_id', name].every((column) => other.columns.includes(column)) &&
          !['target', 'malignant'].some((column) => other.columns.includes(column)),
      );
    const truth = await table.read();
    const described = table.columns.includes('patient_id')
      ? truth
      : await joinBest(truth, about('patient_id'), { on: 'isic_id', by: 'image' });
    return await joinBest(described, about('iddx_full'), { on: 'isic_id', by: 'image' });
  },
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const truth = columnThere(table, ['target', 'malignant'])!;
    const names = { '0': 'benign', '1': 'malignant', '0.0': 'benign', '1.0': 'malignant' };
    return { classes: chosen, ...readRecords(table, columns, labelsOfColumn(table, truth, chosen, names)) };
  },
  refuse: hiddenTruth(
    card.name,
    'target',
    ({ columns: there }) => ['isic_id', 'tbp_lv_a'].every((name) => there.includes(name)) && !there.includes('target'),
  ),
});
