import { useMemo } from 'react';
import type { ClassInfo } from '../../../../src/data/dataset.js';
import { formatValue } from '../../../../src/report/format.js';
import { allImages, groupOf, type ImageFilter, imageOrders, type RecordField, recordFields } from './imageFilter.js';
import type { ListedImage } from './listPredicted.js';

export interface ImageFiltersProps {
  readonly images: readonly ListedImage[];
  readonly classes: readonly ClassInfo[];
  readonly filter: ImageFilter;
  readonly onChange: (filter: ImageFilter) => void;
}

const fieldTitles: Readonly<Record<RecordField, string>> = {
  age: 'Age',
  sex: 'Sex',
  localization: 'Place on the body',
};

const confidences = [
  ['0.8', '80% or more'],
  ['0.6', '60 to 80%'],
  ['0.4', '40 to 60%'],
  ['0.2', '20 to 40%'],
  ['0', 'under 20%'],
] as const;

/** Choices of which images to see. */
export function ImageFilters({ images, classes, filter, onChange }: ImageFiltersProps) {
  const groups = useMemo(() => groupsOf(images), [images]);
  const names = classes.map(({ id, name }) => [id, `${id} · ${name}`] as const);
  const choice = (
    field: keyof ImageFilter,
    title: string,
    options: readonly (readonly [string, string])[],
    any = 'any',
  ) => (
    <label>
      <span>{title}</span>
      <select value={filter[field]} onChange={({ target }) => onChange({ ...filter, [field]: target.value })}>
        {any && <option value="">{any}</option>}
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <fieldset className="image-filters">
      <legend>Which images</legend>
      {choice('verdict', 'Answer', [
        ['wrong', 'wrong'],
        ['right', 'right'],
      ])}
      {choice('truth', 'True diagnosis', names)}
      {choice('predicted', 'Answered', names)}
      {choice('confidence', 'Probability of the answer', confidences)}
      {recordFields.map((field) =>
        groups[field].length < 2 ? null : (
          <span key={field} className="choice">
            {choice(
              field,
              fieldTitles[field],
              groups[field].map((value) => [value, formatValue(value)]),
            )}
          </span>
        ),
      )}
      {choice('order', 'Order', Object.entries(imageOrders), '')}
      <button
        type="button"
        className="plain"
        onClick={() => onChange({ ...allImages, verdict: '', order: filter.order })}
      >
        Show all images
      </button>
    </fieldset>
  );
}

/** Values that there are, ages in their order, others by the alphabet. */
function groupsOf(images: readonly ListedImage[]): Record<RecordField, string[]> {
  const values = (field: RecordField) => [...new Set(images.flatMap((image) => groupOf(image, field) ?? []))];
  const byAge = (group: string) => (group.startsWith('under') ? -1 : Number.parseInt(group, 10));
  const rank = (age: number) => (Number.isNaN(age) ? Number.POSITIVE_INFINITY : age);
  return {
    age: values('age').sort((a, b) => rank(byAge(a)) - rank(byAge(b))),
    sex: values('sex').sort(),
    localization: values('localization').sort(),
  };
}
