import type { ImageRecord } from '../dataset.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import { joinBest } from '../reading/joinTables.js';
import { labelsOfOneHot } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { ham10000Citation } from './ham10000.js';
import { lesionClasses } from './lesionClasses.js';

const classes = lesionClasses('mel', 'nv', 'bcc', 'ak', 'bkl', 'df', 'vasc', 'scc');

const card: FormatCard = {
  id: 'isic2019',
  name: 'ISIC 2019',
  layout:
    'Ground truth with image and one column for each diagnosis (1 or 0; UNK for none of the others), of the test set with score_weight and validation_weight, and metadata with age_approx, sex and, of the training images, lesion_id.',
  classes,
  groups:
    'lesion_id of the metadata, training only: missing for 2,084 of 25,331 images. The test images have none, and no patient is named.',
  officialSplits:
    'Training (25,331 images) and test (8,238), of which 193 are for validation and 7,331 count in the official score.',
  confirmation: 'More than half by histopathology, the others by follow-up or consensus of experts; not told by image.',
  knownFaults: [
    'HAM10000 is part of the training images under the same ids; 2,074 of them are reduced copies of images of 2016 and 2017, whose ids end in _downsampled.',
    '2,047 test images are of none of the eight classes (UNK), which no training image is; 1,411 of them count in the official score. They are kept apart.',
    '714 test images have no weight in any score; 193 are the validation images of 2018.',
    'AK is actinic keratosis alone: AKIEC of 2018 is AK and SCC here.',
  ],
  licence: 'CC BY-NC 4.0',
  citation: `${ham10000Citation}. Codella N et al. arXiv:1710.05006 (2017). Hernández-Pérez C et al. BCN20000: Dermoscopic Lesions in the Wild. Scientific Data 11, 641 (2024)`,
  url: 'https://challenge.isic-archive.com/data/#2019',
};

const columns: RecordColumns = {
  image: 'image',
  lesion: 'lesion_id',
  age: 'age_approx',
  sex: 'sex',
  localization: 'anatom_site_general',
  scoreWeight: 'score_weight',
  further: { never: ['validation_weight'] },
};

/** The challenge of 2019: eight diagnoses, and test images of none of them. */
export const isic2019: DatasetFormat = tableFormat({
  card,
  columns: ['image', ...classes.map(({ id }) => id)],
  image: 'image',
  parts: true,
  async open(table, { tables }) {
    const about = tables.filter(
      (other) => other !== table && ['image', 'age_approx'].every((name) => other.columns.includes(name)),
    );
    return await joinBest(await table.read(), about, { on: 'image', by: 'image' });
  },
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const label = labelsOfOneHot(
      table,
      chosen.map(({ id }) => id.toLowerCase()),
      'unk',
    );
    const parsed = readRecords(table, columns, label);
    return {
      ...parsed,
      classes: chosen,
      records: parsed.records.map(forValidation),
      ...(parsed.outside && { outside: parsed.outside.map(forValidation) }),
    };
  },
});

/** Of the test set's images, those that the challenge validated with. */
const forValidation = (record: ImageRecord): ImageRecord =>
  Number(record.values?.validation_weight) > 0 ? { ...record, officialSplit: 'validation' } : record;
