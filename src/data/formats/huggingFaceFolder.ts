import type { DatasetFormat, FormatOptions, ParsedRecords } from '../reading/datasetFormat.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { deriveRows } from '../reading/deriveRows.js';
import { lesionColumns, patientColumns } from '../reading/groupColumns.js';
import { nameImages } from '../reading/imageIds.js';
import { stackTables } from '../reading/joinTables.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import { classesInColumn, labelsOfColumn } from '../reading/rowLabels.js';
import { splitOfName } from '../reading/splitNames.js';
import { columnThere, readRecords } from '../reading/tableRecords.js';
import { ham10000Classes } from './ham10000.js';

const labels = ['label', 'labels', 'dx', 'diagnosis', 'class', 'category', 'target'] as const;
const fileColumn = 'file_name';

/** Hugging Face's imagefolder: a table metadata.csv or metadata.jsonl in the folder of the images, or in that of each split. */
export const huggingFaceFolder: DatasetFormat = {
  card: {
    id: 'hugging-face-folder',
    name: 'Hugging Face imagefolder',
    layout:
      'metadata.csv or metadata.jsonl with file_name and label (or dx, diagnosis, class, category, target), in the folder of the images or in the folders train, validation and test.',
    classes: null,
    groups:
      'patient_id (or patient, subject_id ...) and lesion_id (or lesion ...), where there are such columns. Without them each image counts as a lesion of its own.',
    officialSplits: 'The folders train, validation and test, where the images lie in such.',
    ownData: true,
  },
  columns: [fileColumn],
  oneOf: [labels],
  find(source) {
    const tables = source.tables.filter(
      (table) => !table.problem && table.columns.includes(fileColumn) && columnThere(table, labels),
    );
    if (tables.length === 0) return [];
    const open = async () => await openTables(tables);
    return [
      {
        format: huggingFaceFolder,
        table: tables[0],
        joined: tables.length > 1,
        tables,
        imageIds: async () => {
          const { columns, rows } = await open();
          const at = columns.indexOf(fileColumn);
          return nameImages(rows.map(({ cells }) => cells[at])).map(({ imageId }) => imageId);
        },
        read: async (options) => readTable(await open(), source, options),
      },
    ];
  },
};

/** All tables as one, with names of files from the root on: each names those in its own folder. */
async function openTables(tables: readonly SourceTable[]): Promise<MetadataTable> {
  const parts = await Promise.all(
    tables.map(async ({ file, read }) => {
      const whole = await read();
      const at = whole.columns.indexOf(fileColumn);
      const { table } = deriveRows(whole, whole.columns, ({ cells }) => [
        cells.map((cell, i) => (i === at && cell !== '' ? [...file.folders, cell].join('/') : cell)),
      ]);
      return { table };
    }),
  );
  const stacked = stackTables(parts);
  const at = stacked.columns.indexOf(fileColumn);
  return {
    ...stacked,
    splitOf: ({ cells }) => {
      const found = cells[at]
        .split('/')
        .slice(0, -1)
        .map(splitOfName)
        .filter((split) => split !== undefined);
      return found.at(-1);
    },
  };
}

async function readTable(table: MetadataTable, _source: DatasetSource, options: FormatOptions): Promise<ParsedRecords> {
  const label = columnThere(table, labels)!;
  const classes = options.classes ?? classesInColumn(table, label, ham10000Classes);
  const columns = {
    image: fileColumn,
    patient: patientColumns,
    lesion: lesionColumns,
    dxType: 'dx_type',
    age: 'age',
    sex: ['sex', 'gender'],
    localization: ['localization', 'site'],
    label,
    tellUnread: 'all' as const,
  };
  return { classes, ...readRecords(table, columns, labelsOfColumn(table, label, classes)) };
}
