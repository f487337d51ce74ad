import type { Exploration, ValueCount } from '../../data/audit/exploration.js';
import { splitNames } from '../../data/dataset.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { formatSetting, recipeSettings, valueAt } from '../../training/recipe/recipeSettings.js';
import { formatValue } from '../format.js';
import { decimal, numbers, percent, type ResultTable } from './resultTable.js';

type Classes = readonly { readonly id: string; readonly name: string }[];
const partTitles = ['Training', 'Validation', 'Test'] as const;

/** Images of each diagnosis in each part, and lesions and patients where they are known. @param patients of each part */
export function partsTable(
  { counts, images, lesions, hasLesionIds }: SplitsSummary,
  classes: Classes,
  patients: readonly number[] | null,
): ResultTable {
  return {
    id: 'parts',
    caption: 'Images of each diagnosis in each part.',
    columns: [{ title: 'Diagnosis' }, ...numbers(...partTitles)],
    rows: [
      ...classes.map(({ id, name }) => [
        name === id ? id : `${name} (${id})`,
        ...splitNames.map((split) => counts[split][id] ?? 0),
      ]),
      ['All images', ...splitNames.map((split) => images[split])],
      ...(hasLesionIds ? [['Lesions', ...splitNames.map((split) => lesions[split])]] : []),
      ...(patients ? [['Patients', ...patients]] : []),
    ],
  };
}

/** Whom the images show, of the whole dataset; null where the data were not explored, or say nothing of people. */
export function peopleTable(exploration: Exploration | null): ResultTable | null {
  if (!exploration) return null;
  const { age, sex, localization, dxType, images } = exploration;
  const shares = (title: string, values: readonly ValueCount[] | undefined) =>
    (values ?? []).map(({ value, images: count, share }) => [`${title}: ${formatValue(value)}`, count, percent(share)]);
  const rows = [
    ...(age && age.images > 0
      ? [
          ['Age known', age.images, percent(age.images / images)],
          ['Age, median (years)', decimal(age.median, undefined, 0), ''],
          ...(age.normal
            ? [
                ['Age, mean (years)', decimal(age.normal.mean, undefined, 1), ''],
                ['Age, standard deviation (years)', decimal(age.normal.standardDeviation, undefined, 1), ''],
              ]
            : []),
        ]
      : []),
    ...shares('Sex', sex),
    ...shares('Place on the body', localization),
    ...shares('Diagnosis confirmed by', dxType),
  ];
  if (rows.length === 0) return null;
  return {
    id: 'people',
    caption: 'What is recorded of the images of the whole dataset; images, not people, are counted.',
    columns: [{ title: 'Characteristic' }, ...numbers('Images', 'Share')],
    rows,
  };
}

/** Every setting of a training. */
export function settingsTable({ recipe }: Pick<RunConfig, 'recipe'>): ResultTable {
  return {
    id: 'settings',
    caption: 'Every setting of the training.',
    columns: [{ title: 'Setting' }, { title: 'Value' }],
    rows: recipeSettings.map(({ path }) => [path, formatSetting(valueAt(recipe, path))]),
    notes: ['What each setting means is in docs/recipes.md of lesionlab.'],
  };
}
