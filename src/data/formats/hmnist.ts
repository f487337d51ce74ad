import { dataError } from '../../errors.js';
import type { ImageRecord } from '../dataset.js';
import type { DatasetFormat, FormatCard, FormatOptions, ParsedRecords } from '../reading/datasetFormat.js';
import { filesOfPixels } from '../reading/pixelRows.js';
import type { StoredFile } from '../storedFile.js';
import { ham10000Citation, ham10000Classes } from './ham10000.js';

const card: FormatCard = {
  id: 'hmnist',
  name: 'HAM10000 as a table of pixels (Kaggle)',
  layout:
    'hmnist_28_28_RGB.csv, _28_28_L, _8_8_RGB or _8_8_L: columns pixel0000 and so on, and label at the end; a row an image.',
  classes: ham10000Classes,
  groups:
    'None: the rows have no ids, so that images of one lesion cannot be kept together. Take HAM10000 itself for any result.',
  officialSplits: 'None.',
  confirmation: 'As HAM10000, but not told by image.',
  knownFaults: [
    'Lesions are lost: a quarter of the images have others of their lesion in every part of a split.',
    'Label 4 is naevus, 5 vascular lesion and 6 melanoma, where DermaMNIST has 4 melanoma, 5 naevus, 6 vascular lesion.',
    'Whether the rows are in the order of HAM10000_metadata.csv was never shown, so they are not joined to it.',
  ],
  licence: 'CC BY-NC 4.0',
  citation: ham10000Citation,
  url: 'https://www.kaggle.com/datasets/kmader/skin-cancer-mnist-ham10000',
};

/** Labels of the tables: not the order of HAM10000's classes, and not DermaMNIST's. */
const codes = ['akiec', 'bcc', 'bkl', 'df', 'nv', 'vasc', 'mel'] as const;

const sizes: readonly (readonly [pattern: RegExp, side: number, channels: 1 | 3])[] = [
  [/28_28_rgb/i, 28, 3],
  [/28_28_l\b/i, 28, 1],
  [/8_8_rgb/i, 8, 3],
  [/8_8_l\b/i, 8, 1],
];

/** Kaggle's small copies of HAM10000 without ids. */
export const hmnist: DatasetFormat = {
  card,
  columns: [],
  find(source) {
    const tables = source.tables.filter(({ columns }) => columns[0] === 'pixel0000');
    // The largest of them says most; all have the same images.
    const [best] = sizes.flatMap(([pattern, side, channels]) =>
      tables.filter(({ file }) => pattern.test(file.name)).map((table) => ({ table, side, channels })),
    );
    if (!best) return [];
    const { file } = best.table;
    return [
      {
        format: hmnist,
        imageIds: async () => [file.name],
        read: (options) => readPixels(file, best.side, best.channels, options),
      },
    ];
  },
};

async function readPixels(
  file: StoredFile,
  side: number,
  channels: 1 | 3,
  options: FormatOptions,
): Promise<ParsedRecords> {
  const classes = options.classes ?? ham10000Classes;
  const labelOf = codes.map((code) => classes.findIndex(({ id }) => id === code));
  const bytes = await file.read();
  const lines = findLines(bytes);
  const count = side * side * channels;
  const idOf = (row: number) => `row_${row}`;
  const records: ImageRecord[] = lines.map(([, end], row) => {
    const start = bytes.lastIndexOf(comma, end - 1) + 1;
    const diagnosis = numberAt(bytes, start, end);
    const label = labelOf[diagnosis] ?? -1;
    if (label < 0)
      throw dataError(
        'unknown-diagnosis',
        `${file.location}, row ${row + 2}: expected a label from 0 to 6 at the end, found "${text(bytes, start, end)}".`,
        {
          hint: 'Fetch the table again.',
        },
      );
    return { imageId: idOf(row), lesionId: idOf(row), label, age: null, row: row + 2 };
  });
  const pixels = async (row: number) => {
    const values = valuesOf(bytes, ...lines[row]);
    if (values.length !== count + 1 || values.some((value) => !(value >= 0 && value <= 255)))
      throw dataError(
        'bad-pixels',
        `${file.location}, row ${row + 2}: expected ${count} numbers from 0 to 255 and a label, found ${values.length} cells.`,
        {
          hint: 'Fetch the table again.',
        },
      );
    return Uint8Array.from(values.slice(0, count));
  };
  return {
    classes,
    records,
    hasLesionIds: false,
    metadataFile: file.location,
    files: filesOfPixels({ width: side, height: side, channels, pixels }, file, lines.length, idOf),
    notes: [
      {
        kind: 'interpreted-value',
        imageIds: [],
        message: `${file.location} has no ids: images of one lesion come to both sides of every split, so that results on it are too good. Take HAM10000 itself, whose table has the lesions.`,
      },
    ],
  };
}

const [comma, lineFeed, carriageReturn] = [44, 10, 13];

/** Begin and end of each row below the header. */
function findLines(bytes: Uint8Array): (readonly [start: number, end: number])[] {
  const lines: (readonly [number, number])[] = [];
  let start = bytes.indexOf(lineFeed) + 1;
  while (start > 0 && start < bytes.length) {
    const found = bytes.indexOf(lineFeed, start);
    const next = found < 0 ? bytes.length : found;
    const end = bytes[next - 1] === carriageReturn ? next - 1 : next;
    if (end > start) lines.push([start, end]);
    start = next + 1;
  }
  return lines;
}

const text = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 20)));

/** A whole number, which some copies write as 4.0; NaN where it is none. */
function numberAt(bytes: Uint8Array, start: number, end: number): number {
  const written = text(bytes, start, end).trim();
  return /^\d+(\.0*)?$/.test(written) ? Number(written) : Number.NaN;
}

function valuesOf(bytes: Uint8Array, start: number, end: number): number[] {
  const values: number[] = [];
  for (let from = start; from <= end; ) {
    const found = bytes.indexOf(comma, from);
    const to = found < 0 || found > end ? end : found;
    values.push(numberAt(bytes, from, to));
    from = to + 1;
  }
  return values;
}
