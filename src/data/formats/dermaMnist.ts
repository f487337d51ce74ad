import { dataError } from '../../errors.js';
import type { DatasetNote, ImageRecord, SplitName } from '../dataset.js';
import type { DatasetFormat, FormatCard, FormatOptions, ParsedRecords } from '../reading/datasetFormat.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { readNpyHeader, readNpyIntegers } from '../reading/npyArray.js';
import { filesOfPixels } from '../reading/pixelRows.js';
import type { StoredFile } from '../storedFile.js';
import { ham10000Classes } from './ham10000.js';

const card: FormatCard = {
  id: 'dermamnist',
  name: 'DermaMNIST',
  layout:
    'dermamnist.npz (28 pixels), dermamnist_64, _128 and _224.npz, or dermamnist_corrected and _extended, with the arrays train_images, train_labels and so on; dermamnist_split_info.csv beside it tells which image of HAM10000 each row is.',
  classes: ham10000Classes,
  groups:
    'None in the arrays: lesions are lost. With dermamnist_split_info.csv (or DermaMNIST-C.csv, -E.csv) and HAM10000_metadata.csv beside the arrays, each row has its image and lesion again.',
  officialSplits:
    'Training, validation and test as arrays. That of DermaMNIST leaks; dermamnist_corrected (DermaMNIST-C) and dermamnist_extended (-E) have repaired ones.',
  confirmation:
    'As HAM10000: histopathology in about half of the images, else follow-up, consensus or confocal microscopy.',
  knownFaults: [
    'In the split of DermaMNIST, 641 lesions stand in both training and test, 332 in training and validation, 113 in validation and test (Abhishek et al. 2025).',
    'Images are HAM10000’s, squared and made small: they are in HAM10000, ISIC 2018 and ISIC 2019 as well.',
  ],
  licence: 'CC BY-NC 4.0',
  citation:
    'Yang J et al. MedMNIST v2. Scientific Data 10, 41 (2023). doi:10.1038/s41597-022-01721-8; of the repaired splits: Abhishek K, Jain A, Hamarneh G. Scientific Data 12, 196 (2025). doi:10.1038/s41597-025-04382-5',
  url: 'https://medmnist.com',
};

/** Labels of the arrays: 4 is melanoma and 5 naevus, where the tables of pixels on Kaggle have them the other way. */
const codes = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'] as const;
const parts: readonly (readonly [name: string, split: SplitName])[] = [
  ['train', 'train'],
  ['val', 'validation'],
  ['test', 'test'],
];

interface Arrays {
  readonly archive: string;
  readonly parts: readonly {
    readonly name: string;
    readonly split: SplitName;
    readonly images: StoredFile;
    readonly labels: StoredFile;
  }[];
}

/** MedMNIST's small copies of HAM10000. */
export const dermaMnist: DatasetFormat = {
  card,
  columns: [],
  find(source) {
    const found = findArrays(source);
    return found.map((arrays) => ({
      format: dermaMnist,
      imageIds: async () => arrays.parts.flatMap(({ images }) => images.location),
      read: async (options) => {
        if (found.length > 1)
          throw dataError(
            'several-sizes',
            `${source.root} holds DermaMNIST ${found.length} times: ${found.map(({ archive }) => archive).join(', ')}.`,
            {
              hint: 'Give the one file that is meant.',
            },
          );
        return await readArrays(arrays, source, options);
      },
    }));
  },
};

/** Groups of arrays in one archive or folder, MedMNIST's of skin by their archive's name. */
function findArrays({ files }: DatasetSource): Arrays[] {
  const places = new Map<string, Map<string, StoredFile>>();
  for (const file of files) {
    const name = /^(?:train|val|test)_(?:images|labels)(?=\.npy$)/.exec(file.name)?.[0];
    if (name === undefined) continue;
    const place = file.archive ?? file.location.slice(0, -file.name.length);
    if (!/derma/i.test(place)) continue;
    places.set(place, (places.get(place) ?? new Map()).set(name, file));
  }
  return [...places].flatMap(([archive, named]): Arrays[] => {
    const complete = parts.flatMap(([name, split]) => {
      const [images, labels] = [named.get(`${name}_images`), named.get(`${name}_labels`)];
      return images && labels ? [{ name, split, images, labels }] : [];
    });
    return complete.length > 0 ? [{ archive, parts: complete }] : [];
  });
}

