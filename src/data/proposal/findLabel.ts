import { readNumber } from '../reading/columnValues.js';
import { classOfWord } from './classWords.js';
import { type ColumnProfile, count, describeValues } from './columnProfile.js';

/** What seems to say the diagnosis. */
export type LabelBelief = {
  readonly because: string;
  /** Columns that could be it as well, the next best first. */
  readonly others: readonly string[];
  /** The label of each row as text, empty where there is none. */
  readonly labels: readonly string[];
} & ({ readonly column: ColumnProfile } | { readonly oneHot: readonly ColumnProfile[]; readonly otherwise: boolean });

const names: readonly (readonly [RegExp, number])[] = [
  [/^(dx|diagnosis|diagnostic|diagnose|diagnóstico|diagnostico|diagnosis_?label)$/, 6],
  [/^(label|class|category|klasse|lesion_?type|disease|condition|classification)$/, 5],
  [/diagnos|diagnost/, 4],
  [/label|class|disease|category/, 3],
  [/^(target|malignant|benign_malignant|melanoma|y)$/, 3],
];

/** Most classes that a diagnosis is believed to have. */
export const mostClasses = 250;

/**
 * The column, or columns of 0 and 1, that most likely say the diagnosis: by name, by how many values there are, and by codes of HAM10000 and ISIC among them.
 */
export function findLabel(profiles: readonly ColumnProfile[]): LabelBelief | undefined {
  const scored = profiles
    .map((profile) => ({ profile, score: scoreOf(profile) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const oneHot = findOneHot(profiles);
  const [best, ...others] = scored;
  if (oneHot && (!best || best.score < 6)) return { ...oneHot, others: scored.map(({ profile }) => profile.name) };
  if (!best) return undefined;
  const { profile } = best;
  const coded = profile.values.filter(([value]) => isCode(value)).length;
  const why = [
    names.some(([pattern]) => pattern.test(profile.name)) ? 'it is named as diagnoses are' : '',
    coded > 0 ? `${count(coded)} of its values are codes of the field` : '',
    `it has ${count(profile.distinct)} values: ${describeValues(profile, 8)}`,
  ].filter(Boolean);
  return {
    column: profile,
    labels: profile.cells,
    others: others.map((other) => other.profile.name),
    because: `${why.join('; ').replace(/^./, (letter) => letter.toUpperCase())}.`,
  };
}

/** Whether a word is a class that is known. */
const isCode = (word: string): boolean => classOfWord(word) !== undefined;

function scoreOf({ name, distinct, filled, numbers, images, values }: ColumnProfile): number {
  // Ids and measures are no classes.
  if (distinct < 2 || distinct > Math.min(mostClasses, filled / 2) || images > 0.5) return 0;
  if (numbers > 0.9 && distinct > 30) return 0;
  const byName = names.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
  const coded = values.filter(([value]) => isCode(value)).length / values.length;
  const methods = /type$|confirm|method|level|difficulty|partition|management/.test(name) ? -2 : 0;
  return (
    byName + (coded >= 0.5 ? 4 : 0) + (byName > 0 || coded >= 0.5 ? methods : 0) - (numbers > 0.9 && byName > 0 ? 1 : 0)
  );
}

function findOneHot(
  profiles: readonly ColumnProfile[],
): Pick<Extract<LabelBelief, { oneHot: unknown }>, 'oneHot' | 'otherwise' | 'because' | 'labels'> | undefined {
  const marks = profiles.filter(
    ({ filled, rows, distinct, values }) =>
      filled === rows && distinct <= 2 && values.every(([value]) => [0, 1].includes(readNumber(value))),
  );
  if (marks.length < 2) return undefined;
  const named = marks.filter(({ name }) => isCode(name));
  const some = named.length >= 2 ? marks.slice(marks.indexOf(named[0]), marks.indexOf(named.at(-1)!) + 1) : marks;
  const rows = some[0].rows;
  let without = 0;
  const labels: string[] = [];
  for (let row = 0; row < rows; row++) {
    const ones = some.filter(({ cells }) => readNumber(cells[row]) === 1);
    if (ones.length > 1) return undefined;
    if (ones.length === 0) without++;
    labels.push(ones[0]?.name ?? '(none)');
  }
  // Yes and no of anything may exclude each other by chance.
  if (named.length < 2 && without > 0) return undefined;
  const because = `Columns ${some.map(({ name }) => name).join(', ')} hold 0 and 1, and ${
    without === 0
      ? 'every row has one 1'
      : `no row has more than one 1 (${count(without)} rows have none: another class, to be named)`
  }.`;
  return { oneHot: some, otherwise: without > 0, because, labels };
}
