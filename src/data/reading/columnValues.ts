import type { DatasetNote } from '../dataset.js';
import type { TablePlace } from './metadataTable.js';

const missingMarks = new Set(['', '-', '--', '.', '?', 'na', 'n/a', 'n.a.', '#n/a', 'nan', 'null', 'none', 'missing']);
/** Short for "no information" in other languages than English: somebody ought to see that they are taken for that. */
const foreignMarks = new Set([
  ...['k.a.', 'k. a.', 'k.a', 'keine angabe', 'keine angaben', 'ohne angabe', 'ohne angaben', 'nicht angegeben'],
  ...[
    'non renseigné',
    'non renseignée',
    'n.r.',
    'sin dato',
    'sin datos',
    's/d',
    's.d.',
    'não informado',
    'non indicato',
  ],
]);
const unknownMarks = new Set([
  'unknown',
  'unk',
  'unclear',
  'not known',
  'not available',
  'not specified',
  'unspecified',
  ...[
    'unbekannt',
    'nicht bekannt',
    'inconnu',
    'inconnue',
    'desconocido',
    'desconocida',
    'desconhecido',
    'desconhecida',
  ],
  ...['sconosciuto', 'sconosciuta', 'onbekend'],
]);

/** Whether a cell says nothing: empty, or a mark that people put there instead. */
export const isMissing = (value: string): boolean => missingMarks.has(value.toLowerCase()) || isForeignMark(value);

/** Whether a cell says nothing by a mark of another language than English. */
export const isForeignMark = (value: string): boolean => foreignMarks.has(value.toLowerCase());

const numeral = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;

/** The number that a cell says, with a point or a comma before its decimals; NaN where it says none. */
export const readNumber = (value: string): number =>
  numeral.test(value) ? Number(value.replace(',', '.')) : Number.NaN;

/** Whether a cell says that something is not known, or says nothing. */
export const isUnknown = (value: string): boolean => isMissing(value) || unknownMarks.has(value.toLowerCase());

const men = new Set(
  'm male man men boy männlich maennlich mann masculin masculino hombre homme maschio maschile'.split(' '),
);
const women = new Set(
  'f female woman women girl w weiblich frau feminine féminin feminino femenino mujer femme femmina femminile'.split(
    ' ',
  ),
);

/**
 * Sexes as people write them, as `male`, `female` and `unknown`; other words in lower case, numbers as they are, undefined where a cell
 * says nothing.
 */
export function readSexes(values: readonly string[]): (string | undefined)[] {
  const written = values.map((value) => value.toLowerCase());
  // Of hombre and mujer, M is the woman: letters are only read where they can mean one thing.
  const spanish = written.includes('h');
  return written.map((value) => {
    if (isMissing(value)) return undefined;
    if (isUnknown(value) || value === 'u') return 'unknown';
    if (spanish && value.length === 1) return value;
    return men.has(value) ? 'male' : women.has(value) ? 'female' : value;
  });
}

/**
 * A place on the body as people write it, in one form: lower case, words apart by spaces, two places by a slash, `unknown`. Undefined where the
 * cell says nothing.
 */
export function readPlace(value: string): string | undefined {
  if (isMissing(value)) return undefined;
  const place = value
    .toLowerCase()
    .replace(/[_\-\s]+/g, ' ')
    .replace(/\s*(\/|&|\+|\band\b)\s*/g, '/')
    .replace(/\bextremities\b|\blimbs?\b/g, 'extremity')
    .replace(/^(head neck|palms soles|oral genital)$/, (pair) => pair.replace(' ', '/'))
    .trim();
  return isUnknown(place) ? 'unknown' : place;
}

/** Words for how a diagnosis was made, and HAM10000's codes for the same. */
const confirmTypes: Readonly<Record<string, string>> = {
  histopathology: 'histo',
  'serial imaging showing no change': 'follow_up',
  'single image expert consensus': 'consensus',
  'confocal microscopy with consensus dermoscopy': 'confocal',
};
const dxTypes = ['histo', 'follow_up', 'consensus', 'confocal'];

