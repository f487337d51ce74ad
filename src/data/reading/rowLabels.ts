import type { ClassInfo } from '../dataset.js';
import { readNumber } from './columnValues.js';
import { cellOf, columnCells, type MetadataRow, type MetadataTable } from './metadataTable.js';

/**
 * What a row's diagnosis says: the index of a class; `outside` where it is of none of the classes by the truth itself; why the row is left out,
 * where it has no diagnosis to be right or wrong about; or what is wrong with it.
 */
export type ReadLabel = (row: MetadataRow) => number | 'outside' | LeftOut | RowFault;

export interface LeftOut {
  /** In a few words, of one image or many: `no diagnosis`. */
  readonly leftOut: string;
}

export interface RowFault {
  readonly code: string;
  /** Goes on from `image X `. */
  readonly fault: string;
  readonly hint: string;
}

/**
 * The classes that stand in a column: those of `known` where a value is one of their codes in whatever case, others by their value, in the
 * order in which they appear. An empty cell is no class.
 */
export function classesInColumn(table: MetadataTable, column: string, known: readonly ClassInfo[]): ClassInfo[] {
  const index = table.columns.indexOf(column);
  const found = new Map<string, ClassInfo>();
  for (const value of new Set(columnCells(table, index).map((cell) => cell))) {
    if (value === '') continue;
    const info = known.find(({ id }) => id === value.toLowerCase()) ?? { id: value, name: value };
    found.set(info.id, info);
  }
  return [...found.values()];
}

/**
 * Reads labels from a column of class codes, in whatever case.
 * @param names class ids by other names that the column has for them, in lower case
 */
export function labelsOfColumn(
  table: MetadataTable,
  column: string,
  classes: readonly ClassInfo[],
  names: Readonly<Record<string, string>> = {},
): ReadLabel {
  const index = table.columns.indexOf(column);
  const labelOf = new Map(classes.map(({ id }, label) => [id, label] as const));
  for (const [name, id] of Object.entries(names)) if (labelOf.has(id)) labelOf.set(name, labelOf.get(id)!);
  const expected = [...labelOf.keys()].join(', ');
  return (row) => {
    const code = cellOf(row, index);
    return (
      labelOf.get(code) ??
      labelOf.get(code.toLowerCase()) ?? {
        code: 'unknown-diagnosis',
        fault: `has ${column} "${code}", expected ${classes.length > 0 ? `one of ${expected}` : 'a diagnosis'}.`,
        hint: `Mend the ${column} of that row or remove the row; other diagnoses can be trained from class folders.`,
      }
    );
  };
}

/**
 * Reads labels from one column a class, of which one is 1 and all others are 0.
 * @param columns by class; a class whose column the table lacks has no images
 * @param outside a column that marks what is of none of the classes
 */
export function labelsOfOneHot(table: MetadataTable, columns: readonly string[], outside?: string): ReadLabel {
  const names = outside !== undefined && table.columns.includes(outside) ? [...columns, outside] : columns;
  const indices = names.map((name) => table.columns.indexOf(name));
  const describe = (cells: readonly string[]) =>
    names.flatMap((name, i) => (indices[i] < 0 ? [] : `${name} ${cells[indices[i]] || '(empty)'}`)).join(', ');
  return ({ cells }) => {
    const values = indices.map((index) => (index < 0 ? 0 : readNumber(cells[index])));
    const label = values.indexOf(1);
    if (label >= 0 && values.every((value, index) => value === (index === label ? 1 : 0)))
      return label < columns.length ? label : 'outside';
    return {
      code: 'not-one-hot',
      fault: `must have a single diagnosis marked 1 and all others 0, found ${describe(cells)}.`,
      hint: 'Mend that row, or download the ground truth again.',
    };
  };
}
