import type { ClassInfo } from '../../data/dataset.js';
import { isMissing } from '../../data/reading/columnValues.js';
import { type MetadataTable, RowProblems } from '../../data/reading/metadataTable.js';
import { composed } from '../../data/storedFile.js';
import { dataError, usageError } from '../../errors.js';
import type { FoundClass } from '../outside/classMap.js';
import {
  type ClassChoices,
  type ClassPlan,
  classOfName,
  planClasses,
  planScore,
  sortChoices,
} from './outputClasses.js';
import { countDecimals, type OutputValues, readValues, sumTolerance } from './outputValues.js';
import { didYouMean } from './outputWords.js';
import { idNames, otherNames, scoreNames } from './predictionColumns.js';

/** What is said of a table of predictions; what is left out is guessed, and the guess said. */
export interface PredictionTableChoices extends ClassChoices {
  /** Column of the images' ids. */
  readonly idColumn?: string;
  /** Column of a single score, in place of one column a class. */
  readonly scoreColumn?: string;
  readonly values?: OutputValues;
  /** Count images whose numbers can't be read as without an answer, instead of refusing the table. */
  readonly excludeUnusable?: boolean;
}

/** The answers of a classifier to images, by their ids: of a table, or of a file that was asked. */
export interface Answers {
  /** [M], as they stand, each once. */
  readonly ids: readonly string[];
  readonly plan: ClassPlan;
  /** [M, K] row by row over `plan.classes`, each row sums to 1. */
  readonly probabilities: Float64Array;
  /** Whether the numbers are a score of which only the order means anything. */
  readonly orderOnly: boolean;
  /** Whether there is one score, for yes. */
  readonly isScore: boolean;
  /** How the table was read, sentences for readers. */
  readonly words: readonly string[];
  /** Ids in rows without an answer, or with one that can't be read. */
  readonly unusable: readonly string[];
  /** How a table was read; undefined of a network. */
  readonly reading?: TableReading;
}

/** Which columns of a table hold what, and what its numbers are. */
export interface TableReading {
  readonly idColumn: string;
  /** In the order of the table, those of `plan.classOfOutput`; of a score its column alone. */
  readonly outputs: readonly string[];
  readonly values: OutputValues;
}

/**
 * Reads a table of any tool: an id, and one column a class (probabilities, logits) or one score. Columns are found by their names, and by
 * which ids are the truth's.
 * @param truthIds ids of the images, to choose among columns that might hold ids @param found classes of the truth with their images
 * @throws LesionlabError kind `usage` where columns can't be told; kind `data` that lists the rows at fault
 */
export function readPredictionTable(
  table: MetadataTable,
  truth: { readonly classes: readonly ClassInfo[]; readonly ids: readonly string[] },
  found: readonly FoundClass[],
  choices: PredictionTableChoices = {},
): Answers {
  if (table.rows.length === 0)
    throw dataError('predictions-empty', `${table.file} holds no predictions.`, { hint: 'Expected one row an image.' });
  const idIndex = findIdColumn(table, truth.ids, choices.idColumn);
  const chosen = chooseOutputs(table, idIndex, truth.classes, choices);
  const columns = chosen.outputs.map((name) => table.columns.indexOf(name));
  const { rows, numbers, unusable } = readNumbers(table, idIndex, columns, choices.excludeUnusable ?? false);
  const ids = rows.map((i) => table.rows[i].cells[idIndex]);
  const rowOf = (i: number) => `${table.file}, row ${table.rows[rows[i]].number} (${ids[i]})`;
  const isScore = columns.length === 1;
  const names = chosen.outputs;
  // Before the numbers: where a class has no column, rows don't sum to 1, and that is not what is wrong.
  const plan = isScore
    ? planScore(names[0], truth.classes, found, choices)
    : planClasses(names, truth.classes, found, choices, 'column', chosen.ignored);
  const { probabilities: raw, values, words: valueWords } = readValues(numbers, columns.length, rowOf, choices.values);
  return {
    ids,
    plan,
    probabilities: sumByClass(raw, isScore ? 2 : columns.length, plan),
    orderOnly: values === 'score',
    isScore,
    words: [
      `Ids from the column ${table.columns[idIndex] || '(without a name)'}; ${isScore ? `one score from ${names[0]}` : `${columns.length} classes from ${names.join(', ')}`}.`,
      valueWords,
      ...plan.words,
      ...(chosen.ignored.length > 0 ? [`Not used: ${chosen.ignored.join(', ')}.`] : []),
    ],
    unusable,
    reading: { idColumn: table.columns[idIndex], outputs: names, values },
  };
}

