import { isForeignMark, isUnknown, readNumber } from '../reading/columnValues.js';
import { columnCells, type MetadataTable } from '../reading/metadataTable.js';
import { classOfWord } from './classWords.js';
import type { ImageColumn } from './imageColumns.js';

/** What seems to stand in cells that say nothing, and where. */
export interface MissingMark {
  readonly mark: string;
  readonly columns: readonly { readonly name: string; readonly times: number }[];
}

/** Codes of numbers that are no measures: 9999, -9, -1. */
const oddNumber = /^(9{3,}|-9+|-1)$/;

/** Words of a column that are counted: what has more is texts. */
const mostWords = 200;

/** What a column holds, as far as it tells of such marks. */
interface ColumnWords {
  readonly name: string;
  readonly kind: 'image' | 'numbers' | 'words';
  /** Words by how often they stand there; of a column of images those without a figure. */
  readonly words: ReadonlyMap<string, number>;
  /** Numbers that are out of all range. */
  readonly odd: ReadonlyMap<string, number>;
  /** Numbers that are out of range elsewhere and not here. */
  readonly meant: readonly string[];
}

/**
 * Marks of cells that say nothing, beside those that are known in English: short for it in another language (`k.A.`); words that stand for images or
 * among numbers, and in a column of another kind too; numbers out of all range, such as 9999 years.
 */
export function findMissingMarks(table: MetadataTable, images: readonly ImageColumn[]): MissingMark[] {
  const imageColumns = new Set(images.map(({ profile }) => profile.name));
  const columns = table.columns.flatMap((name, index) =>
    name === '' ? [] : [lookAt(table, index, imageColumns.has(name))],
  );
  const meant = new Set(columns.flatMap((column) => column.meant));
  const found = new Map<string, { readonly column: ColumnWords; readonly times: number }[]>();
  for (const column of columns)
    for (const [mark, times] of [...column.words, ...column.odd])
      found.set(mark, [...(found.get(mark) ?? []), { column, times }]);
  return [...found].flatMap(([mark, places]): MissingMark[] => {
    const kinds = new Set(places.map(({ column: { kind } }) => kind));
    if (meant.has(mark)) return [];
    const isOdd = places.some(({ column: { odd } }) => odd.has(mark));
    if (!isOdd && !isForeignMark(mark) && (kinds.size < 2 || classOfWord(mark) !== undefined)) return [];
    return [{ mark, columns: places.map(({ column: { name }, times }) => ({ name, times })) }];
  });
}

function lookAt(table: MetadataTable, index: number, isImage: boolean): ColumnWords {
  const name = table.columns[index];
  const words = new Map<string, number>();
  const odd = new Map<string, number>();
  const add = (counts: Map<string, number>, cell: string) => {
    if (counts.size < mostWords || counts.has(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  };
  let [numbers, others, least, most] = [0, 0, Infinity, -Infinity];
  const cells = columnCells(table, index);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells.at(row);
    if (isForeignMark(cell)) add(words, cell);
    else if (isUnknown(cell)) continue;
    else if (isImage) {
      if (!/\d|[/\\]|\.\w{3,4}$/.test(cell)) add(words, cell);
    } else {
      const number = readNumber(cell);
      if (Number.isNaN(number)) {
        others++;
        add(words, cell);
      } else if (oddNumber.test(cell)) add(odd, cell);
      else {
        numbers++;
        [least, most] = [Math.min(least, number), Math.max(most, number)];
      }
    }
  }
  const foreign = new Map([...words].filter(([cell]) => isForeignMark(cell)));
  const none = new Map<string, number>();
  if (isImage) return { name, kind: 'image', words: onlyRepeated(words), odd: none, meant: [] };
  if (numbers <= others)
    return { name, kind: 'words', words: words.size < mostWords ? words : foreign, odd: none, meant: [...odd.keys()] };
  const stray = [...odd].filter(([cell]) => isStray(readNumber(cell), least, most));
  return {
    name,
    kind: 'numbers',
    words,
    odd: new Map(stray),
    meant: [...odd.keys()].filter((cell) => !stray.some(([one]) => one === cell)),
  };
}

const onlyRepeated = (words: ReadonlyMap<string, number>) => new Map([...words].filter(([, times]) => times > 1));

/** Below 0 where nothing else is, or so far above all that it is no measure of the kind. */
const isStray = (number: number, least: number, most: number): boolean => (number < 0 ? least >= 0 : number > 3 * most);
