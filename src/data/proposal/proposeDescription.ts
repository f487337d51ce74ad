import type { DatasetDescription } from '../description/descriptionSchema.js';
import { formatDescription } from '../description/formatDescription.js';
import { folderRole } from '../folderNames.js';
import { findClassFolders } from '../formats/classFolders.js';
import { isUnknown } from '../reading/columnValues.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { splitOfName } from '../reading/splitNames.js';
import { classOfWord } from './classWords.js';
import { believeColumns, type ColumnBelief, describeColumns } from './columnBeliefs.js';
import { type ColumnProfile, count, profileColumn, several } from './columnProfile.js';
import type { Belief, DatasetProposal } from './datasetProposal.js';
import { findLabel, type LabelBelief, mostClasses } from './findLabel.js';
import { type FoundTables, findTables } from './findTables.js';
import type { ImageColumn } from './imageColumns.js';
import { findMissingMarks, type MissingMark } from './missingMarks.js';

type Proposed = Pick<DatasetProposal, 'beliefs' | 'columns' | 'leaks' | 'questions' | 'description' | 'text'>;

/** Looks at tables, files and folders, and says what a description of them would be and why; decodes no image. */
export async function proposeDescription(source: DatasetSource): Promise<Proposed> {
  const found = await findTables(source);
  return (found && proposeOfTables(source, found)) ?? proposeOfFolders(source, found);
}

function proposeOfTables(source: DatasetSource, found: FoundTables): Proposed | undefined {
  const { table, images: candidates } = found;
  const marks = findMissingMarks(table, candidates);
  const words = new Set(marks.map(({ mark }) => mark.toLowerCase()));
  const profiles = table.columns.flatMap((name, index) =>
    name === '' ? [] : [profileColumn(table, index, source, words)],
  );
  const images = chooseImages(
    candidates.map((one) => ({ ...one, profile: profiles.find(({ name }) => name === one.profile.name)! })),
  );
  const imageNames = new Set(candidates.map(({ profile }) => profile.name));
  const keys = new Set(found.tables.flatMap(({ key, matches }) => [key, matches]).filter((name) => name !== undefined));
  const label = findLabel(profiles.filter(({ name }) => !imageNames.has(name)));
  if (!label) return undefined;
  const labelColumns = 'column' in label ? [label.column.name] : label.oneHot.map(({ name }) => name);
  const rest = profiles.filter(({ name }) => !imageNames.has(name) && !labelColumns.includes(name));
  const believed = believeColumns(rest, label.labels, new Set(images[0].profile.cells).size);
  const roles = table.columns.flatMap((name): ColumnBelief[] => {
    const known = believed.find(({ column }) => column === name);
    // A key is no input, whatever else it may be.
    if (known && keys.has(name) && ['input', 'subgroup', 'never'].includes(known.role))
      return [{ column: name, role: 'join', because: 'By it the tables belong together.' }];
    if (known) return [known];
    if (labelColumns.includes(name)) return [{ column: name, role: 'label', because: label.because }];
    if (name === '') return [];
    return [
      {
        column: name,
        role: images.some(({ profile }) => profile.name === name) ? 'image' : 'left out',
        because: candidates.some(({ profile }) => profile.name === name)
          ? describeImages(candidates.find(({ profile }) => profile.name === name)!, source)
          : 'It names images.',
      },
    ];
  });
  const columns = roles.map((belief) => {
    const profile = profiles.find(({ name }) => name === belief.column)!;
    return profile.distinct <= mostClasses ? { ...belief, values: wordsOf(profile) } : belief;
  });
  const split = columns.some(({ role }) => role === 'split') ? undefined : splitOfPlaces(source, found, images[0]);
  const unnamed = images[0].profile.rows - images[0].profile.filled;
  const mayLack = images.some(({ profile, named }) => named < profile.distinct);
  const description: DatasetDescription = clean({
    tables: found.tables.map(({ file, key, matches }) => ({ file, key, matches })),
    images: images.map(({ profile, prefix, suffix, paths }) => ({
      column: profile.name,
      by: paths ? 'path' : undefined,
      prefix: prefix || undefined,
      suffix: suffix || undefined,
      kind: images.length > 1 ? kindOf(profile.name) : undefined,
    })),
    label: labelOf(label),
    ...classesOf(label),
    ...describeColumns(columns),
    ...(split && { split: split.split }),
    ...(marks.length > 0 && { missing: marks.map(({ mark }) => mark) }),
    ...(images.length === 1 && unnamed > 0 && { imagesMayBeMissing: true }),
  } as DatasetDescription);
  const beliefs: Belief[] = [
    ...found.tables.map(({ file, because }, i) => ({ key: `tables.${i}.file`, value: file, because })),
    ...images.map((image, i) => ({
      key: `images.${i}.column`,
      value: image.profile.name,
      because: describeImages(image, source),
    })),
    {
      key: 'column' in label ? 'label.column' : 'label.columns',
      value: labelColumns.join(', '),
      because: label.because,
    },
    ...columns.flatMap(({ column, role, because }): Belief[] => {
      if (role === 'input' || role === 'subgroup' || role === 'never')
        return [{ key: `columns.${column}`, value: role, because }];
      if (role === 'image' || role === 'label' || role === 'join' || role === 'left out') return [];
      return [{ key: role === 'split' ? 'split.column' : role, value: column, because }];
    }),
    ...(split ? [split.belief] : []),
    ...(marks.length > 0
      ? [
          {
            key: 'missing',
            value: marks.map(({ mark }) => mark).join(', '),
            because: `${marks.map(describeMark).join(' ')} Such cells are taken to say nothing: take a mark out that means something.`,
          },
        ]
      : []),
  ];
  const leaks = columns.filter(({ tells, role }) => tells || role === 'confirmed');
  const questions = [
    ...questionsOf(description, label, columns, found),
    ...(mayLack ? [missingQuestion(images[0])] : []),
    ...emptyQuestions(label, images, unnamed),
    ...(marks.length > 0 ? [marksQuestion(marks)] : []),
  ];
  return { beliefs, columns, leaks, questions, description, text: textOf(description, beliefs, questions) };
}

