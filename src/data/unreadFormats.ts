import { formatNames } from '../image/formats/registry.js';
import { heicHint } from '../image/header/fileContents.js';
import { holdsImage } from '../image/header/readImageHeader.js';
import type { ImageFiles } from './dataset.js';

/** Files that hold images, tables or archives of a kind that lesionlab does not open. */
export interface UnreadFormat {
  /** For readers: `BMP`, `DICOM`, `zip inside a zip`. */
  readonly name: string;
  readonly holds: 'image' | 'table' | 'archive';
  /** What to do about its files, where there is more to say than of others that hold the same. */
  readonly hint?: string;
}

const image = (name: string, hint?: string): UnreadFormat => ({ name, holds: 'image', hint });
const table = (name: string): UnreadFormat => ({ name, holds: 'table' });
const archive = (name: string): UnreadFormat => ({ name, holds: 'archive' });

const byEnding: readonly (readonly [endings: string, UnreadFormat])[] = [
  ['heic heif hif', image('HEIC', heicHint)],
  ['gif', image('GIF')],
  ['jp2 j2k jpf jpx', image('JPEG 2000')],
  ['jxl', image('JPEG XL')],
  ['cr2 cr3 nef arw dng orf rw2', image('camera raw')],
  ['pnm ppm pgm', image('PNM')],
  ['xlsx xls ods numbers', table('spreadsheet')],
  ['parquet feather', table('Parquet')],
  ['npz npy', table('NumPy')],
  ['h5 hdf5 mat', table('HDF5')],
  ['zip', archive('zip inside a zip')],
  ['rar', archive('RAR')],
  ['7z', archive('7-Zip')],
  ['tar tgz gz bz2 xz zst', archive('tar or gzip')],
];

const formats = new Map(byEnding.flatMap(([endings, format]) => endings.split(' ').map((ending) => [ending, format])));

/**
 * The format of a file by its name, where lesionlab knows it and does not read it. A `.zip` counts: those that it does open
 * are not among a dataset's files.
 */
export const unreadFormatOf = (name: string): UnreadFormat | undefined =>
  formats.get(/\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? '');

/** Enough of a file to tell what it is. */
const headBytes = 1 << 16;

/**
 * Whether the file of an image is of a format that lesionlab knows and does not read: by its name, unless its content is an image that is read. People
 * rename pictures, and phones convert them on the way.
 * @throws LesionlabError kind `data` where it can't be read
 */
export async function holdsUnread(images: ImageFiles, imageId: string): Promise<boolean> {
  if (unreadFormatOf(images.location(imageId)) === undefined) return false;
  const head = images.readHead ? await images.readHead(imageId, headBytes) : await images.read(imageId);
  return !holdsImage(head);
}

/** `3 files (2 BMP, 1 TIFF)`. */
export function countUnread(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const format = unreadFormatOf(name)?.name ?? 'other';
    counts.set(format, (counts.get(format) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([format, n]) => `${n} ${format}`);
  return `${names.length} ${names.length === 1 ? 'file' : 'files'} (${kinds.join(', ')})`;
}

/** What to do about files of such a format. */
export const unreadHint = ({ holds, hint }: UnreadFormat): string => hint ?? unreadHints[holds];

const unreadHints: Readonly<Record<UnreadFormat['holds'], string>> = {
  image: `Save these images as PNG or JPEG: lesionlab reads ${formatNames}.`,
  table: 'Save the table as CSV: lesionlab reads .csv, .tab and .tsv.',
  archive:
    'Unpack it, and put what was in it, folders or zips, in its place: lesionlab opens zips, and no archive inside another.',
};

/** What lies there in formats that are not read, as a sentence, and what to do about the first of them. */
export function unreadFiles(
  files: readonly { readonly name: string; readonly location: string }[],
): [sentence: string, hint: string | undefined] {
  const unread = files.filter(({ name }) => unreadFormatOf(name) !== undefined);
  if (unread.length === 0) return ['', undefined];
  // What holds others hides the most.
  const holds = (['archive', 'image', 'table'] as const).find((kind) =>
    unread.some(({ name }) => unreadFormatOf(name)!.holds === kind),
  )!;
  const first = unread.find(({ name }) => unreadFormatOf(name)!.holds === holds)!;
  return [
    ` Not read: ${countUnread(unread.map(({ name }) => name))}, such as ${first.location}.`,
    unreadHint(unreadFormatOf(first.name)!),
  ];
}
