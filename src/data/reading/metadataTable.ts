import { dsvFormat } from 'd3-dsv';
import { dataError, type LesionlabError } from '../../errors.js';
import type { DatasetNote, SplitName } from '../dataset.js';
import { composed } from '../storedFile.js';
import { cellsOfRows, PackedCells, type TableCells } from './tableCells.js';

/** A table of text as read from a .csv or .tab file, or put together of several. */
export interface MetadataTable {
  /** Where it came from, for messages; of several tables the first. */
  readonly file: string;
  /** Column names in lower case, trimmed. */
  readonly columns: readonly string[];
  readonly rows: readonly MetadataRow[];
  /** What had to be interpreted in reading it. */
  readonly notes?: readonly DatasetNote[];
  /** Where a cell of a row stands, or the row itself; in `file` and the row's `number` where left out. */
  placeOf?(row: MetadataRow, column?: string): TablePlace;
  /** The official split that a row was put into by the table that it came from. */
  splitOf?(row: MetadataRow): SplitName | undefined;
}

/** A row of a file, for messages. */
export interface TablePlace {
  readonly file: string;
  /** The header is row 1. */
  readonly row: number;
}

/** One row of a table. */
export interface MetadataRow {
  /** Row in the file as a spreadsheet numbers it: the header is row 1. */
  readonly number: number;
  /** Trimmed cells in composed form (NFC), in the order of the columns. They may be put together anew each time. */
  readonly cells: readonly string[];
  /** One of them, without putting together the others. */
  cell?(index: number): string;
}

/** By the rows and not by the table, which is often taken over with other rows. */
const columnsOfRows = new WeakMap<readonly MetadataRow[], (index: number) => TableCells>();

/** Says how the cells of a column of some rows are had without putting each row together. */
export function knowColumns<T extends readonly MetadataRow[]>(rows: T, cellsOf: (index: number) => TableCells): T {
  columnsOfRows.set(rows, cellsOf);
  return rows;
}

/** The cells of a column of a table. */
export const columnCells = ({ rows }: Pick<MetadataTable, 'rows'>, index: number): TableCells =>
  columnsOfRows.get(rows)?.(index) ?? cellsOfRows(rows, index);

/** One cell of a row. */
export const cellOf = (row: MetadataRow, index: number): string => (row.cell ? row.cell(index) : row.cells[index]);

/**
 * Column names (trimmed, lower case) of a table's first row.
 * @param head the beginning of the file's text; it may end anywhere after the first row
 */
export function tableColumns(head: string): string[] {
  let columns: string[] | undefined;
  let place = 0;
  rowParser(head)(head, (cells) => {
    if (!columns && isHeader(cells, place++)) columns = cells.map(columnName);
  });
  return columns ?? [];
}

/**
 * Reads a table whose cells are separated by tabs, commas or semicolons (whichever its header has most of).
 * @param text the whole of it, or in pieces that end where rows do (`rowPieces`)
 * @param names of the columns, in lower case, of a table without a header: its first row is data
 * @param delimiter what stands between two cells, one character or several, where that is known
 * @throws LesionlabError kind `data` where two columns have one name, or a row has another number of cells than the header
 */
export function parseTable(
  text: string | Iterable<string>,
  file: string,
  names?: readonly string[],
  delimiter?: string,
): MetadataTable {
  let columns: readonly string[] | undefined = names && checkColumns(names, file);
  let packed: PackedCells[] = columns?.map(() => new PackedCells()) ?? [];
  const numbers: number[] = [];
  let place = 0;
  let parse: ReturnType<typeof rowParser> | undefined;
  for (const piece of typeof text === 'string' ? [text] : text) {
    parse ??= rowParser(piece, delimiter);
    // Few tables have a letter that could need it.
    const inForm = isAscii(piece) ? (cell: string) => cell : composed;
    parse(piece, (cells) => {
      const i = place++;
      if (!columns) {
        if (!isHeader(cells, i)) return;
        columns = checkColumns(cells, file);
        packed = columns.map(() => new PackedCells());
        return;
      }
      for (let c = 0; c < cells.length; c++) cells[c] = inForm(cells[c].trim());
      if (cells.every((cell) => cell === '')) return;
      // Spreadsheets leave separators behind where a column was emptied.
      while (cells.length > columns.length && cells.at(-1) === '') cells.pop();
      if (cells.length !== columns.length) {
        throw dataError(
          'ragged-row',
          `${file}, row ${i + 1}: expected ${columns.length} cells ${names ? `(${columns.join(', ')})` : 'as in the header'}, found ${cells.length}.`,
          { hint: 'Mend that row, or download the metadata again: the file may be cut off.' },
        );
      }
      for (let c = 0; c < cells.length; c++) packed[c].add(cells[c]);
      numbers.push(i + 1);
    });
  }
  for (const column of packed) column.finish();
  const rows = numbers.map((number, row) => new PackedRow(packed, row, number));
  return { file, columns: columns ?? [], rows: knowColumns(rows, (index) => packed[index]) };
}

