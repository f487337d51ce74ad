import type { ClassInfo } from '../dataset.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { fitzpatrickTypes } from './skinTypes.js';

const card: FormatCard = {
  id: 'fitzpatrick17k',
  name: 'Fitzpatrick17k',
  layout:
    'fitzpatrick17k.csv with md5hash, label, nine_partition_label and three_partition_label; the images, <md5hash>.jpg, are fetched by url.',
  classes: null,
  groups: 'None: there are neither patient nor lesion ids. Each image counts as a lesion of its own.',
  officialSplits: 'None; a cleaned version, Fitzpatrick17k-C, has one (doi:10.5281/zenodo.11101337).',
  confirmation:
    'None: the diagnoses are those of two atlases. Of 504 images that dermatologists looked at, 69% were clearly the diagnosis given.',
  knownFaults: [
    'Thousands of near-duplicates, many of them with two diagnoses or two skin types (Groger et al. 2023; Abhishek et al. 2025): take them together before splitting.',
    'Many addresses are dead, so that rows without an image are normal: they are left out and counted.',
    'label has 114 diagnoses; nine_partition_label and three_partition_label are coarser. label is read; a dataset.yaml chooses another.',
    'A skin type of -1 is one that is not known.',
  ],
  licence: 'CC BY-NC-SA 3.0 (annotations); the images belong to the atlases',
  citation:
    'Groh M et al. Evaluating deep neural networks trained on clinical images in dermatology with the Fitzpatrick 17k dataset. CVPR Workshops (2021). arXiv:2104.09957, doi:10.1109/CVPRW53098.2021.00201',
  url: 'https://github.com/mattgroh/fitzpatrick17k',
};

const types = ['fitzpatrick_scale', 'fitzpatrick_centaur', 'fitzpatrick'];

const columns: RecordColumns = {
  image: 'md5hash',
  further: {
    subgroup: types,
    bands: Object.fromEntries(types.map((name) => [name, fitzpatrickTypes])),
    never: ['qc', 'label', 'nine_partition_label', 'three_partition_label'],
  },
};

const levels = ['label', 'nine_partition_label', 'three_partition_label'] as const;

/** Clinical photographs of 114 conditions from two atlases, with skin types. */
export const fitzpatrick17k: DatasetFormat = tableFormat({
  card,
  columns: ['md5hash', ...levels],
  image: 'md5hash',
  async read(table, _source, options) {
    // A model that was trained on the three or nine groups names them.
    const level =
      (options.classes && levels.find((name) => options.classes!.every(({ id }) => namesIn(table, name).has(id)))) ??
      'label';
    const classes = options.classes ?? classesIn(table);
    const typesAt = types.map((name) => table.columns.indexOf(name));
    const rows = table.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell, i) => (typesAt.includes(i) && Number(cell) === -1 ? '' : cell)),
    }));
    return {
      classes,
      mayLackImages: true,
      ...readRecords({ ...table, rows }, columns, labelsOfColumn(table, level, classes)),
    };
  },
});

const namesIn = (table: MetadataTable, column: string): ReadonlySet<string> =>
  new Set(table.rows.map(({ cells }) => cells[table.columns.indexOf(column)]));

/** Its 114 diagnoses in alphabetical order, malignant by the coarsest of its columns. */
function classesIn(table: MetadataTable): ClassInfo[] {
  const [label, three] = ['label', 'three_partition_label'].map((name) => table.columns.indexOf(name));
  const found = new Map<string, boolean>();
  for (const { cells } of table.rows) if (cells[label] !== '') found.set(cells[label], cells[three] === 'malignant');
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, malignant]) => ({ id, name: id.replace(/^./, (letter) => letter.toUpperCase()), malignant }));
}