async function readArrays(arrays: Arrays, source: DatasetSource, options: FormatOptions): Promise<ParsedRecords> {
  const classes = options.classes ?? ham10000Classes;
  const labelOf = codes.map((code) => classes.findIndex(({ id }) => id === code));
  const identity = await readIdentity(arrays, source);
  const records: ImageRecord[] = [];
  const files = new Map<string, StoredFile>();
  for (const { name, split, images, labels } of arrays.parts) {
    const { shape, type, start } = await readNpyHeader(images);
    const [count, height, width, channels = 1] = shape;
    if (type !== '|u1' || shape.length < 3 || shape.length > 4 || (channels !== 1 && channels !== 3))
      throw dataError(
        'bad-npy',
        `${images.location}: expected bytes in the shape (images, height, width, 3), found ${type} in (${shape.join(', ')}).`,
        {
          hint: 'Fetch the file again.',
        },
      );
    const diagnoses = await readNpyIntegers(labels);
    if (diagnoses.length !== count)
      throw dataError('bad-npy', `${labels.location} has ${diagnoses.length} labels for ${count} images.`, {
        hint: 'Fetch the file again.',
      });
    const bytes = height * width * channels;
    const whole = wholeFile(images);
    const pixels = async (row: number) =>
      images.readRange && images.byteLength > mostInMemory
        ? await images.readRange(start + row * bytes, bytes)
        : (await whole()).subarray(start + row * bytes, start + (row + 1) * bytes);
    const rowId = (row: number) => `${name}_${row}`;
    const idOf = (row: number) => identity?.get(rowId(row))?.imageId ?? rowId(row);
    for (const [imageId, file] of filesOfPixels({ width, height, channels, pixels }, images, count, idOf))
      files.set(imageId, file);
    for (const [row, diagnosis] of diagnoses.entries()) {
      const label = labelOf[diagnosis] ?? -1;
      if (label < 0)
        throw dataError(
          'unknown-diagnosis',
          `${labels.location}: image ${row} (counted from 0) has the label ${diagnosis}, expected one of ${codes.map((code, i) => `${i} (${code})`).join(', ')}.`,
          {
            hint: 'Is it DermaMNIST? Other sets of MedMNIST are no lesions.',
          },
        );
      const imageId = idOf(row);
      records.push({
        imageId,
        lesionId: identity?.get(rowId(row))?.lesionId ?? imageId,
        label,
        age: null,
        officialSplit: split,
      });
    }
  }
  const doubled = records.length - new Set(records.map(({ imageId }) => imageId)).size;
  if (doubled > 0)
    throw dataError(
      'duplicate-image-id',
      `The table of ${card.name}'s rows gives ${doubled} images to several rows of ${arrays.archive}.`,
      {
        hint: 'Is it the table of another version? dermamnist_split_info.csv is for DermaMNIST, DermaMNIST-C.csv and -E.csv for the repaired ones.',
      },
    );
  const hasLesionIds = records.some(({ imageId, lesionId }) => imageId !== lesionId);
  return {
    classes,
    records,
    files,
    hasLesionIds,
    metadataFile: arrays.archive,
    usedFiles: arrays.parts.flatMap(({ images, labels }) => [images, labels]),
    notes: hasLesionIds ? [] : [lostGroups(arrays.archive, identity !== undefined)],
  };
}

/** Larger arrays are read image by image, where that can be done. */
const mostInMemory = 1 << 26;

/** An array is read once, where parts of it can't be read for themselves. */
function wholeFile(file: StoredFile): () => Promise<Uint8Array> {
  let reading: Promise<Uint8Array> | undefined;
  return () => {
    reading ??= file.read();
    return reading;
  };
}

