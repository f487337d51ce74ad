import { nearestName } from '../../nearestName.js';
import { keyAt, keysIn } from './descriptionKeys.js';
import { type DatasetDescription, descriptionSchema } from './descriptionSchema.js';

/** What is wrong with a description. */
export interface DescriptionFinding {
  /** `label.column`, `tables.0.file`; empty for the whole. */
  readonly path: string;
  /** `expected a text, found 3` */
  readonly text: string;
}

/**
 * Reads a value as a description and names all that is wrong with it: unknown keys, values of another kind, and keys that contradict each other or
 * that nothing would heed. Whether the columns are there shows when the tables are read.
 */
export function checkDescription(value: unknown): {
  readonly description?: DatasetDescription;
  readonly findings: readonly DescriptionFinding[];
} {
  const parsed = descriptionSchema.safeParse(value);
  if (parsed.success) {
    const findings = contradictions(parsed.data);
    return findings.length === 0 ? { description: parsed.data, findings } : { findings };
  }
  const findings: DescriptionFinding[] = [];
  const add = (finding: DescriptionFinding) => {
    if (!findings.some(({ path }) => path === finding.path)) findings.push(finding);
  };
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') for (const name of issue.keys) add(unknownKey(path, name));
    else add({ path, text: wrongValue(path, valueAt(value, issue.path)) });
  }
  return { findings };
}

function unknownKey(group: string, name: string): DescriptionFinding {
  const names = keysIn(group);
  const near = nearestName(name, names);
  const known = near ? `did you mean ${near}?` : `known are ${names.join(', ')}`;
  return {
    path: group ? `${group}.${name}` : name,
    text: `there is no such key${group ? '' : ' at the top'}; ${known}`,
  };
}

