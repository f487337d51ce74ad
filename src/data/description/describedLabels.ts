import type { ClassInfo } from '../dataset.js';
import { isUnknown, readNumber } from '../reading/columnValues.js';
import type { MetadataRow, MetadataTable } from '../reading/metadataTable.js';
import { labelsOfOneHot, type ReadLabel } from '../reading/rowLabels.js';
import { columnIndex, columnName, type DescribedFiles } from './describedFiles.js';

/** What the rows of a described table are labelled with. */
export interface DescribedLabels {
  readonly classes: readonly ClassInfo[];
  readonly readLabel: ReadLabel;
}

/** The folder that a row's image lies in, counted upwards from 1; undefined where there is no image, or no such folder. */
export type FolderOf = (row: MetadataRow, level: number) => string | undefined;

/**
 * Classes and labels as a description says.
 * @param known classes whose codes mean the same everywhere
 * @param given classes to use in place of the description's
 * @throws LesionlabError kind `data` where a column is not there
 */
export function describedLabels(
  files: DescribedFiles,
  table: MetadataTable,
  folderOf: FolderOf,
  known: readonly ClassInfo[],
  given: readonly ClassInfo[] | undefined,
): DescribedLabels {
  const { label } = files.description;
  if (label.columns) return labelsInColumns(files, table, known, given);
  const wordsOf = readWords(files, table, folderOf);
  const { map = {}, others = 'refuse' } = label;
  const idOf = new Map(Object.entries(map).map(([word, id]) => [wordKey(word), id] as const));
  const classes =
    given ??
    classesOf(files, known, () => [
      ...Object.values(map),
      // With a map, what it doesn't name is no class of its own.
      ...(label.map ? [] : table.rows.flatMap((row) => wordsOf(row).slice(0, 1))),
    ]);
  const labelOf = new Map<string, number>();
  for (const [i, { id, name }] of classes.entries())
    for (const word of [id, name]) if (!labelOf.has(wordKey(word))) labelOf.set(wordKey(word), i);
  for (const [word, id] of idOf) {
    const index = classes.findIndex((info) => info.id === id);
    if (index >= 0) labelOf.set(word, index);
    else labelOf.delete(word);
  }
  const column = label.folder ? 'folder' : (label.column ?? `the diagnosis in ${label.levels!.join(', ')}`);
  const readLabel: ReadLabel = (row) => {
    const words = wordsOf(row);
    const found = words.map((word) => labelOf.get(wordKey(word))).find((index) => index !== undefined);
    if (found !== undefined) return found;
    if (others === 'leave out')
      return {
        leftOut:
          words.length === 0 ? `no diagnosis (${column})` : `a diagnosis (${column}) that is none of the classes`,
      };
    const ids = classes.map(({ id }) => id).join(', ');
    return {
      code: 'unknown-diagnosis',
      fault:
        words.length === 0
          ? `has no diagnosis: ${column} is empty.`
          : `has ${column} "${words[0]}", expected one of ${[...Object.keys(map), ids].join(', ')}.`,
      hint: `Name it under label.map in ${files.file}, or write \`others: leave out\` under label to go without such images.`,
    };
  };
  return { classes, readLabel };
}

/** What says a row's diagnosis, the most precise first. */
function readWords(files: DescribedFiles, table: MetadataTable, folderOf: FolderOf): (row: MetadataRow) => string[] {
  const { column, levels, level, folder, map = {} } = files.description.label;
  if (folder) return (row) => [folderOf(row, folder)].filter((name) => name !== undefined);
  const names = level ? [levels![level - 1]] : (levels ?? [column!]);
  const indices = names.map((name, i) =>
    columnIndex(files, table, name, levels ? `label.levels.${level ? level - 1 : i}` : 'label.column'),
  );
  // A mark of nothing that the map names is a class all the same.
  const named = new Set(Object.keys(map).map(wordKey));
  return ({ cells }) =>
    indices
      .map((index) => cells[index])
      .reverse()
      .filter((cell) => !isUnknown(cell) || (cell !== '' && named.has(wordKey(cell))));
}

/** Classes of the description, or those of the ids that occur, in the order in which they do. */
function classesOf(
  { description: { classes } }: DescribedFiles,
  known: readonly ClassInfo[],
  ids: () => readonly string[],
): readonly ClassInfo[] {
  const infoOf = (id: string) => known.find((info) => info.id === id.toLowerCase());
  if (classes)
    return classes.map(({ id, name, ...more }) => {
      const { id: _, ...usual } = infoOf(id) ?? { id, name: id };
      return { ...usual, ...more, id, name: name ?? usual.name };
    });
  const found = new Map<string, ClassInfo>();
  for (const id of ids()) {
    // Copies write a class in upper and lower case.
    const info = infoOf(id) ?? { id, name: id };
    if (!found.has(wordKey(info.id))) found.set(wordKey(info.id), info);
  }
  return [...found.values()];
}

/** `4`, `4.0` and `4,0` are one word, and so are `MEL` and `mel`. */
function wordKey(word: string): string {
  const number = readNumber(word.trim());
  return Number.isNaN(number) ? columnName(word) : String(number);
}

function labelsInColumns(
  files: DescribedFiles,
  table: MetadataTable,
  known: readonly ClassInfo[],
  given: readonly ClassInfo[] | undefined,
): DescribedLabels {
  const { columns = {}, otherwise } = files.description.label;
  const named = Object.entries(columns);
  for (const [name] of named) columnIndex(files, table, name, `label.columns.${name}`);
  const classes =
    given ?? classesOf(files, known, () => [...named.map(([, id]) => id), ...(otherwise ? [otherwise] : [])]);
  const oneHot = labelsOfOneHot(
    table,
    named.map(([name]) => columnName(name)),
  );
  const labels = named.map(([, id]) => classes.findIndex((info) => info.id === id));
  const indices = named.map(([name]) => table.columns.indexOf(columnName(name)));
  const rest = otherwise === undefined ? -1 : classes.findIndex(({ id }) => id === otherwise);
  return {
    classes,
    readLabel(row) {
      if (rest >= 0 && indices.every((index) => readNumber(row.cells[index]) === 0)) return rest;
      const found = oneHot(row);
      if (typeof found !== 'number') return found;
      if (labels[found] >= 0) return labels[found];
      return {
        code: 'unknown-diagnosis',
        fault: `is marked in ${named[found][0]}, expected one of the classes ${classes.map(({ id }) => id).join(', ')}.`,
        hint: `Name its class under classes in ${files.file}.`,
      };
    },
  };
}
