import { dataError } from '../../errors.js';
import type { ClassInfo, DatasetInfo } from '../dataset.js';
import type { StoredFile } from '../storedFile.js';
import { ham10000Classes, ham10000Info, isic2018Info } from './ham10000.js';
import {
  classesInTable,
  ham10000Records,
  isic2018Records,
  type ParsedRecords,
  recogniseTable,
} from './metadataFormats.js';
import { parseTable, tableColumns } from './metadataTable.js';

// Node and browsers both have it; the core compiles without the types of either.
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

export interface TableOptions {
  /** Classes to use instead of those that the format or the class folders imply. */
  readonly classes?: readonly ClassInfo[];
  /** Take whatever values stand in a table's column dx as classes, where no `classes` are given: data that another network is to be tested on. */
  readonly anyDiagnosis?: boolean;
}

/** A table whose columns are known. */
export interface FoundTable {
  readonly file: StoredFile;
  readonly kind: ReturnType<typeof recogniseTable>;
  readonly columns: readonly string[];
}

/** Dataverse hands out HAM10000_metadata without an ending, too. */
const tableName = /\.(csv|tab|tsv)$|metadata$/i;

/** All tables of a known kind; only the beginning of each file is read, since others may be large. */
export async function findTables(files: readonly StoredFile[]): Promise<FoundTable[]> {
  const tables: FoundTable[] = [];
  for (const file of files) {
    if (!tableName.test(file.name)) continue;
    const columns = tableColumns(new TextDecoder().decode(await file.readHead(1 << 14)));
    const kind = recogniseTable(columns);
    if (kind !== 'other') tables.push({ file, kind, columns });
  }
  return tables;
}

/**
 * Of several tables the one that was named, with the lesion groupings, which only add to it.
 * @throws LesionlabError kind `data` where the named one is no table of images
 */
export function onlyTable(tables: FoundTable[], files: readonly StoredFile[], name: string | undefined): FoundTable[] {
  if (name === undefined) return tables;
  const isNamed = ({ folders, name: own }: StoredFile) => folders.length === 0 && own === name;
  const found = tables.find(({ file }) => isNamed(file));
  if (found && found.kind !== 'isic2018-groupings')
    return tables.filter((table) => table === found || table.kind === 'isic2018-groupings');
  const location = files.find(isNamed)?.location ?? name;
  throw dataError(
    'not-metadata',
    `${location} is no table of images: it has neither the columns image_id and dx nor those of ISIC 2018's ground truth.`,
    { hint: 'Name the columns so, or give a folder with one folder of images a class.' },
  );
}

export interface ChosenMetadata extends ParsedRecords {
  readonly table: StoredFile;
  readonly info: DatasetInfo;
}

/**
 * Where a folder holds several tables (HAM10000's and that of its test set, or a copy in another format), the one that
 * describes most of the images wins; among equals HAM10000's format, which says more, then the order of the paths.
 */
export async function chooseMetadata(
  tables: readonly FoundTable[],
  imageIds: ReadonlySet<string>,
  { classes, anyDiagnosis = false }: TableOptions,
): Promise<ChosenMetadata | undefined> {
  const candidates = tables.filter(({ kind }) => kind === 'ham10000' || kind === 'isic2018');
  candidates.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'ham10000' ? -1 : 1));
  let best: FoundTable | undefined;
  let mostImages = -1;
  for (const candidate of candidates) {
    const images = candidates.length === 1 ? 0 : await describedImages(candidate, imageIds);
    if (images > mostImages) [best, mostImages] = [candidate, images];
  }
  if (!best) return undefined;
  const table = await readTable(best.file);
  if (best.kind === 'ham10000') {
    const own = classes ?? (anyDiagnosis ? classesInTable(table) : ham10000Classes);
    return { table: best.file, info: { ...ham10000Info, classes: own }, ...ham10000Records(table, own) };
  }

  let groupings: StoredFile | undefined;
  let mostGrouped = 0;
  for (const candidate of tables.filter(({ kind }) => kind === 'isic2018-groupings')) {
    const images = await describedImages(
      candidate,
      new Set(table.rows.map(({ cells }) => cells[table.columns.indexOf('image')])),
    );
    if (images > mostGrouped) [groupings, mostGrouped] = [candidate.file, images];
  }
  const parsed = isic2018Records(table, groupings && (await readTable(groupings)), classes);
  return { table: best.file, info: isic2018Info, ...parsed };
}

async function describedImages(table: FoundTable, imageIds: ReadonlySet<string>): Promise<number> {
  const { rows, columns } = await readTable(table.file);
  const column = table.kind === 'ham10000' ? columns.indexOf('image_id') : columns.indexOf('image');
  return rows.filter(({ cells }) => imageIds.has(cells[column])).length;
}

const readTable = async (file: StoredFile) => parseTable(new TextDecoder().decode(await file.read()), file.location);
