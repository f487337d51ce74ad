import { isMissing, readNumber } from '../reading/columnValues.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import type { SourceTable } from '../reading/datasetSource.js';
import type { ReadLabel } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readRecords } from '../reading/tableRecords.js';
import { benignMalignant } from './lesionClasses.js';

const classes = benignMalignant('Melanoma, a cancer of the pigment cells that can spread to other parts of the body.');

const card: FormatCard = {
  id: 'isic2016',
  name: 'ISIC 2016, part 3',
  layout:
    'Ground truth of two columns without a header: the image’s id, then benign or malignant (training), or 0.0 or 1.0 (test).',
  classes,
  groups:
    'None: neither lesions nor patients are named, so that images of one lesion may stand on both sides of a split.',
  officialSplits: 'Training (900 images) and test (379), a table each.',
  confirmation: 'Malignant by histopathology; of the benign lesions not all were excised.',
  knownFaults: [
    'Two test images are also among the training images, and most of both sets in those of 2017 to 2019, there partly as reduced copies (Cassidy et al. 2022, doi:10.1016/j.media.2021.102305).',
    'Reading the table with its first row as a header loses one image of each set.',
  ],
  licence: 'CC-0',
  citation:
    'Gutman D et al. Skin Lesion Analysis toward Melanoma Detection: A Challenge at the International Symposium on Biomedical Imaging 2016. arXiv:1605.01397 (2016)',
  url: 'https://challenge.isic-archive.com/data/#2016',
};

const isicId = /^isic_\d{7}(\.jpe?g)?$/;
const labels = ['benign', 'malignant', '0', '1', '0.0', '1.0'];
/** Names that people's copies have where they added a header. */
const imageNames = ['image', 'img_id', 'image_id', 'image_name', 'name', 'id'];
const labelNames = ['label', 'class', 'target', 'diagnosis', 'benign_malignant', 'malignant'];

const hasNoHeader = ({ columns: [id, label, ...more] }: SourceTable): boolean =>
  isicId.test(id ?? '') && labels.includes(label ?? '') && more.every(isMissing);

const hasHeader = ({ file, columns: [id, label, ...more] }: SourceTable): boolean =>
  /2016/.test(file.name) && imageNames.includes(id) && labelNames.includes(label) && more.every(isMissing);

/** The challenge of 2016: benign or melanoma, in tables without a header and in two encodings. */
export const isic2016: DatasetFormat = tableFormat({
  card,
  columns: [],
  image: 'image',
  parts: true,
  also: (table) => hasNoHeader(table) || hasHeader(table),
  async open(table) {
    const names = table.columns.map((_, i) => ['image', 'label'][i] ?? '');
    return hasNoHeader(table) ? await table.read(names) : { ...(await table.read()), columns: names };
  },
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const index = table.columns.indexOf('label');
    const label: ReadLabel = ({ cells }) => {
      const written = cells[index].toLowerCase();
      const id = ['benign', 'malignant'][readNumber(written)] ?? written;
      const found = chosen.findIndex((info) => info.id === id);
      if (found >= 0) return found;
      return {
        code: 'unknown-diagnosis',
        fault: `is "${cells[index]}", expected benign or malignant, or 0 or 1.`,
        hint: 'Mend that row, or download the ground truth again.',
      };
    };
    return { classes: chosen, ...readRecords(table, { image: 'image' }, label) };
  },
});
