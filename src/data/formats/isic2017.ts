import { readNumber } from '../reading/columnValues.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import { joinBest } from '../reading/joinTables.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import type { ReadLabel } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readRecords } from '../reading/tableRecords.js';
import { lesionClasses } from './lesionClasses.js';

const classes = lesionClasses('mel', 'sk', 'nv');

const card: FormatCard = {
  id: 'isic2017',
  name: 'ISIC 2017, part 3',
  layout:
    'Ground truth with image_id, melanoma and seborrheic_keratosis (1 or 0; a naevus is 0 in both), and the images’ metadata with age_approximate and sex.',
  classes,
  groups:
    'None of its own. Where the metadata of ISIC 2019 lies in the folder, lesion_id of the 617 training images that are in it.',
  officialSplits: 'Training (2,000 images), validation (150) and test (600), a table each.',
  confirmation: 'Melanomas by histopathology; the others partly by experts alone.',
  knownFaults: [
    'Two training images are also among the test images; 82 test images are training images of 2016 (Cassidy et al. 2022, doi:10.1016/j.media.2021.102305).',
    'ISIC 2019 has many of these images as reduced copies whose ids end in _downsampled.',
  ],
  licence: 'CC-0',
  citation:
    'Codella N et al. Skin Lesion Analysis Toward Melanoma Detection: A Challenge at the 2017 International Symposium on Biomedical Imaging. arXiv:1710.05006 (2017)',
  url: 'https://challenge.isic-archive.com/data/#2017',
};

/** The challenge of 2017: melanoma, seborrhoeic keratosis or naevus, in two binary columns. */
export const isic2017: DatasetFormat = tableFormat({
  card,
  columns: ['image_id', 'melanoma', 'seborrheic_keratosis'],
  image: 'image_id',
  parts: true,
  async open(table, { tables }) {
    const truth = await table.read();
    const withColumns = (...names: string[]) =>
      tables.filter((other) => other !== table && names.every((name) => other.columns.includes(name)));
    const people = withColumns('image_id', 'age_approximate');
    const joined = await joinBest(truth, people, { on: 'image_id', by: 'image', columns: ['age_approximate', 'sex'] });
    const later = withColumns('image', 'lesion_id', 'age_approx');
    return await joinBest(joined, later, { on: 'image_id', to: 'image', by: 'photograph', columns: ['lesion_id'] });
  },
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const columns = {
      image: 'image_id',
      lesion: 'lesion_id',
      age: 'age_approximate',
      sex: 'sex',
    };
    return {
      classes: chosen,
      ...readRecords(
        table,
        columns,
        ofTwoColumns(
          table,
          chosen.map(({ id }) => id),
        ),
      ),
    };
  },
});

function ofTwoColumns(table: MetadataTable, ids: readonly string[]): ReadLabel {
  const [melanoma, keratosis] = ['melanoma', 'seborrheic_keratosis'].map((name) => table.columns.indexOf(name));
  return ({ cells }) => {
    const marks = `${readNumber(cells[melanoma])}${readNumber(cells[keratosis])}`;
    const label = ids.indexOf({ '10': 'mel', '01': 'sk', '00': 'nv' }[marks] ?? '');
    if (label >= 0) return label;
    return {
      code: 'not-one-hot',
      fault: `must have 0 or 1 in melanoma and seborrheic_keratosis, and not 1 in both; found ${cells[melanoma] || '(empty)'} and ${cells[keratosis] || '(empty)'}.`,
      hint: 'Mend that row, or download the ground truth again.',
    };
  };
}
