import type { DatasetInfo } from '../dataset.js';
import {
  type DatasetFormat,
  describeFormat,
  type FormatCard,
  type FormatOptions,
  type ParsedRecords,
  tableFormat,
} from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { imageKey, nameImages } from '../reading/imageIds.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import { type ReadLabel, readGroupings, readRecords } from '../reading/tableRecords.js';
import { ham10000Citation, ham10000Classes } from './ham10000.js';

const card: FormatCard = {
  id: 'isic2018',
  name: 'ISIC 2018, task 3',
  layout:
    'Ground truth with image and one column for each diagnosis (1 or 0), and, of the training images, a table of lesion groupings.',
  classes: ham10000Classes,
  groups:
    'lesion_id of the groupings: images of one lesion; validation and test images have none. There are no patient ids.',
  licence: 'CC BY-NC 4.0',
  citation: `${ham10000Citation}. Codella N et al. Skin Lesion Analysis Toward Melanoma Detection 2018. arXiv:1902.03368 (2019)`,
  url: 'https://challenge.isic-archive.com/data/#2018',
};

/** ISIC 2018, task 3 (Codella et al. 2019, arXiv 1902.03368): HAM10000 with a test set of its own. */
export const isic2018Info: DatasetInfo = describeFormat(card, ham10000Classes);

/** One-hot ground truth in ISIC's order of columns; the classes are HAM10000's, in HAM10000's order. */
export const isic2018: DatasetFormat = tableFormat({
  card,
  columns: ['image', ...ham10000Classes.map(({ id }) => id)],
  image: 'image',
  read: readTruth,
});

async function readTruth(truth: MetadataTable, source: DatasetSource, options: FormatOptions): Promise<ParsedRecords> {
  const classes = options.classes ?? ham10000Classes;
  const columns = classes.map(({ id }) => truth.columns.indexOf(id.toLowerCase()));
  const parsed = readRecords(truth, { image: 'image' }, oneHot(columns));
  const groupings = await findGroupings(
    source,
    parsed.records.map(({ imageId }) => imageId),
  );
  const entries =
    groupings && readGroupings(groupings, { image: 'image', lesion: 'lesion_id', dxType: 'diagnosis_confirm_type' });
  const records = parsed.records.map((record) => {
    const entry = entries?.get(record.imageId);
    return { ...record, lesionId: entry?.lesionId ?? record.imageId, dxType: entry?.dxType };
  });
  return { ...parsed, classes, records, hasLesionIds: records.some(({ imageId, lesionId }) => lesionId !== imageId) };
}

function oneHot(columns: readonly number[]): ReadLabel {
  return ({ cells }) => {
    const values = columns.map((index) => Number(cells[index] || Number.NaN));
    const label = values.indexOf(1);
    if (label >= 0 && values.every((value, index) => value === (index === label ? 1 : 0))) return label;
    return {
      code: 'not-one-hot',
      fault: `must have a single diagnosis marked 1 and all others 0, found ${values.join(', ')}.`,
      hint: 'Mend that row, or download the ground truth again.',
    };
  };
}

/** Of several tables of groupings the one with most of the images. */
async function findGroupings(
  { tables }: DatasetSource,
  imageIds: readonly string[],
): Promise<MetadataTable | undefined> {
  const wanted = new Set(imageIds.map(imageKey));
  let best: MetadataTable | undefined;
  let most = 0;
  for (const { columns, read } of tables) {
    if (!columns.includes('image') || !columns.includes('lesion_id')) continue;
    const table = await read();
    const named = nameImages(table.rows.map(({ cells }) => cells[columns.indexOf('image')]));
    const images = named.filter(({ imageId }) => wanted.has(imageKey(imageId))).length;
    if (images > most) [best, most] = [table, images];
  }
  return best;
}
