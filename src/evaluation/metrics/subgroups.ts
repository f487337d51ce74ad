import { requireInteger } from '../../checks.js';
import type { DatasetColumn, ImageRecord } from '../../data/dataset.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';
import { clusteredShare, clusteredShareInterval, meanShareInterval } from './clusteredShare.js';
import { fewLesions, type Interval } from './intervals.js';
import { accuracy, balancedAccuracy, recall } from './metrics.js';
import { scoreImages, WeightedImages } from './scoredImages.js';

/** What of the metadata divides images into groups. */
export const subgroupFields = ['age', 'sex', 'localization', 'dxType'] as const;
/** What images are grouped by. */
export type SubgroupField = (typeof subgroupFields)[number];

/** How predictions did on the images of one group. */
export interface SubgroupEvaluation {
  /** One of `subgroupFields`, `source` (of datasets that were joined), or a column of the dataset with the role `subgroup`. */
  readonly field: string;
  /** For readers, for example `45 to 59 years`. */
  readonly value: string;
  readonly images: number;
  readonly lesions: number;
  readonly accuracy: number;
  /** Over the classes that the group has. */
  readonly balancedAccuracy: number;
  /** Classes with images in the group. */
  readonly classes: number;
  /** Sensitivity for melanoma and the lesions behind it; null where the group has none or the dataset no such class. */
  readonly melanoma: { readonly recall: number; readonly lesions: number; readonly interval: Interval } | null;
  readonly intervals: { readonly accuracy: Interval; readonly balancedAccuracy: Interval } | null;
  /** Why the numbers say little; null where they don't need the warning. */
  readonly warning: string | null;
}

/** Groups of a field; a column with more (a time, a device's number) divides images too finely to say anything of a group. */
const mostGroups = 20;

const level = 0.95;

const unknown = 'not known';

/** Bands of years: lower ends, the last without an upper one. */
const ageBands = [0, 30, 45, 60, 75] as const;

/** The group that an image belongs to, in words. */
export function subgroupOf(record: Pick<ImageRecord, SubgroupField>, field: SubgroupField): string {
  if (field === 'age') return describeAge(record.age);
  const value = record[field];
  if (field === 'dxType') {
    if (value === undefined) return unknown;
    return value === 'histo' ? 'histopathology' : 'other than histopathology';
  }
  return value === undefined || value === '' || value === 'unknown' ? unknown : value;
}

/** The group that an image belongs to by any field. */
function groupOf(record: GroupedRecord | undefined, field: string, bands: DatasetColumn['bands']): string {
  if (!record) return unknown;
  if (isSubgroupField(field)) return subgroupOf(record, field);
  const value = field === 'source' ? record.source : record.values?.[field];
  if (value === undefined || value === null || value === '') return unknown;
  const band = bands?.find(({ upTo }) => upTo === undefined || Number(value) <= upTo);
  return band?.name ?? String(value);
}

const isSubgroupField = (field: string): field is SubgroupField =>
  (subgroupFields as readonly string[]).includes(field);

function describeAge(age: number | null): string {
  if (age === null) return unknown;
  const band = ageBands.findLastIndex((from) => age >= from);
  const [from, next] = [ageBands[band], ageBands[band + 1]];
  if (band === 0) return `under ${next} years`;
  return next === undefined ? `${from} years and older` : `${from} to ${next - 1} years`;
}

/** How intervals of subgroups are made. */
export interface SubgroupOptions {
  /** 0 for no intervals, as of the evaluation beside them; nothing is drawn here. */
  readonly resamples?: number;
  /** Of the dataset: those with the role `subgroup` divide images, too. */
  readonly columns?: readonly DatasetColumn[];
}

/** What of a record tells its groups. */
type GroupedRecord = Pick<ImageRecord, SubgroupField | 'source' | 'values'>;

/**
 * Evaluates each group of images on its own: age band, sex, localization, how the diagnosis was made, the dataset where several were joined, and
 * columns of the dataset that are for this (skin type, camera) and have 2 to 20 values or bands. Groups of a field come in the order of their values,
 * unknown last. Intervals leave out one lesion (or patient) at a time, since a group may have few.
 * @param recordOf metadata by image id
 */