/** Several columns of images where rows have several; of columns that name the same images the first. */
function chooseImages(candidates: readonly ImageColumn[]): ImageColumn[] {
  const chosen: ImageColumn[] = [];
  for (const candidate of candidates) {
    const cells = new Set(candidate.profile.cells.filter((cell) => cell !== ''));
    const isOther = chosen.every(
      ({ profile }) => profile.cells.filter((cell) => cells.has(cell)).length < 0.5 * profile.filled,
    );
    if (isOther && (chosen.length === 0 || candidate.named >= 0.3 * chosen[0].named)) chosen.push(candidate);
  }
  // Ids of a table under two names would make two images of each row.
  return chosen.length > 1 && chosen.some(({ profile }) => !profile.cells.some((cell) => /[/\\.]/.test(cell)))
    ? chosen.slice(0, 1)
    : chosen;
}

function kindOf(name: string): string {
  if (/derm/.test(name)) return 'dermoscopic';
  if (/clinic|macro|overview|close/.test(name)) return 'clinical';
  return name;
}

function describeImages({ profile, prefix, suffix, named, paths }: ImageColumn, { images }: DatasetSource): string {
  const affix = [prefix && `"${prefix}" before`, suffix && `"${suffix}" behind`].filter(Boolean).join(' and ');
  const ways = `${paths ? 'paths' : 'names'} of image files${affix ? ` with ${affix} them` : ''}`;
  const strangers = images.images.length - named;
  return `${count(named)} of its ${several(profile.distinct, 'value')} are ${ways} that are there${strangers > 0 ? `; ${several(strangers, 'image')} it does not name` : ''}.`;
}

function labelOf(label: LabelBelief): DatasetDescription['label'] {
  if ('oneHot' in label)
    return {
      columns: Object.fromEntries(label.oneHot.map(({ name }) => [name, classId(name)])),
      ...(label.otherwise && { otherwise: 'other' }),
    };
  // As it is written in the data, so that only what is meant to be one class needs to be changed.
  return {
    column: label.column.name,
    map: Object.fromEntries(wordsOf(label.column).map((word) => [word, classId(word)])),
    ...(label.column.filled < label.column.rows && { others: 'leave out' as const }),
  };
}

