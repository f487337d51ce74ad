import { dsvFormat } from 'd3-dsv';
import { dataError, type LesionlabError } from '../../errors.js';

/** A table of text as read from a .csv or .tab file. */
export interface MetadataTable {
  /** Where it came from, for messages. */
  readonly file: string;
  /** Column names in lower case, trimmed. */
  readonly columns: readonly string[];
  readonly rows: readonly MetadataRow[];
}

export interface MetadataRow {
  /** Row in the file as a spreadsheet numbers it: the header is row 1. */
  readonly number: number;
  /** Trimmed cells, in the order of the columns. */
  readonly cells: readonly string[];
}

/**
 * Column names (trimmed, lower case) of a table's first line.
 * @param head the beginning of the file's text; it may end anywhere after the first line
 */
export function tableColumns(head: string): string[] {
  const line = firstLine(head);
  const [cells = []] = dsvFormat(delimiterOf(line)).parseRows(line);
  return cells.map((cell) => cell.trim().toLowerCase());
}

/**
 * Reads a table whose cells are separated by tabs, commas or semicolons (whichever its header has most of).
 * @throws LesionlabError kind `data` where a row has another number of cells than the header
 */
export function parseTable(text: string, file: string): MetadataTable {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const parsed = dsvFormat(delimiterOf(firstLine(body))).parseRows(body);
  const columns = (parsed[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const rows: MetadataRow[] = [];
  for (let i = 1; i < parsed.length; i++) {
    const cells = parsed[i].map((cell) => cell.trim());
    if (cells.every((cell) => cell === '')) continue;
    if (cells.length !== columns.length) {
      throw dataError(
        'ragged-row',
        `${file}, row ${i + 1}: expected ${columns.length} cells as in the header, found ${cells.length}.`,
        { hint: 'Mend that row, or download the metadata again: the file may be cut off.' },
      );
    }
    rows.push({ number: i + 1, cells });
  }
  return { file, columns, rows };
}

/** Collects what is wrong with a table's rows, so that one message lists all of it. */
export class RowProblems {
  readonly #file: string;
  readonly #found: { code: string; message: string; hint: string }[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(row: number, code: string, message: string, hint: string): void {
    this.#found.push({ code, message: `${this.#file}, row ${row}: ${message}`, hint });
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

function firstLine(text: string): string {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/, 1)[0];
}

function delimiterOf(header: string): string {
  const count = (character: string) => header.split(character).length - 1;
  return ['\t', ',', ';'].reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best));
}