export function evaluateSubgroups(
  predictions: Predictions,
  recordOf: ReadonlyMap<string, GroupedRecord>,
  { resamples = 2000, columns = [] }: SubgroupOptions = {},
): SubgroupEvaluation[] {
  requireInteger('resamples', resamples, { min: 0 });
  const own = columns.filter(({ role }) => role === 'subgroup');
  const bandsOf = new Map(own.map(({ name, bands }) => [name, bands]));
  // A column may be called as a field is (source of joined data).
  const fields = new Set([...subgroupFields, 'source', ...own.map(({ name }) => name)]);
  return [...fields].flatMap((field) => {
    const bands = bandsOf.get(field);
    const groups = new Map<string, number[]>();
    for (const [i, id] of predictions.imageIds.entries()) {
      const value = groupOf(recordOf.get(id), field, bands);
      const group = groups.get(value);
      if (group) group.push(i);
      else groups.set(value, [i]);
    }
    // One group is the whole, which the evaluation has.
    if (groups.size < 2 || (!isSubgroupField(field) && groups.size > mostGroups)) return [];
    const bandOf = new Map(bands?.map(({ name }, b) => [name, b]));
    const order = [...groups.keys()].sort((a, b) => compareGroupValues(a, b, (value) => bandOf.get(value) ?? 0));
    return order.map((value) =>
      evaluateGroup(predictions, groups.get(value)!, { field, value, intervals: resamples > 0 }),
    );
  });
}

/** The order in which groups of a field are shown: ages and numbers ascending, words by the alphabet, unknown last. @param place of a band among the bands */
export const compareGroupValues = (a: string, b: string, place: (value: string) => number = () => 0): number =>
  rank(a) - rank(b) || place(a) - place(b) || compareText(a, b);

const rank = (value: string) => (value === unknown ? 2 : value.startsWith('under ') ? 0 : 1);
const compareText = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

function evaluateGroup(
  predictions: Predictions,
  rows: readonly number[],
  { field, value, intervals }: { field: string; value: string; intervals: boolean },
): SubgroupEvaluation {
  const group = takeRows(predictions, rows);
  const scored = scoreImages(group);
  const whole = new WeightedImages(scored);
  const present = group.classes.flatMap(({ id }, k) => {
    const lesions = new Set(group.lesionIds.filter((_, i) => group.labels[i] === k)).size;
    return lesions > 0 ? [{ dx: id, k, lesions }] : [];
  });
  const recallOf = (k: number) =>
    clusteredShare(
      scored,
      (i) => scored.labels[i] === k,
      (i) => scored.predicted[i] === k,
    );
  const all = clusteredShare(
    scored,
    () => true,
    (i) => scored.predicted[i] === scored.labels[i],
  );
  const melanoma = present.find(({ dx }) => dx === 'mel');
  return {
    field,
    value,
    images: scored.images,
    lesions: scored.lesions,
    accuracy: accuracy(whole),
    balancedAccuracy: balancedAccuracy(whole),
    classes: present.length,
    melanoma: melanoma
      ? {
          recall: recall(whole, melanoma.k),
          lesions: melanoma.lesions,
          interval: intervals ? clusteredShareInterval(recallOf(melanoma.k), level) : null,
        }
      : null,
    intervals: intervals
      ? {
          accuracy: clusteredShareInterval(all, level),
          balancedAccuracy: meanShareInterval(
            present.map(({ k }) => recallOf(k)),
            level,
          ),
        }
      : null,
    warning: warn(scored.lesions, present),
  };
}

function warn(lesions: number, present: readonly { readonly dx: string; readonly lesions: number }[]): string | null {
  if (lesions < fewLesions) return `only ${lesions} ${lesions === 1 ? 'lesion' : 'lesions'}`;
  const few = present.filter((c) => c.lesions < fewLesions);
  if (few.length === 0) return null;
  return `fewer than ${fewLesions} lesions of ${few.map(({ dx }) => dx).join(', ')}`;
}