/** Adds outputs of one class up and leaves others out. @param raw [M, O] @returns [M, K], each row sums to 1 */
export function sumByClass(
  raw: ArrayLike<number>,
  outputs: number,
  { classes, classOfOutput }: ClassPlan,
): Float64Array {
  const images = raw.length / outputs;
  const probabilities = new Float64Array(images * classes.length);
  const some = classOfOutput.some((k) => k < 0);
  for (let i = 0; i < images; i++) {
    const own = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
    for (let o = 0; o < outputs; o++) if (classOfOutput[o] >= 0) own[classOfOutput[o]] += raw[i * outputs + o];
    if (!some) continue;
    const sum = own.reduce((total, p) => total + p, 0);
    for (let k = 0; k < own.length; k++) own[k] = sum > 0 ? own[k] / sum : 1 / own.length;
  }
  return probabilities;
}

const columnOf = (table: MetadataTable, name: string) => {
  const index = table.columns.indexOf(composed(name.trim().toLowerCase()));
  if (index >= 0) return index;
  throw usageError('unknown-column', `${table.file} has no column ${name}.`, {
    hint: `${didYouMean(name, table.columns)}Its columns are ${table.columns.join(', ')}.`,
  });
};

/** The column whose cells are ids of the truth most often, of those that are named like one. */
function findIdColumn(table: MetadataTable, truthIds: readonly string[], given: string | undefined): number {
  if (given !== undefined) return columnOf(table, given);
  const candidates = idNames.map((name) => table.columns.indexOf(name)).filter((index) => index >= 0);
  if (candidates.length === 0)
    throw usageError(
      'no-id-column',
      `${table.file} has no column that is called like one of ids; found ${table.columns.join(', ')}.`,
      {
        hint: { terminal: 'Name it with --id-column <name>.', page: 'Choose the column of the images’ ids.' },
      },
    );
  const key = (id: string) =>
    composed(
      id
        .split(/[/\\]/)
        .at(-1)!
        .replace(/\.\w{1,5}$/, ''),
    ).toLowerCase();
  const wanted = new Set(truthIds.map(key));
  const matches = candidates.map((index) => table.rows.filter(({ cells }) => wanted.has(key(cells[index]))).length);
  return candidates[matches.indexOf(Math.max(...matches))];
}

interface ChosenOutputs {
  readonly outputs: readonly string[];
  readonly ignored: readonly string[];
}

/** Which columns are the classifier's outputs. */
function chooseOutputs(
  table: MetadataTable,
  idIndex: number,
  classes: readonly ClassInfo[],
  choices: PredictionTableChoices,
): ChosenOutputs {
  const { columns } = table;
  const others = columns.filter((_, i) => i !== idIndex);
  const ignoredBut = (outputs: readonly string[]) => others.filter((name) => name !== '' && !outputs.includes(name));
  if (choices.scoreColumn !== undefined) {
    const outputs = [columns[columnOf(table, choices.scoreColumn)]];
    return { outputs, ignored: ignoredBut(outputs) };
  }
  const { ofOutput } = sortChoices(columns, classes, choices);
  const numeric = (name: string) => {
    const index = columns.indexOf(name);
    return table.rows.some(({ cells }) => readNumber(cells[index]) !== undefined);
  };
  const given = others.filter((name) => ofOutput.has(columns.indexOf(name)));
  const guessed = others.filter(
    (name) => !given.includes(name) && !otherNames.includes(name) && classOfName(name, classes) >= 0 && numeric(name),
  );
  const left = others.filter(
    (name) => !given.includes(name) && !guessed.includes(name) && !otherNames.includes(name) && numeric(name),
  );
  const outputs = others.filter((name) => given.includes(name) || guessed.includes(name));
  const told = new Set(outputs.map((name) => ofOutput.get(columns.indexOf(name)) ?? classOfName(name, classes)));
  if (told.size >= 2) {
    const all = others.filter((name) => outputs.includes(name) || left.includes(name));
    // Columns that are named for no class of the truth are classes all the same where the sum needs them.
    const complete = left.length > 0 && !sumsToWhole(table, outputs) && sumsToWhole(table, all) ? all : outputs;
    return { outputs: complete, ignored: ignoredBut(complete) };
  }
  const scores = [
    ...new Set([...outputs, ...scoreNames.filter((name) => left.includes(name)), ...(left.length === 1 ? left : [])]),
  ];
  if (scores.length === 1) return { outputs: scores, ignored: ignoredBut(scores) };
  throw usageError(
    'no-class-columns',
    `${table.file}: the columns ${left.concat(outputs).join(', ') || '(none that holds numbers)'} name neither the classes ${classes.map(({ id }) => id).join(', ')} nor one score.`,
    {
      hint: {
        terminal:
          'Say with --class-column name=class which column is of which class (once for each), or with --score-column <name> which holds the score.',
        page: 'Say which column is of which class, or which holds the score.',
      },
    },
  );
}

