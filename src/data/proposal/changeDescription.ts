import type { DatasetDescription } from '../description/descriptionSchema.js';
import type { ColumnBelief, ColumnKey } from './columnBeliefs.js';

/** What a column can be made in a form. */
export type ColumnRole = ColumnBelief['role'];

const single: readonly Exclude<ColumnKey, 'split'>[] = [
  'patient',
  'lesion',
  'age',
  'sex',
  'site',
  'confirmed',
  'weight',
];
const kept = ['input', 'subgroup', 'never'] as const;

/** Roles that can be chosen for a column, in the order of a form. */
export const columnRoles: readonly ColumnRole[] = ['image', 'label', ...single, 'split', ...kept, 'left out'];

/** What a description says that a column is. */
export function roleInDescription(description: DatasetDescription, column: string): ColumnRole {
  const { images = [], label, split, columns = {}, tables = [] } = description;
  if (images.some((image) => image.column === column)) return 'image';
  if (label.column === column || Object.hasOwn(label.columns ?? {}, column) || label.levels?.includes(column))
    return 'label';
  if (split?.column === column) return 'split';
  const own = single.find((key) => description[key] === column);
  if (own) return own;
  if (Object.hasOwn(columns, column)) return columns[column];
  return tables.some(({ key, matches }) => key === column || matches === column) ? 'join' : 'left out';
}

/**
 * A description in which a column has another role. What can be only one column is no other any more; a new label brings its own values as classes.
 * @param values what stands in the column, for a label
 */
export function changeRole(
  description: DatasetDescription,
  column: string,
  role: ColumnRole,
  values: readonly string[] = [],
): DatasetDescription {
  const { columns = {}, split, images = [], ...rest } = description;
  const others = Object.fromEntries(Object.entries(columns).filter(([name]) => name !== column));
  const isKept = (kept as readonly string[]).includes(role);
  const next: Record<string, unknown> = { ...rest, images, split: split?.column === column ? undefined : split };
  for (const key of single) if (next[key] === column) next[key] = undefined;
  if ((single as readonly string[]).includes(role)) next[role] = column;
  if (role === 'split') next.split = { column };
  if (role === 'image') next.images = [{ column }];
  if (role === 'label') {
    next.label = { column, map: Object.fromEntries(values.map((value) => [value, value])) };
    next.classes = undefined;
  }
  next.columns = isKept ? { ...others, [column]: role } : others;
  if (Object.keys(next.columns as object).length === 0) next.columns = undefined;
  return JSON.parse(JSON.stringify(next)) as DatasetDescription;
}

/**
 * A description in which a word of the label is of another class, or of none where that is empty: its images are left out. Classes that nothing is of
 * any more fall away, and new ones come last.
 */
export function changeClass(description: DatasetDescription, word: string, id: string): DatasetDescription {
  const { label, classes } = description;
  const map = { ...label.map };
  if (id === '') delete map[word];
  else map[word] = id;
  const ids = [...new Set(Object.values(map))];
  const known = (classes ?? []).filter((info) => ids.includes(info.id));
  const added = ids.filter((one) => !known.some((info) => info.id === one)).map((one) => ({ id: one, name: one }));
  const chosen = [...known, ...added];
  return {
    ...description,
    label: { ...label, map, ...(id === '' && { others: 'leave out' as const }) },
    ...(classes && chosen.length > 1 && { classes: chosen }),
  };
}

/** A description in which a class is malignant, or isn't. */
export function changeMalignant(description: DatasetDescription, id: string, malignant: boolean): DatasetDescription {
  const ids = [
    ...new Set([...Object.values(description.label.map ?? {}), ...Object.values(description.label.columns ?? {})]),
  ];
  const classes = description.classes ?? ids.map((one) => ({ id: one, name: one }));
  return { ...description, classes: classes.map((info) => (info.id === id ? { ...info, malignant } : info)) };
}
