import { filePattern, pathOf } from '../description/filePatterns.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { joinTables, stackTables } from '../reading/joinTables.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import { count, percent, profileColumn } from './columnProfile.js';
import { findImageColumns, type ImageColumn } from './imageColumns.js';

/** The tables that seem to describe the images, joined, and why. */
export interface FoundTables {
  readonly table: MetadataTable;
  readonly images: readonly ImageColumn[];
  readonly tables: readonly {
    readonly file: string;
    readonly key?: string;
    readonly matches?: string;
    readonly because: string;
  }[];
  /** Tables of which no row could be joined to an image. */
  readonly others: readonly string[];
  /** Tables that are read as the first one, each below the other, where there are several. */
  readonly parts: readonly string[];
}

interface ReadTable {
  readonly source: SourceTable;
  readonly table: MetadataTable;
  readonly images: readonly ImageColumn[];
}

/** The table whose rows name most of the images that are there, and those whose rows belong to its rows. */
export async function findTables(source: DatasetSource): Promise<FoundTables | undefined> {
  const read: ReadTable[] = [];
  for (const table of source.tables) {
    if (table.ownOutput || table.problem) continue;
    const whole = await table.read().catch(() => undefined);
    if (!whole || whole.rows.length === 0) continue;
    read.push({ source: table, table: whole, images: imagesIn(whole, source) });
  }
  const [first, ...further] = read.sort(
    (a, b) => (b.images[0]?.named ?? 0) - (a.images[0]?.named ?? 0) || b.table.columns.length - a.table.columns.length,
  );
  if (!first || first.images.length === 0) return undefined;
  const { base, pattern, parts } = stackAlike(first, further, source);
  const rest = further.filter((one) => !parts.includes(one));
  const there = source.images.images.length;
  const tables: { file: string; key?: string; matches?: string; because: string }[] = [
    {
      file: pattern,
      because: `${parts.length > 1 ? `${count(parts.length)} tables of the same columns, below each other: ` : ''}${count(base.table.rows.length)} rows, which name ${count(base.images[0].named)} of the ${count(there)} images that are there.`,
    },
  ];
  let joined = base.table;
  const others: string[] = [];
  for (const { source: other, table } of rest) {
    const join = findJoin(joined, table);
    // A table that has nothing new has nothing to give.
    if (!join || table.columns.every((name) => name === join.to || joined.columns.includes(name))) {
      others.push(pathOf(other.file));
      continue;
    }
    const isImage = base.images.some(({ profile }) => profile.name === join.on);
    joined = joinTables(joined, table, { on: join.on, to: join.to, by: isImage ? 'image' : 'text' });
    tables.push({
      file: pathOf(other.file),
      key: join.to,
      ...(join.on !== join.to && { matches: join.on }),
      because: `Its ${join.to} has ${percent(join.share)} of the values of ${join.on}, each in one row.`,
    });
  }
  return {
    table: joined,
    images: base.images,
    tables,
    others,
    parts: parts.map(({ source: { file } }) => pathOf(file)),
  };
}

function imagesIn(table: MetadataTable, source: DatasetSource): ImageColumn[] {
  return findImageColumns(
    table.columns.map((_, index) => profileColumn(table, index, source)),
    source,
  );
}

/** Tables with the columns of the first that name images too, as those of splits do: read as one, where a pattern of paths says which they are. */
function stackAlike(
  first: ReadTable,
  others: readonly ReadTable[],
  source: DatasetSource,
): { readonly base: ReadTable; readonly pattern: string; readonly parts: readonly ReadTable[] } {
  const alone = { base: first, pattern: pathOf(first.source.file), parts: [first] };
  const { columns } = first.table;
  const alike = others.filter(
    ({ table, images }) =>
      images[0]?.profile.name === first.images[0].profile.name &&
      table.columns.length === columns.length &&
      table.columns.every((name) => columns.includes(name)),
  );
  const parts = [first, ...alike].sort((a, b) => (pathOf(a.source.file) < pathOf(b.source.file) ? -1 : 1));
  const pattern = alike.length > 0 ? patternOf(parts, source) : undefined;
  if (pattern === undefined) return alone;
  const table = stackTables(parts);
  return { base: { source: first.source, table, images: imagesIn(table, source) }, pattern, parts };
}

/** A path with * that means these tables and no other file. */
function patternOf(parts: readonly ReadTable[], { files }: DatasetSource): string | undefined {
  const paths = parts.map(({ source: { file } }) => [...file.folders, file.name]);
  if (paths.some((path) => path.length !== paths[0].length)) return undefined;
  const pattern = paths[0]
    .map((part, level) => {
      if (paths.every((path) => path[level] === part)) return part;
      const ending = /\.\w+$/.exec(part)?.[0] ?? '';
      return level === paths[0].length - 1 && paths.every((path) => path[level].endsWith(ending)) ? `*${ending}` : '*';
    })
    .join('/');
  // A name without a folder would be meant wherever it lies.
  const matches = filePattern(pattern, []);
  return files.filter(matches).length === parts.length ? pattern : undefined;
}

/** The column of a table by which its rows are found, each value in one row, and the column before that has most of these values. */
function findJoin(
  table: MetadataTable,
  other: MetadataTable,
): { readonly on: string; readonly to: string; readonly share: number } | undefined {
  const valuesOf = ({ rows }: MetadataTable, index: number) =>
    rows.map(({ cells }) => imageKey(cells[index])).filter((cell) => cell !== '');
  // Looked at when they are needed: a large table has many columns that are no keys.
  const known = new Map<number, ReadonlySet<string>>();
  const distinct = (on: number): ReadonlySet<string> => {
    const found = known.get(on) ?? new Set(valuesOf(table, on));
    known.set(on, found);
    return found;
  };
  let best: { on: string; to: string; share: number } | undefined;
  for (const [to, name] of other.columns.entries()) {
    if (name === '' || !mayBeKey(other, to)) continue;
    const keys = valuesOf(other, to);
    const unique = new Set(keys);
    if (unique.size < keys.length || unique.size < 3) continue;
    // Small numbers are in many columns and mean something else in each.
    const small = [...unique].every((key) => /^\d{1,3}$/.test(key));
    const named = table.columns.indexOf(name);
    const candidates = named >= 0 ? [named] : small ? [] : table.columns.keys();
    for (const on of candidates) {
      const values = distinct(on);
      if (values.size < 3) continue;
      const share = [...values].filter((value) => unique.has(value)).length / values.size;
      const better = share - (best?.share ?? 0) || (on === named ? 1e-9 : 0);
      if (share >= 0.5 && better > 0) best = { on: table.columns[on], to: name, share };
    }
  }
  return best;
}

/** Whether no value stands twice among the first rows. */
function mayBeKey({ rows }: MetadataTable, index: number): boolean {
  const first = rows
    .slice(0, 1000)
    .map(({ cells }) => cells[index])
    .filter((cell) => cell !== '');
  return new Set(first).size === first.length && first.every((cell) => !/^-?\d*[.,]\d+$/.test(cell));
}
