import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnCells, findDelimiter, parseTable, TableReader } from '../../../src/data/reading/metadataTable.js';
import { NotUtf8, rowPieces } from '../../../src/data/reading/rowPieces.js';
import { PackedCells } from '../../../src/data/reading/tableCells.js';

const pack = (cells: readonly string[]) => {
  const packed = new PackedCells();
  for (const cell of cells) packed.add(cell);
  return packed.finish();
};
const read = (packed: PackedCells) => Array.from({ length: packed.length }, (_, row) => packed.at(row));

describe('cells come out of a packed column as they went in', () => {
  const numbers = Array.from({ length: 9000 }, (_, i) => String(i * 1.37 - 40));
  const columns: Record<string, readonly string[]> = {
    'few words': Array.from({ length: 9000 }, (_, i) => ['male', 'female', '', 'not told at all'][i % 4]),
    numbers,
    'numbers, some of them missing': numbers.map((cell, i) => (i % 7 === 0 ? '' : cell)),
    'numbers among others': numbers.map((cell, i) => (i % 50 === 0 ? `${i}.0` : i % 77 === 0 ? '1e-05' : cell)),
    'numbers first, then names': numbers.map((cell, i) => (i < 5000 ? cell : `ISIC_${i}_downsampled`)),
    'words first, then numbers': numbers.map((cell, i) => (i < 3000 ? 'none' : cell)),
    names: Array.from({ length: 9000 }, (_, i) => `ISIC_${String(i).padStart(7, '0')}`),
    'what only looks like numbers': Array.from({ length: 9000 }, (_, i) => `0${i}`),
    'odd numbers': ['NaN', 'Infinity', '-0', '0', '1e21', '+1', ' ', '1.', '.5', '0x10'],
  };
  for (const [name, cells] of Object.entries(columns))
    test(name, () => {
      const packed = pack(cells);
      expect(read(packed)).toEqual(cells);
      expect(packed.map((cell) => `${cell}!`)).toEqual(cells.map((cell) => `${cell}!`));
    });

  test('numbers are read one by one only where they are written in another way', () => {
    for (const cells of Object.values(columns)) {
      const number = (cell: string) => (/^[-+.\d]/.test(cell) ? Number(cell) : cell === '' ? -1 : Number.NaN);
      expect([...pack(cells).numbers(number)]).toEqual(cells.map(number));
    }
    const asked: string[] = [];
    pack(columns['numbers among others']).numbers((cell) => asked.push(cell));
    expect(new Set(asked.slice(0, 4))).toEqual(new Set(['', '0.0', '50.0', '1e-05']));
  });
});

describe('a text in pieces', () => {
  const cell = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ';', '7') }), fc.string());
  const written = (text: string, always: boolean) =>
    always || /[",;\n\r\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

  test('gives the table that the whole gives, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        async (rows, size, end, marked) => {
          const lines = rows.map(([a, b, always]) => `x${written(a, false)},${written(b, always)}`.replace(/^x"/, '"'));
          const text = `${marked ? '\uFEFF' : ''}${['first,second', ...lines].join(end)}${end}`;
          const parsed = await parsePieces(text, size);
          const whole = parseTable(text, 'x.csv');
          const rowsOf = ({ rows: of }: typeof whole) => of.map(({ number, cells }) => [number, ...cells]);
          expect(parsed.columns).toEqual(whole.columns);
          expect(rowsOf(parsed)).toEqual(rowsOf(whole));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is cut at all, and not within a cell', async () => {
    const text = `id,note\n${Array.from({ length: 50 }, (_, i) => `${i},"two\nlines, ""quoted"""\n`).join('')}`;
    const pieces = await piecesOf(text, 64);
    expect(pieces.join('')).toBe(text);
    expect(pieces.length).toBeGreaterThan(10);
    for (const piece of pieces.slice(1)) expect(piece).toMatch(/^\d+,"two\n/);
    expect(columnCells(await parsePieces(text, 64), 1).at(49)).toBe('two\nlines, "quoted"');
  });

  test('that is no UTF-8 is told', async () => {
    const bytes = Uint8Array.from([...'id,note\n1,caf'].map((letter) => letter.charCodeAt(0)).concat(0xe9, 10));
    await expect(collect(rowPieces(fileOf(bytes), findDelimiter, 4)!)).rejects.toBeInstanceOf(NotUtf8);
    expect(rowPieces(fileOf(bytes), findDelimiter)).toBeUndefined();
  });
});

const fileOf = (bytes: Uint8Array) => ({
  byteLength: bytes.length,
  readRange: async (start: number, length: number) => bytes.slice(start, start + length),
});

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

const piecesOf = async (text: string, size: number): Promise<string[]> => {
  const pieces = rowPieces(fileOf(new TextEncoder().encode(text)), findDelimiter, size);
  return pieces ? await collect(pieces) : [text];
};

async function parsePieces(text: string, size: number) {
  const reader = new TableReader('x.csv');
  for (const piece of await piecesOf(text, size)) reader.add(piece);
  return reader.finish();
}