/** How a diagnosis was made, as HAM10000 writes it where it has a code for it. */
export function readDxType(value: string): string | undefined {
  if (isMissing(value)) return undefined;
  const written = value.toLowerCase();
  return dxTypes.includes(written) ? written : (confirmTypes[written] ?? value);
}

const oldest = 120;
const number = String.raw`(\d+(?:[.,]\d+)?)`;
const years = String.raw`\s*(?:y|yr|yrs|years?|years? old|yo|y\/o|jahre?|ans?|años)?\.?`;
const patterns: readonly (readonly [RegExp, (...numbers: number[]) => number])[] = [
  [new RegExp(`^${number}${years}$`), (age) => age],
  [
    new RegExp(
      `^${number}\\s*\\+${years}$|^(?:>=?|≥)\\s*${number}${years}$|^${number}${years} (?:and|or) (?:older|over|above)$`,
    ),
    (age) => age,
  ],
  [
    new RegExp(`^${number}\\s*(?:-|–|to)\\s*${number}${years}$`),
    (from, to) => (to > from && to - from <= 10 ? (from + to) / 2 : Number.NaN),
  ],
  [/^(\d0)'?s$/, (from) => from + 5],
  [new RegExp(`^${number}\\s*(?:mo|mos|months?|monate?|mois|meses)\\.?$`), (months) => months / 12],
];
const plainNumber = /^\d+(\.\d+)?$/;

/**
 * An age in years of what people write: `50`, `50.0`, `50,5`, `60 years`, `85+` (as 85), `70-75` (as its middle), `6 months`.
 * @returns null where it can't be told; an age is from 0 to 120
 */
export function readAge(text: string): number | null {
  const written = text.toLowerCase().trim();
  for (const [pattern, age] of patterns) {
    const match = pattern.exec(written);
    if (!match) continue;
    const numbers = match.slice(1).filter((group) => group !== undefined);
    const found = age(...numbers.map((group) => Number(group.replace(',', '.'))));
    return found >= 0 && found <= oldest ? found : null;
  }
  return null;
}

interface OddAge extends TablePlace {
  readonly imageId: string;
  readonly text: string;
  readonly age: number | null;
}

/** Reads ages of tables, and keeps which had to be interpreted or could not be read. */
export class AgeColumn {
  readonly #odd: OddAge[] = [];

  read(text: string, place: () => TablePlace, imageId: string): number | null {
    if (isUnknown(text)) return null;
    const age = readAge(text);
    if (age === null || !plainNumber.test(text)) this.#odd.push({ ...place(), imageId, text, age });
    return age;
  }

  notes(): DatasetNote[] {
    return [...new Set(this.#odd.map(({ file }) => file))].flatMap((file) => {
      const odd = this.#odd.filter((entry) => entry.file === file);
      const unread = odd.filter(({ age }) => age === null);
      const read = odd.filter(({ age }) => age !== null);
      return [
        ...note(
          unread,
          `${file}: ${countAges(unread)} could not be read and ${unread.length === 1 ? 'counts' : 'count'} as missing`,
        ),
        ...note(read, `${file}: ${countAges(read)} ${read.length === 1 ? 'was' : 'were'} read as years`),
      ];
    });
  }
}

const countAges = ({ length }: readonly OddAge[]) => (length === 1 ? 'one age' : `${length} ages`);

function note(odd: readonly OddAge[], begin: string): DatasetNote[] {
  if (odd.length === 0) return [];
  const rows = odd.map(
    ({ row, text, age }) => `row ${row} "${text}"${age === null ? '' : ` as ${Number(age.toFixed(2))}`}`,
  );
  const imageIds = odd.map(({ imageId }) => imageId);
  return [{ kind: 'interpreted-value', imageIds, message: `${begin} (${listFirst(rows)}).` }];
}

/** Rows that a message names; the note's ids are all of them. */
const namedRows = 20;

/** The first few of what a message lists, and how many more there are. */
export const listFirst = (all: readonly string[], shown = namedRows): string =>
  `${all.slice(0, shown).join(', ')}${all.length > shown ? ` and ${all.length - shown} more` : ''}`;