/** Values of the label, the most frequent first. */
function wordsOf({ cells }: ColumnProfile): string[] {
  const counts = new Map<string, number>();
  for (const cell of cells) if (!isUnknown(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([word]) => word);
}

/** The code of the field where the word means one; else the word. */
const classId = (word: string): string => classOfWord(word)?.id ?? word;

/** Names of codes, where all classes are known ones. */
function classesOf(label: LabelBelief): Pick<DatasetDescription, 'classes'> {
  const ids =
    'oneHot' in label
      ? [...label.oneHot.map(({ name }) => classId(name)), ...(label.otherwise ? ['other'] : [])]
      : wordsOf(label.column).map(classId);
  const unique = [...new Set(ids)].sort();
  if (unique.length < 2 || unique.length > 30) return {};
  return {
    classes: unique.map((id) => {
      const known = classOfWord(id);
      return { id, name: known?.name ?? id, ...(known?.malignant !== undefined && { malignant: known.malignant }) };
    }),
  };
}

function questionsOf(
  description: DatasetDescription,
  label: LabelBelief,
  columns: readonly ColumnBelief[],
  { others, table }: FoundTables,
): string[] {
  const questions: string[] = [];
  const { patient, lesion } = description;
  if (!patient && !lesion)
    questions.push(
      'No column says which images are of one patient or of one lesion. Without that, images of one lesion may come to both sides of a split, and results look better than they are: is there such a column, or a table that has one?',
    );
  else if (!patient)
    questions.push(
      'No column says which images are of one patient. Lesions are kept on one side of a split; a patient with several lesions may still be on both.',
    );
  else if (lesion)
    questions.push(
      ...lesionsOfPatients(
        table.columns,
        table.rows.map(({ cells }) => cells),
        patient,
        lesion,
      ),
    );
  const unnamed = description.classes?.filter(({ malignant }) => malignant === undefined).map(({ id }) => id) ?? [];
  if (unnamed.length > 0)
    questions.push(
      `Which of the classes are malignant? It is not known of ${unnamed.slice(0, 8).join(', ')}${unnamed.length > 8 ? ' and others' : ''}: write malignant: true or false beside each.`,
    );
  if ('oneHot' in label && label.otherwise) questions.push('What is a row without any 1? It is called "other" here.');
  if (label.others.length > 0)
    questions.push(`Could ${label.others.slice(0, 3).join(' or ')} be the diagnosis that is meant?`);
  const inputs = columns.filter(({ role }) => role === 'input').map(({ column }) => column);
  if (inputs.length > 0)
    questions.push(
      `${inputs.length === 1 ? 'Is' : 'Are'} ${inputs.slice(0, 10).join(', ')}${inputs.length > 10 ? ' and the other inputs' : ''} known before the diagnosis is? What is found out with it gives it away: make such a column never.`,
    );
  if (others.length > 0)
    questions.push(
      `What are ${others.slice(0, 5).join(', ')}${others.length > 5 ? ' and others' : ''}? No row of theirs belongs to an image by what it says.`,
    );
  return questions;
}

/** A lesion is of one patient. */
function lesionsOfPatients(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  patient: string,
  lesion: string,
): string[] {
  const [p, l] = [columns.indexOf(patient), columns.indexOf(lesion)];
  const patientOf = new Map<string, string>();
  const odd = new Set<string>();
  for (const cells of rows) {
    if (isUnknown(cells[p]) || isUnknown(cells[l])) continue;
    const before = patientOf.get(cells[l]);
    if (before !== undefined && before !== cells[p]) odd.add(cells[l]);
    else patientOf.set(cells[l], cells[p]);
  }
  if (odd.size === 0) return [];
  return [
    `${several(odd.size, 'value')} of ${lesion} (${[...odd].slice(0, 3).join(', ')}) ${odd.size === 1 ? 'is' : 'are'} of several patients: if lesions are numbered anew for each patient, leave lesion out, since patients are kept together anyway.`,
  ];
}

const missingQuestion = ({ profile, named }: ImageColumn) =>
  `${count(profile.distinct - named)} of ${count(profile.distinct)} images in ${profile.name} are not there. If that is on purpose, write imagesMayBeMissing: true.`;

function emptyQuestions(label: LabelBelief, images: readonly ImageColumn[], unnamed: number): string[] {
  const without = 'column' in label ? label.column.rows - label.column.filled : 0;
  return [
    ...(without > 0
      ? [
          `${several(without, 'row')} ${without === 1 ? 'has' : 'have'} no diagnosis and ${without === 1 ? 'is' : 'are'} left out (others: leave out), as any other word would be that the map does not name: is that meant?`,
        ]
      : []),
    ...(images.length === 1 && unnamed > 0
      ? [
          `${several(unnamed, 'row')} ${unnamed === 1 ? 'names' : 'name'} no image and ${unnamed === 1 ? 'is' : 'are'} left out (imagesMayBeMissing: true): is that meant?`,
        ]
      : []),
  ];
}

const describeMark = ({ mark, columns }: MissingMark) =>
  `${mark} stands in ${columns.map(({ name, times }) => `${name} (${count(times)})`).join(', ')}.`;

const marksQuestion = (marks: readonly MissingMark[]) =>
  `${marks.length === 1 ? 'Does' : 'Do'} ${marks.map(({ mark }) => mark).join(', ')} mean that nothing is known? Such cells are taken to say nothing: ${marks.length === 1 ? 'it stands' : 'they stand'} under missing.`;

/** A split that the tables' names or the images' folders say: those of `train/metadata.csv` and `test/metadata.csv`. */
function splitOfPlaces(
  { images: { images } }: DatasetSource,
  { parts }: FoundTables,
  { profile }: ImageColumn,
): { readonly split: NonNullable<DatasetDescription['split']>; readonly belief: Belief } | undefined {
  const named = parts.map((path) => [splitOfName(path.split('/').pop()!), path] as const);
  if (parts.length > 1 && named.every(([name]) => name !== undefined) && isDistinct(named.map(([name]) => name)))
    return {
      split: { files: Object.fromEntries(named), fileColumn: profile.name },
      belief: { key: 'split.files', value: parts.join(', '), because: 'The tables are named as splits are.' },
    };
  for (const level of [1, 2, 3]) {
    const folders = images.map((file) => file.folders.at(-level));
    const found = [...new Set(folders)];
    if (found.length < 2 || found.some((name) => name === undefined || splitOfName(name) === undefined)) continue;
    const because = `Images lie in folders that are named as splits are: ${found.join(', ')}.`;
    return { split: { folder: level }, belief: { key: 'split.folder', value: String(level), because } };
  }
  return undefined;
}

const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** Folders that are called as diagnoses are, with those of splits above them. */
function proposeOfFolders(source: DatasetSource, tables: FoundTables | undefined): Proposed {
  const nothing = (question: string): Proposed => ({ beliefs: [], columns: [], leaks: [], questions: [question] });
  const what = tables
    ? `The table ${tables.tables[0].file} names images and has no column that looks like a diagnosis, and`
    : 'No table names the images that are there, and';
  const { names, depth, images } = findClassFolders(source);
  if (names.length < 2) return nothing(`${what} they don't lie in several folders: nothing here says a diagnosis.`);
  const areSplits = names.every((name) => folderRole(name) === 'split');
  const level = areSplits ? depth + 1 : depth;
  const folders = new Map<string, number>();
  for (const file of images) {
    const name = file.folders[level];
    if (name !== undefined) folders.set(name, (folders.get(name) ?? 0) + 1);
  }
  const classes = [...folders.keys()].sort();
  const levels = new Set(images.map((file) => file.folders.length - level));
  if (classes.length < 2 || classes.some((name) => folderRole(name) !== undefined) || levels.size > 1)
    return nothing(`${what} the folders ${names.slice(0, 6).join(', ')} are not called as diagnoses are.`);
  const up = [...levels][0];
  const because = `Images lie in ${count(classes.length)} folders: ${classes
    .slice(0, 8)
    .map((name) => `${name} (${count(folders.get(name)!)})`)
    .join(', ')}${classes.length > 8 ? ' and others' : ''}.`;
  const unread = names.filter((name) => splitOfName(name) === undefined);
  const description: DatasetDescription = clean({
    label: { folder: up, map: Object.fromEntries(classes.map((name) => [name, classId(name)])) },
    ...(areSplits && unread.length === 0 && { split: { folder: up + 1 } }),
  });
  const beliefs: Belief[] = [
    { key: 'label.folder', value: String(up), because },
    ...(description.split
      ? [{ key: 'split.folder', value: String(up + 1), because: `The folders above are called ${names.join(', ')}.` }]
      : []),
  ];
  const questions = [
    'Folders say nothing of patients and lesions: images of one lesion may come to both sides of a split. Is there a table that knows them?',
  ];
  return { beliefs, columns: [], leaks: [], questions, description, text: textOf(description, beliefs, questions) };
}

function textOf(description: DatasetDescription, beliefs: readonly Belief[], questions: readonly string[]): string {
  const about = [
    'What lesionlab believes of this data, to be checked by somebody who knows it. docs/own-data.md has every key.',
    ...(questions.length > 0 ? ['', 'To be answered:', ...questions.map((question) => `- ${question}`)] : []),
  ];
  return formatDescription(description, about, new Map(beliefs.map(({ key, because }) => [key, because] as const)));
}

/** Without what is undefined. */
const clean = (description: DatasetDescription): DatasetDescription => JSON.parse(JSON.stringify(description));
