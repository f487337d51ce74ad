import { dsvFormat } from 'd3-dsv';
import { dataError, type LesionlabError } from '../../errors.js';
import type { DatasetNote, SplitName } from '../dataset.js';
import { composed } from '../storedFile.js';

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
  /** Trimmed cells in composed form (NFC), in the order of the columns. */
  readonly cells: readonly string[];
}

/**
 * Column names (trimmed, lower case) of a table's first row.
 * @param head the beginning of the file's text; it may end anywhere after the first row
 */
export function tableColumns(head: string): string[] {
  const { cells } = findHeader(parseRows(head));
  return cells.map(columnName);
}

/**
 * Reads a table whose cells are separated by tabs, commas or semicolons (whichever its header has most of).
 * @param names of the columns, in lower case, of a table without a header: its first row is data
 * @param delimiter what stands between two cells, one character or several, where that is known
 * @throws LesionlabError kind `data` where two columns have one name, or a row has another number of cells than the header
 */
export function parseTable(text: string, file: string, names?: readonly string[], delimiter?: string): MetadataTable {
  const parsed = parseRows(text, delimiter);
  const header = names ? { index: -1, cells: names } : findHeader(parsed);
  const columns = header.cells.map(columnName);
  const doubled = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i);
  if (doubled !== undefined)
    throw dataError(
      'doubled-column',
      `${file} has ${columns.filter((name) => name === doubled).length} columns called ${doubled}.`,
      {
        hint: 'Give each column a name of its own, or remove the one that is not meant.',
      },
    );
  const rows: MetadataRow[] = [];
  for (let i = header.index + 1; i < parsed.length; i++) {
    // In place: a table may have hundreds of thousands of rows.
    const cells = parsed[i];
    for (let c = 0; c < cells.length; c++) cells[c] = composed(cells[c].trim());
    if (cells.every((cell) => cell === '')) continue;
    // Spreadsheets leave separators behind where a column was emptied.
    while (cells.length > columns.length && cells.at(-1) === '') cells.pop();
    if (cells.length !== columns.length) {
      throw dataError(
        'ragged-row',
        `${file}, row ${i + 1}: expected ${columns.length} cells ${names ? `(${columns.join(', ')})` : 'as in the header'}, found ${cells.length}.`,
        { hint: 'Mend that row, or download the metadata again: the file may be cut off.' },
      );
    }
    rows.push({ number: i + 1, cells });
  }
  return { file, columns, rows };
}

const columnName = (cell: string): string => composed(cell.trim().toLowerCase());

/** Excel's first line that names the separator. */
const separatorLine = /^sep=(.)$/i;

function parseRows(text: string, delimiter?: string): string[][] {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // Cells are parted at one character; a longer mark becomes one that no text has.
  if (delimiter !== undefined)
    return dsvFormat(delimiter.length > 1 ? '\u001F' : delimiter).parseRows(
      delimiter.length > 1 ? body.replaceAll(delimiter, '\u001F') : body,
    );
  const lines = body.slice(0, 1 << 16).split(/\r\n|\r|\n/);
  const named = separatorLine.exec(lines[0])?.[1];
  const header = lines.find((line, i) => line.trim() !== '' && !(i === 0 && named)) ?? '';
  return dsvFormat(named ?? delimiterOf(header)).parseRows(body);
}

/** The first row that holds anything. */
function findHeader(rows: readonly string[][]): { readonly index: number; readonly cells: readonly string[] } {
  const index = rows.findIndex(
    (cells, i) => cells.some((cell) => cell.trim() !== '') && !(i === 0 && isSeparatorLine(cells)),
  );
  return index < 0 ? { index: rows.length, cells: [] } : { index, cells: rows[index] };
}

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