/** @throws LesionlabError kind `data` where two have one name */
function checkColumns(cells: readonly string[], file: string): string[] {
  const columns = cells.map(columnName);
  const doubled = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i);
  if (doubled !== undefined)
    throw dataError(
      'doubled-column',
      `${file} has ${columns.filter((name) => name === doubled).length} columns called ${doubled}.`,
      {
        hint: 'Give each column a name of its own, or remove the one that is not meant.',
      },
    );
  return columns;
}

/** A row of packed columns. */
class PackedRow implements MetadataRow {
  constructor(
    readonly packed: readonly PackedCells[],
    readonly place: number,
    readonly number: number,
  ) {}

  get cells(): readonly string[] {
    return this.packed.map((column) => column.at(this.place));
  }

  cell(index: number): string {
    return this.packed[index].at(this.place);
  }
}

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

const columnName = (cell: string): string => composed(cell.trim().toLowerCase());

/** Excel's first line that names the separator. */
const separatorLine = /^sep=(.)$/i;

/** Reads the rows of a text one by one, cut at what its first lines are cut at. */
function rowParser(first: string, delimiter?: string): (text: string, take: (cells: string[]) => void) => void {
  // Cells are parted at one character; a longer mark becomes one that no text has.
  const long = delimiter !== undefined && delimiter.length > 1;
  const format = dsvFormat(long ? '\u001F' : (delimiter ?? findDelimiter(first)));
  return (text, take) => {
    const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
    format.parseRows(long ? body.replaceAll(delimiter, '\u001F') : body, (cells) => {
      take(cells);
      return null;
    });
  };
}

/** The separator that the beginning of a text names, or that its first row has most of. */
export function findDelimiter(text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .slice(0, 1 << 16)
    .split(/\r\n|\r|\n/);
  const named = separatorLine.exec(lines[0])?.[1];
  const header = lines.find((line, i) => line.trim() !== '' && !(i === 0 && named)) ?? '';
  return named ?? delimiterOf(header);
}

/** The first row that holds anything. */
const isHeader = (cells: readonly string[], i: number): boolean =>
  cells.some((cell) => cell.trim() !== '') && !(i === 0 && isSeparatorLine(cells));

/** Cut at the very separator that it names. */
const isSeparatorLine = ([first, ...rest]: readonly string[]): boolean =>
  separatorLine.test(first) || (/^sep=$/i.test(first) && rest.length === 1 && rest[0] === '');

function delimiterOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (character: string) => unquoted.split(character).length - 1;
  return ['\t', ',', ';'].reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best));
}

/** Collects what is wrong with a table's rows, so that one message lists all of it. */
export class RowProblems {
  readonly #file: string;
  readonly #found: { code: string; message: string; hint: string }[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** @param at a row of the file, or where else it stands */
  add(at: number | TablePlace, code: string, message: string, hint: string): void {
    const { file, row } = typeof at === 'number' ? { file: this.#file, row: at } : at;
    this.#found.push({ code, message: `${file}, row ${row}: ${message}`, hint });
  }

  /** @throws LesionlabError kind `data` that lists every problem, if there is one */
  throwIfAny(): void {
    const error = this.#error();
    if (error) throw error;
  }

  #error(): LesionlabError | undefined {
    const [first] = this.#found;
    if (!first) return undefined;
    const more = this.#found.length - 1;
    const rest =
      more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'row like it or' : 'rows like it or'} otherwise wrong)`;
    return dataError(first.code, first.message + rest, {
      hint: first.hint,
      details: this.#found.map((problem) => problem.message),
    });
  }
}