/** Whether every row of these columns sums to 1, or every row to 100, but for rounding. */
function sumsToWhole({ rows, columns }: MetadataTable, names: readonly string[]): boolean {
  const places = names.map((name) => columns.indexOf(name));
  const found = rows
    .map(({ cells }) => places.map((place) => readNumber(cells[place]) ?? Number.NaN))
    .filter((numbers) => !numbers.some(Number.isNaN));
  const decimals = countDecimals(found.flat());
  return ([1, 100] as const).some((whole) =>
    found.every(
      (numbers) =>
        numbers.every((x) => x >= 0) &&
        Math.abs(numbers.reduce((total, x) => total + x, 0) / whole - 1) <= sumTolerance(decimals, names.length, whole),
    ),
  );
}

/** Whether a cell says that there is no answer, as R's NA does; NaN is what comes of a fault. */
const isNoAnswer = (cell: string): boolean => isMissing(cell) && cell.toLowerCase() !== 'nan';

/** A cell's number, with a decimal comma or a percent sign where it has one; undefined where it is none, or not finite. */
function readNumber(written: string): number | undefined {
  const cell = written.replace(/\s*%$/, '');
  if (cell.trim() === '') return undefined;
  const number = Number(/^-?\d+,\d+(e[-+]?\d+)?$/i.test(cell) ? cell.replace(',', '.') : cell);
  return Number.isFinite(number) ? number : undefined;
}

/** @returns places of the rows with an answer, their numbers [M, O] row by row, and the ids of the others */
function readNumbers(table: MetadataTable, idIndex: number, columns: readonly number[], excludeUnusable: boolean) {
  const problems = new RowProblems(table.file);
  const rowOf = new Map<string, number>();
  const rows: number[] = [];
  const numbers: number[] = [];
  const unusable: string[] = [];
  for (const [i, { number, cells }] of table.rows.entries()) {
    const id = cells[idIndex];
    const earlier = rowOf.get(id);
    if (id === '') problems.add(number, 'no-image-id', 'the id is empty.', 'Fill in the id or remove the row.');
    else if (earlier !== undefined)
      problems.add(
        number,
        'duplicate-image-id',
        `image ${id} already stands in row ${earlier}.`,
        'An image may have one prediction: average several before, or remove rows.',
      );
    rowOf.set(id, number);
    const found = columns.map((place) => readNumber(cells[place]));
    if (found.every((x) => x !== undefined)) {
      rows.push(i);
      numbers.push(...(found as number[]));
      continue;
    }
    unusable.push(id);
    // Nothing at all is no answer; something that is no number is a fault.
    if (columns.every((place) => isNoAnswer(cells[place])) || excludeUnusable) continue;
    const place = columns[found.indexOf(undefined)];
    problems.add(
      number,
      'not-a-number',
      `image ${id} has ${table.columns[place]} "${cells[place]}", expected a number${isNoAnswer(cells[place]) ? '; other cells of the row hold some' : ''}.`,
      {
        terminal:
          'Mend the row, leave all its numbers empty where the classifier gave no answer, or have such rows counted as without an answer with --exclude-unusable.',
        page: 'Mend the row, leave all its numbers empty where the classifier gave no answer, or have such rows counted as without an answer, below.',
      },
    );
  }
  problems.throwIfAny();
  if (rows.length === 0) throw dataError('predictions-empty', `${table.file} holds no prediction that can be read.`);
  return { rows, numbers: Float64Array.from(numbers), unusable };
}