function wrongValue(path: string, found: unknown): string {
  const key = keyAt(path);
  // Of an entry of a list, what the list expects is no help.
  const inList = /\.\d+$/.test(path) && key?.expected.startsWith('a list: ');
  const expected = inList ? 'a text' : (key?.expected ?? 'another value');
  if (found === undefined) return `expected ${expected}, but it is missing. ${key?.description ?? ''}`.trim();
  return `expected ${expected}, found ${show(found)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[name] : undefined,
    value,
  );
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return typeof value === 'object' ? 'a group of settings' : String(value);
}

/** Keys that need a table to have a meaning. */
const needTables = [
  'images',
  'patient',
  'lesion',
  'weight',
  'filters',
  'age',
  'sex',
  'site',
  'confirmed',
  'columns',
] as const;

function contradictions(description: DatasetDescription): DescriptionFinding[] {
  const { tables, images, take, label, classes, duplicates, split, filters, columns } = description;
  const findings: DescriptionFinding[] = [];
  const add = (path: string, text: string) => findings.push({ path, text });

  if (tables && !images)
    add('images', 'expected a list of groups, each with a column that names images, since there are tables');
  if (!tables)
    for (const name of needTables)
      if (description[name]) add(name, 'it needs a table; name that under tables, or leave this out');
  for (const [i, table] of (tables ?? []).entries()) {
    if (i === 0) {
      if (table.key ?? table.matches)
        add(
          `tables.0.${table.key ? 'key' : 'matches'}`,
          'the first table has nothing to be joined to; leave it out, or put the table further down',
        );
    } else if (!table.key)
      add(`tables.${i}.key`, `expected the column of ${table.file} by which its rows are found, but it is missing`);
    const doubled = table.header?.find((name, j) => table.header!.indexOf(name) < j);
    if (doubled !== undefined) add(`tables.${i}.header`, `the name ${doubled} stands there twice`);
  }
  const kinds = images?.flatMap(({ kind }) => kind ?? []) ?? [];
  if (images && images.length > 1 && kinds.length < images.length)
    add('images', 'where a row has several images, each needs a kind, such as dermoscopic and clinical');
  for (const kind of take ?? [])
    if (!kinds.includes(kind))
      add(
        'take',
        `no image is of the kind ${kind}; ${kinds.length > 0 ? `there are ${kinds.join(', ')}` : 'give images a kind'}`,
      );

  checkOneOf('label', label, ['column', 'columns', 'levels', 'folder'], add);
  if (!tables)
    for (const name of ['column', 'columns', 'levels'] as const)
      if (label[name]) add(`label.${name}`, 'it needs a table; name that under tables, or use label.folder');
  if (label.columns)
    for (const name of ['map', 'others'] as const)
      if (label[name]) add(`label.${name}`, 'label.columns says the classes; leave it out');
  if (label.otherwise && !label.columns) add('label.otherwise', 'it is for label.columns alone; leave it out');
  if (label.level && !label.levels) add('label.level', 'it is for label.levels alone; leave it out');
  else if (label.level && label.level > label.levels!.length)
    add('label.level', `there are ${label.levels!.length} levels, found ${label.level}`);
  checkClasses(label, classes, add);

  if (split) {
    checkOneOf('split', split, ['column', 'files', 'folder'], add);
    if (split.column && !tables)
      add('split.column', 'it needs a table; name that under tables, or use split.folder or split.files');
    if (split.map && split.files) add('split.map', 'split.files says the splits; leave it out');
    for (const name of ['fileColumn', 'rows'] as const)
      if (split[name] !== undefined && !split.files) add(`split.${name}`, 'it is for split.files alone; leave it out');
    if (split.rows && !tables) add('split.rows', 'it needs a table, whose rows it counts; name that under tables');
    if (split.files && Object.values(split.files).every((file) => file === undefined))
      add('split.files', 'expected at least one of train, validation, test');
  }
  for (const [i, filter] of (filters ?? []).entries()) checkOneOf(`filters.${i}`, filter, ['only', 'not'], add);
  for (const [i, { columns: named, group }] of (duplicates ?? []).entries()) {
    if (named.length === 1 && !group) add(`duplicates.${i}.columns`, 'expected two columns, or one and a group');
    if (named.length > 1 && group) add(`duplicates.${i}.group`, 'it is for a single column; leave it out');
  }
  const roles = (['patient', 'lesion', 'weight', 'age', 'sex', 'site', 'confirmed'] as const).flatMap((name) =>
    description[name] === undefined ? [] : [[name, lower(description[name])] as const],
  );
  for (const name of Object.keys(columns ?? {})) {
    const other = roles.find(([, column]) => column === lower(name));
    if (other) add(`columns.${name}`, `the column is ${other[0]} already; name it once`);
  }
  return findings;
}

const lower = (name: string) => name.trim().toLowerCase();

function checkOneOf<T extends object>(
  group: string,
  value: T,
  names: readonly (keyof T & string)[],
  add: (path: string, text: string) => void,
): void {
  const given = names.filter((name) => value[name] !== undefined);
  if (given.length === 1) return;
  if (given.length === 0) add(group, `expected one of ${names.join(', ')} in it`);
  else add(`${group}.${given[1]}`, `expected only one of ${names.join(', ')}, found ${given.join(' and ')}`);
}

function checkClasses(
  { map, columns, otherwise }: DatasetDescription['label'],
  classes: DatasetDescription['classes'],
  add: (path: string, text: string) => void,
): void {
  if (!classes) return;
  const ids = classes.map(({ id }) => id);
  const doubled = ids.findIndex((id, i) => ids.indexOf(id) < i);
  if (doubled >= 0) add(`classes.${doubled}.id`, `the class ${ids[doubled]} stands there twice`);
  const check = (path: string, id: string) => {
    if (ids.includes(id)) return;
    const near = nearestName(id, ids);
    add(path, `there is no class ${id}${near ? `; did you mean ${near}?` : `; the classes are ${ids.join(', ')}`}`);
  };
  for (const [name, id] of Object.entries(map ?? {})) check(`label.map.${name}`, id);
  for (const [name, id] of Object.entries(columns ?? {})) check(`label.columns.${name}`, id);
  if (otherwise) check('label.otherwise', otherwise);
}
