import { dsvFormat } from 'd3-dsv';
import { dataError, type Hint, type LesionlabError } from '../../errors.js';
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

/** What is known of how a table is written. */
export interface TableForm {
  /** Of the columns, in lower case, of a table without a header: its first row is data. */
  readonly names?: readonly string[];
  /** What stands between two cells, one character or several; found out by the header where left out. */
  readonly delimiter?: string;
}

/**
 * Reads a table whose cells are separated by tabs, commas or semicolons (whichever its header has most of).
 * @throws LesionlabError kind `data` where two columns have one name, a row has another number of cells than the header, or cells
 *   stand apart by spaces
 */
export function parseTable(text: string, file: string, form: TableForm = {}): MetadataTable {
  const reader = new TableReader(file, form);
  reader.add(text);
  return reader.finish();
}

/** What R is told to write tables as others read them. */
const ofR = 'write.csv(x, "file.csv", row.names = FALSE).';

/** Reads a table of pieces that end where rows do. */
export class TableReader {
  readonly #file: string;
  readonly #form: TableForm;
  #columns: readonly string[] | undefined;
  #packed: PackedCells[] = [];
  readonly #numbers: number[] = [];
  #place = 0;
  #parse: ReturnType<typeof rowParser> | undefined;

  constructor(file: string, form: TableForm = {}) {
    this.#file = file;
    this.#form = form;
    if (form.names) this.#begin(form.names);
  }

  /** @throws LesionlabError as `parseTable` does */
  add(text: string): void {
    if (!this.#parse && !this.#form.names && this.#form.delimiter === undefined && isSpaced(text))
      throw dataError(
        'spaced-table',
        `${this.#file}: expected commas, semicolons or tabs between cells, found spaces.`,
        {
          hint: `Write it with commas. Of R: ${ofR}`,
        },
      );
    this.#parse ??= rowParser(text, this.#form.delimiter);
    // Most texts are in this form as a whole, so that their cells needn't be looked at.
    const inForm = composed(text) === text ? (cell: string) => cell : composed;
    this.#parse(text, (cells) => this.#addRow(cells, inForm));
  }

  finish(): MetadataTable {
    const packed = this.#packed.map((column) => column.finish());
    const rows = this.#numbers.map((number, place) => new PackedRow(packed, place, number));
    return { file: this.#file, columns: this.#columns ?? [], rows: knowColumns(rows, (index) => packed[index]) };
  }

  #begin(cells: readonly string[]): void {
    this.#columns = checkColumns(cells, this.#file);
    this.#packed = this.#columns.map(() => new PackedCells());
  }

  #addRow(cells: string[], inForm: (cell: string) => string): void {
    const i = this.#place++;
    const columns = this.#columns;
    if (!columns) {
      if (isHeader(cells, i)) this.#begin(cells);
      return;
    }
    for (let c = 0; c < cells.length; c++) cells[c] = inForm(cells[c].trim());
    if (cells.every((cell) => cell === '')) return;
    // Spreadsheets leave separators behind where a column was emptied.
    while (cells.length > columns.length && cells.at(-1) === '') cells.pop();
    if (cells.length !== columns.length) {
      throw dataError(
        'ragged-row',
        `${this.#file}, row ${i + 1}: expected ${columns.length} cells ${this.#form.names ? `(${columns.join(', ')})` : 'as in the header'}, found ${cells.length}.`,
        {
          hint:
            cells.length === columns.length + 1
              ? `Mend that row; where every row is so, the header lacks the name of a column, as R's write.table leaves it out: ${ofR}`
              : 'Mend that row, or download the metadata again: the file may be cut off.',
        },
      );
    }
    for (let c = 0; c < cells.length; c++) this.#packed[c].add(cells[c]);
    this.#numbers.push(i + 1);
  }
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

/** Whether the first rows are cells apart by spaces: quoted names, or three bare words and more with as many in the row below (or one, its name, before them). */
function isSpaced(text: string): boolean {
  const [header = '', row = ''] = text
    .replace(/^\uFEFF/, '')
    .slice(0, 1 << 16)
    .split(/\r\n|\r|\n/);
  if (/[\t,;]/.test(header.replace(/"[^"]*"/g, ''))) return false;
  if (/^\s*"[^"]*"( +"[^"]*")+\s*$/.test(header)) return true;
  const count = (line: string) => line.trim().split(/ +/).length;
  const more = count(row) - count(header);
  return count(header) >= 3 && (more === 0 || more === 1);
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
  readonly #found: { code: string; message: string; hint: Hint }[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** @param at a row of the file, or where else it stands */
  add(at: number | TablePlace, code: string, message: string, hint: Hint): void {
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
