import type { DatasetFormat } from '../reading/datasetFormat.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readDiagnoses } from '../reading/tableRecords.js';
import { ham10000Classes } from './ham10000.js';

/** A table of one's own: the least that a dataset can be described with. */
export const plainTable: DatasetFormat = tableFormat({
  card: {
    id: 'table',
    name: 'Table of images',
    layout:
      'A table (.csv, .tab or .tsv) with the columns image_id and dx, and lesion_id, dx_type, age, sex and localization if they are known.',
    classes: ham10000Classes,
    groups:
      'lesion_id, where there is such a column: images of one lesion. Without it each image counts as a lesion of its own.',
    ownData: true,
  },
  columns: ['image_id', 'dx'],
  image: 'image_id',
  read: async (table, _source, options) => readDiagnoses(table, ham10000Classes, options),
});
