/** The cells of one column of a table, a place a row. */
export interface TableCells {
  readonly length: number;
  at(row: number): string;
  /** Asks once for each different cell where it is known which are the same. */
  map<T>(of: (cell: string) => T): T[];
  /** The number that each cell says, NaN where it says none. @param of reads one that isn't a number as JavaScript writes it */
  numbers(of: (cell: string) => number): Float64Array;
}

/** Cells that are looked up in rows. */
export const cellsOfRows = (rows: readonly { readonly cells: readonly string[] }[], index: number): TableCells => ({
  length: rows.length,
  at: (row) => rows[row].cells[index],
  map: (of) => rows.map(({ cells }) => of(cells[index])),
  numbers: (of) => Float64Array.from(rows, ({ cells }) => of(cells[index])),
});

/** Cells of some rows of a column, empty where there is no such row. @param places row of the column by place; -1 for none */
export const cellsAtPlaces = (cells: TableCells, places: Int32Array): TableCells => ({
  length: places.length,
  at: (row) => (places[row] < 0 ? '' : cells.at(places[row])),
  map(of) {
    const known = cells.map(of);
    const none = of('');
    return Array.from(places, (place) => (place < 0 ? none : known[place]));
  },
  numbers(of) {
    const known = cells.numbers(of);
    const none = of('');
    return Float64Array.from(places, (place) => (place < 0 ? none : known[place]));
  },
});

/** Different cells from which on it is looked at whether they repeat at all. */
const many = 4096;

/**
 * Cells of a column that is being read, in little memory: a table may have half a million rows and fifty columns. Those that repeat are kept
 * once, numbers as numbers, and only the rest as texts.
 */
export class PackedCells implements TableCells {
  length = 0;
  #codes = new Uint32Array(64);
  #words: string[] = [];
  #codeOf: Map<string, number> | undefined = new Map();
  #numbers: Float64Array | undefined;
  /** Cells among numbers that no number is written as. */
  readonly #odd = new Map<number, string>();
  #texts: string[] | undefined;

  add(cell: string): void {
    const row = this.length++;
    if (this.#texts) this.#texts.push(ownText(cell));
    else if (this.#numbers) this.#addNumber(cell, row);
    else this.#addWord(cell, row);
  }

  at(row: number): string {
    if (this.#texts) return this.#texts[row];
    if (!this.#numbers) return this.#words[this.#codes[row]];
    const number = this.#numbers[row];
    return Number.isNaN(number) ? (this.#odd.get(row) ?? '') : String(number);
  }

  map<T>(of: (cell: string) => T): T[] {
    const mapped = new Array<T>(this.length);
    const known = this.#texts || this.#numbers ? undefined : this.#words.map(of);
    for (let row = 0; row < this.length; row++) mapped[row] = known ? known[this.#codes[row]] : of(this.at(row));
    return mapped;
  }

  numbers(of: (cell: string) => number): Float64Array {
    if (!this.#numbers) return Float64Array.from(this.map(of));
    const none = of('');
    const numbers = this.#numbers.slice(0, this.length);
    for (let row = 0; row < numbers.length; row++)
      if (Number.isNaN(numbers[row]))
        numbers[row] = this.#odd.size > 0 && this.#odd.has(row) ? of(this.#odd.get(row)!) : none;
    return numbers;
  }

  /** Gives back what was only needed while cells were added. */
  finish(): this {
    this.#codeOf = undefined;
    if (this.#numbers) this.#numbers = this.#numbers.slice(0, this.length);
    else if (!this.#texts) this.#codes = this.#codes.slice(0, this.length);
    return this;
  }

  #addWord(cell: string, row: number): void {
    let code = this.#codeOf!.get(cell);
    if (code === undefined) {
      code = this.#words.length;
      const word = ownText(cell);
      this.#words.push(word);
      this.#codeOf!.set(word, code);
    }
    if (row === this.#codes.length) this.#codes = enlarged(this.#codes);
    this.#codes[row] = code;
    if (this.#words.length > many && 2 * this.#words.length > this.length) this.#leaveWords();
  }

  /** Most cells are different: keeping each once saves nothing. */
  #leaveWords(): void {
    const [words, codes] = [this.#words, this.#codes];
    this.#words = [];
    this.#codeOf = undefined;
    this.#codes = new Uint32Array(0);
    const strange = words.filter((word) => Number.isNaN(asNumber(word)) && word !== '').length;
    if (8 * strange > words.length) {
      this.#texts = Array.from({ length: this.length }, (_, row) => words[codes[row]]);
      return;
    }
    this.#numbers = new Float64Array(codes.length);
    for (let row = 0; row < this.length; row++) this.#addNumber(words[codes[row]], row);
  }

  #addNumber(cell: string, row: number): void {
    if (row === this.#numbers!.length) this.#numbers = enlarged(this.#numbers!);
    const number = asNumber(cell);
    this.#numbers![row] = number;
    if (!Number.isNaN(number) || cell === '') return;
    this.#odd.set(row, ownText(cell));
    if (this.#odd.size <= many || 8 * this.#odd.size <= row) return;
    this.#texts = Array.from({ length: row + 1 }, (_, before) => this.at(before));
    this.#numbers = undefined;
    this.#odd.clear();
  }
}

/** The number that JavaScript writes as this very text; NaN where there is none. */
function asNumber(cell: string): number {
  const number = cell === '' || cell.length > 24 ? Number.NaN : Number(cell);
  return Number.isFinite(number) && (isExact(cell) || String(number) === cell) ? number : Number.NaN;
}

/** Decimals of at most 15 digits come back as they were written, which writing them would only tell slowly. */
const isExact = (cell: string): boolean => cell.length <= 16 && /^-?(0\.[1-9]\d*|[1-9]\d*\.\d+)(?<!0)$/.test(cell);

/** A part of a long text keeps all of it in memory; what was joined and cut again is a text of its own. */
const ownText = (part: string): string => (part.length < 13 ? part : ` ${part}`.slice(1));

function enlarged<T extends Uint32Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
