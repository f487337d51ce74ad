import type { LesionlabError } from '../../errors.js';
import type { DatasetNote } from '../dataset.js';
import type { StoredFile } from '../storedFile.js';
import { type DecodedText, decodeText } from './decodeText.js';
import { type ImageIndex, indexImages } from './imageIndex.js';
import { jsonLinesColumns, parseJsonLines } from './jsonLinesTable.js';
import {
  findDelimiter,
  type MetadataTable,
  parseTable,
  type TableForm,
  TableReader,
  tableColumns,
} from './metadataTable.js';
import { NotUtf8, rowPieces } from './rowPieces.js';

/** What lies in a dataset's folder, as formats look at it. */
export interface DatasetSource {
  /** For messages. */
  readonly root: string;
  /** Loose files before those in zips, each in the order of their paths; what lies in run folders is left out. */
  readonly files: readonly StoredFile[];
  readonly tables: readonly SourceTable[];
  readonly images: ImageIndex;
}

/** A table of which only the first row has been read. */
export interface SourceTable {
  readonly file: StoredFile;
  /** In lower case; empty where it could not be read. */
  readonly columns: readonly string[];
  /** Looks as lesionlab itself writes them (splits.csv and the like): describes images only where nothing else does. */
  readonly ownOutput: boolean;
  /** Why its first row could not be read. */
  readonly problem?: LesionlabError;
  /** All of it; read once. @param names of the columns, where it has no header @throws LesionlabError kind `data` */
  read(names?: readonly string[]): Promise<MetadataTable>;
}

/** Dataverse hands out HAM10000_metadata without an ending, too. */
const tableName = /\.(csv|tab|tsv|jsonl)$|metadata$/i;
const jsonLines = /\.jsonl$/i;
/** The beginning of a file that holds its columns; others may be large. */
const headBytes = 1 << 14;

/** @param within folder or zip that images are to be taken from, where they are in several */
export async function readSource(
  root: string,
  allFiles: readonly StoredFile[],
  within?: string,
): Promise<DatasetSource> {
  const files = withoutRuns(allFiles);
  const tables: SourceTable[] = [];
  for (const file of files) if (tableName.test(file.name)) tables.push(await openTable(file));
  return { root, files, tables, images: indexImages(files, within) };
}

async function openTable(file: StoredFile): Promise<SourceTable> {
  let reading: Promise<MetadataTable> | undefined;
  const read = (names?: readonly string[]) => {
    if (names) return readTable(file, names);
    reading ??= readTable(file);
    return reading;
  };
  try {
    const head = await file.readHead(headBytes);
    const { text } = decodeText(head, file.location, true);
    const columns = jsonLines.test(file.name) ? jsonLinesColumns(text, file.location) : tableColumns(text);
    return { file, columns, ownOutput: isOwnOutput(file.name, columns), read };
  } catch (error) {
    return { file, columns: [], ownOutput: false, problem: error as LesionlabError, read };
  }
}

/**
 * Reads a file as a table, whatever it is called.
 * @param names of the columns, where it has no header @param delimiter between cells; found out where left out
 * @throws LesionlabError kind `data`
 */
export async function readTable(
  file: StoredFile,
  names?: readonly string[],
  delimiter?: string,
): Promise<MetadataTable> {
  const { location } = file;
  if (!jsonLines.test(file.name)) {
    const read = await readPieces(file, { names, delimiter });
    if (read) return read;
  }
  const { text, encoding } = decodeText(await file.read(), location);
  const table = jsonLines.test(file.name)
    ? parseJsonLines(text, location)
    : parseTable(text, location, { names, delimiter });
  return { ...table, notes: encodingNotes(encoding, location) };
}

/** A long table, which is never whole in memory; undefined where it has to be. */
async function readPieces(file: StoredFile, form: TableForm): Promise<MetadataTable | undefined> {
  const pieces = rowPieces(file, (head) => form.delimiter ?? findDelimiter(head));
  if (!pieces) return undefined;
  const reader = new TableReader(file.location, form);
  try {
    for await (const piece of pieces) reader.add(piece);
    return reader.finish();
  } catch (error) {
    if (error instanceof NotUtf8) return undefined;
    throw error;
  }
}

function encodingNotes(encoding: DecodedText['encoding'], location: string): DatasetNote[] {
  if (encoding !== 'windows-1252') return [];
  const message = `${location} is not in UTF-8: it was read as Windows-1252. Check that its letters are right, or save it as UTF-8.`;
  return [{ kind: 'interpreted-value', imageIds: [], message }];
}

/** splits.csv, folds.csv and predictions.csv by the columns that they begin with; the challenge's submission, whose columns are the truth's, by name. */
function isOwnOutput(name: string, columns: readonly string[]): boolean {
  const [imageId, lesionId, dx, fourth] = columns;
  const begins = imageId === 'image_id' && lesionId === 'lesion_id' && dx === 'dx';
  return (begins && ['split', 'fold', 'predicted'].includes(fourth)) || name === 'isic-submission.csv';
}

/** Run folders that lie in the data hold pictures and tables that are no part of it. */
function withoutRuns(files: readonly StoredFile[]): readonly StoredFile[] {
  const marks = ['config.json', 'splits.csv', 'splits.json'];
  const found = new Map<string, Set<string>>();
  for (const { folders, name } of files) {
    if (folders.length === 0 || !marks.includes(name)) continue;
    const path = folders.join('/');
    found.set(path, (found.get(path) ?? new Set()).add(name));
  }
  const runs = [...found].filter(([, names]) => names.size === marks.length).map(([path]) => path);
  if (runs.length === 0) return files;
  const inRun = (path: string) => runs.some((run) => path === run || path.startsWith(`${run}/`));
  return files.filter(({ folders }) => !inRun(folders.join('/')));
}
