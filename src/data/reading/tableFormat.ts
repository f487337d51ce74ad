import { type DatasetNote, type SplitName, splitNames } from '../dataset.js';
import {
  type DatasetFormat,
  type FormatCandidate,
  type FormatCard,
  type FormatOptions,
  missingColumns,
  type ParsedRecords,
} from './datasetFormat.js';
import type { DatasetSource, SourceTable } from './datasetSource.js';
import { nameImages } from './imageIds.js';
import { stackTables } from './joinTables.js';
import { columnCells, type MetadataTable } from './metadataTable.js';
import { splitOfName } from './splitNames.js';

/** What a format is made of whose datasets are told by a table's columns: all but how its table is found. */
export interface TableFormat {
  readonly card: FormatCard;
  readonly columns: readonly string[];
  readonly oneOf?: DatasetFormat['oneOf'];
  /** The column that names images. */
  readonly image: string;
  /** Whether a table with the columns is of this format; default: it is. */
  fits?(table: SourceTable, source: DatasetSource): boolean;
  /** Whether a table without them is of it, too: in another layout, which `open` makes the same. */
  also?(table: SourceTable, source: DatasetSource): boolean;
  /** Its makers gave a table to each split, told by the tables' names: where several lie there, they are read as one. */
  readonly parts?: boolean;
  /** Reads one table, with what other tables say of its rows; default: the table as it is. */
  open?(table: SourceTable, source: DatasetSource): Promise<MetadataTable>;
  /** @param table all that was opened, one part below the other */
  read(table: MetadataTable, source: DatasetSource, options: FormatOptions): Promise<ParsedRecords>;
  refuse?: DatasetFormat['refuse'];
}

interface OpenedPart {
  readonly source: SourceTable;
  readonly split?: SplitName;
  readonly table: MetadataTable;
  readonly imageIds: readonly string[];
  /** Images that are there. */
  readonly present: number;
}

/** A format whose datasets are told by a table's columns. */
export function tableFormat(description: TableFormat): DatasetFormat {
  const { card, columns, oneOf, parts = false, fits = () => true, also = () => false, refuse } = description;
  const hasColumns = ({ columns: there }: SourceTable) =>
    columns.length > 0 && missingColumns({ columns, oneOf }, there).length === 0;
  const format: DatasetFormat = {
    card,
    columns,
    ...(oneOf && { oneOf }),
    ...(refuse && { refuse }),
    find(source) {
      const tables = source.tables.filter(
        (table) => (hasColumns(table) && fits(table, source)) || (table.problem === undefined && also(table, source)),
      );
      const opened = new Map<SourceTable, Promise<OpenedPart>>();
      const open = (table: SourceTable) => {
        const opening = opened.get(table) ?? openPart(description, table, source);
        opened.set(table, opening);
        return opening;
      };
      const candidate = (some: readonly SourceTable[]): FormatCandidate => {
        const choose = async () => chooseParts(await Promise.all(some.map(open)));
        return {
          format,
          table: some[0],
          joined: some.length > 1,
          tables: some,
          imageIds: async () => (await choose()).chosen.flatMap(({ imageIds }) => imageIds),
          async read(options) {
            const { chosen, unused } = await choose();
            const table = stackTables(chosen);
            const parsed = await description.read(table, source, options);
            return {
              metadataFile: table.file,
              ...parsed,
              notes: [...(table.notes ?? []), ...unused.map(noteUnused), ...(parsed.notes ?? [])],
            };
          },
        };
      };
      const named = parts ? tables.filter(({ file, ownOutput }) => !ownOutput && splitOfName(file.name)) : [];
      return [...(named.length > 1 ? [candidate(inOrder(named))] : []), ...tables.map((table) => candidate([table]))];
    },
  };
  return format;
}

async function openPart(
  { image, parts = false, open }: TableFormat,
  table: SourceTable,
  source: DatasetSource,
): Promise<OpenedPart> {
  const read = await (open ? open(table, source) : table.read());
  const cells = columnCells(read, read.columns.indexOf(image));
  const imageIds = nameImages(cells.map((cell) => cell)).map(({ imageId }) => imageId);
  const present = imageIds.filter((imageId) => source.images.has(imageId)).length;
  return { source: table, split: parts ? splitOfName(table.file.name) : undefined, table: read, imageIds, present };
}

const inOrder = (tables: readonly SourceTable[]): SourceTable[] =>
  splitNames.flatMap((split) => tables.filter(({ file }) => splitOfName(file.name) === split));

/**
 * Of several tables of a split the one that describes most of the images that are there, then the one that says most of them; and of the
 * splits those that have images there, if any has.
 */
function chooseParts(parts: readonly OpenedPart[]): { chosen: readonly OpenedPart[]; unused: readonly OpenedPart[] } {
  const splits = [...new Set(parts.map(({ split }) => split))];
  const best = splits.map((split) =>
    parts.filter((part) => part.split === split).reduce((one, other) => (compareParts(other, one) > 0 ? other : one)),
  );
  const withImages = best.filter(({ present }) => present > 0);
  const chosen = withImages.length > 0 ? withImages : best;
  return { chosen, unused: best.filter((part) => !chosen.includes(part)) };
}

const compareParts = (a: OpenedPart, b: OpenedPart): number =>
  a.present - b.present || a.table.columns.length - b.table.columns.length;

const noteUnused = ({ table: { file }, imageIds }: OpenedPart): DatasetNote => ({
  kind: 'unread-file',
  imageIds: [],
  message: `${file} was left out: none of its ${imageIds.length} images are there.`,
});
