import { pathOf } from '../description/filePatterns.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { joinTables } from '../reading/joinTables.js';
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
}

/** The table whose rows name most of the images that are there, and those whose rows belong to its rows. */
export async function findTables(source: DatasetSource): Promise<FoundTables | undefined> {
  const read: {
    readonly source: SourceTable;
    readonly table: MetadataTable;
    readonly images: readonly ImageColumn[];
  }[] = [];
  for (const table of source.tables) {
    if (table.ownOutput || table.problem) continue;
    const whole = await table.read().catch(() => undefined);
    if (!whole || whole.rows.length === 0) continue;
    const profiles = whole.columns.map((_, index) => profileColumn(whole, index, source));
    read.push({ source: table, table: whole, images: findImageColumns(profiles, source) });
  }
  const [base, ...rest] = read.sort(
    (a, b) => (b.images[0]?.named ?? 0) - (a.images[0]?.named ?? 0) || b.table.columns.length - a.table.columns.length,
  );
  if (!base || base.images.length === 0) return undefined;
  const there = source.images.images.length;
  const tables: { file: string; key?: string; matches?: string; because: string }[] = [
    {
      file: pathOf(base.source.file),
      because: `${count(base.table.rows.length)} rows, which name ${count(base.images[0].named)} of the ${count(there)} images that are there.`,
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
  return { table: joined, images: base.images, tables, others };
}

/** The column of a table by which its rows are found, each value in one row, and the column before that has most of these values. */
function findJoin(
  table: MetadataTable,
  other: MetadataTable,
): { readonly on: string; readonly to: string; readonly share: number } | undefined {
  let best: { on: string; to: string; share: number } | undefined;
  for (const [to, name] of other.columns.entries()) {
    const keys = other.rows.map(({ cells }) => imageKey(cells[to])).filter((cell) => cell !== '');
    const unique = new Set(keys);
    if (name === '' || unique.size < keys.length || unique.size < 3) continue;
    for (const [on, column] of table.columns.entries()) {
      const values = new Set(table.rows.map(({ cells }) => imageKey(cells[on])).filter((cell) => cell !== ''));
      // Small numbers are in many columns and mean something else in each.
      if (values.size < 3 || (column !== name && [...unique].every((key) => /^\d{1,3}$/.test(key)))) continue;
      const share = [...values].filter((value) => unique.has(value)).length / values.size;
      const better = share - (best?.share ?? 0) || (column === name ? 1e-9 : 0);
      if (share >= 0.5 && better > 0) best = { on: column, to: name, share };
    }
  }
  return best;
}