/** Which version an archive is by its name: the original, the corrected one (C) or the extended one (E), whose splits keep lesions apart. */
function versionOf(archive: string): 'original' | 'c' | 'e' {
  const name = archive.split(/[/\\]/).pop()!;
  if (/correct|mnist[-_]c\b/i.test(name)) return 'c';
  return /exten|mnist[-_]e\b/i.test(name) ? 'e' : 'original';
}

function lostGroups(archive: string, hasIds: boolean): DatasetNote {
  const split =
    versionOf(archive) === 'original'
      ? 'its own split has 641 lesions in both training and test, and any other split has as many: results on it are too good'
      : 'its own split keeps lesions apart, any other does not: results on another are too good';
  const way = hasIds
    ? 'Put HAM10000_metadata.csv beside it, which has the lesions.'
    : 'Put the table that tells its rows (dermamnist_split_info.csv, or DermaMNIST-C.csv or -E.csv) and HAM10000_metadata.csv beside it, or take HAM10000 itself.';
  const message = `${archive} does not say which images are of one lesion; ${split}. ${way}`;
  return { kind: 'interpreted-value', imageIds: [], message };
}

interface Identity {
  readonly imageId: string;
  readonly lesionId?: string;
}

/** Images of HAM10000 by the rows of the arrays (`train_12`), from the table that its makers or those of the repaired splits gave; undefined where there is none. */
async function readIdentity(
  { archive, parts: present }: Arrays,
  { tables }: DatasetSource,
): Promise<Map<string, Identity> | undefined> {
  const version = versionOf(archive);
  const name = version === 'original' ? 'split_info' : `mnist-${version}.`;
  const info = tables.find(({ file, columns }) => file.name.toLowerCase().includes(name) && splitColumns(columns));
  if (!info) return undefined;
  const { image, split, index } = splitColumns(info.columns)!;
  const lesionOf = await readLesions(tables);
  const table = await info.read();
  const [imageAt, splitAt, indexAt] = [image, split, index].map((column) =>
    column ? table.columns.indexOf(column) : -1,
  );
  // An index may count in each split, or through all of them: then rows are in the order of its numbers.
  const ordered =
    indexAt < 0 ? table.rows : [...table.rows].sort((a, b) => Number(a.cells[indexAt]) - Number(b.cells[indexAt]));
  const counted = new Map<string, number>();
  const rows = new Map<string, Identity>();
  for (const { cells } of ordered) {
    const part = /^val/i.test(cells[splitAt]) ? 'val' : cells[splitAt].toLowerCase();
    const position = counted.get(part) ?? 0;
    counted.set(part, position + 1);
    const imageId = imageKey(cells[imageAt]);
    rows.set(`${part}_${position}`, { imageId, lesionId: lesionOf.get(imageId) });
  }
  for (const { name, labels } of present) {
    const { shape } = await readNpyHeader(labels);
    if ((counted.get(name) ?? 0) !== shape[0])
      throw dataError(
        'other-split-info',
        `${info.file.location} has ${counted.get(name) ?? 0} rows of ${name}, and ${archive} has ${shape[0]}.`,
        {
          hint: 'It is the table of another version of DermaMNIST: remove it, or take the arrays that it is of.',
        },
      );
  }
  return rows;
}

function splitColumns(columns: readonly string[]): { image: string; split: string; index?: string } | undefined {
  const image = ['image_id', 'image', 'isic_id'].find((name) => columns.includes(name));
  const split = ['split', 'partition', 'set'].find((name) => columns.includes(name));
  const index = columns.includes('index') ? 'index' : undefined;
  return image !== undefined && split !== undefined ? { image, split, index } : undefined;
}

/** Lesions of HAM10000 by image, from its table where it lies there. */
async function readLesions(tables: readonly SourceTable[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { columns, read } of tables) {
    const image = ['image_id', 'image'].find((name) => columns.includes(name));
    if (image === undefined || !columns.includes('lesion_id')) continue;
    const table = await read();
    const [i, l] = [table.columns.indexOf(image), table.columns.indexOf('lesion_id')];
    for (const { cells } of table.rows) if (cells[l] !== '') found.set(imageKey(cells[i]), cells[l]);
  }
  return found;
}
