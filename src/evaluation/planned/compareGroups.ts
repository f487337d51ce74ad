import type { ImageRecord } from '../../data/dataset.js';
import { Random } from '../../random.js';
import { fewLesions, resampleClusters } from '../metrics/intervals.js';
import { compareGroupValues, subgroupOf } from '../metrics/subgroups.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';
import type { AnalysisPlan } from './analysisPlan.js';
import { estimateDifference, estimateGroup } from './groupEstimate.js';
import { maxT } from './multiplicity.js';
import { measure, openSide, type Side } from './plannedSide.js';

/** Metadata by the id of what is scored. */
export type GroupRecords = ReadonlyMap<string, Pick<ImageRecord, 'age' | 'sex' | 'localization' | 'dxType'>>;

/** A group beside all others. */
export interface SubgroupResult {
  readonly field: string;
  readonly value: string;
  readonly units: number;
  readonly result: number | null;
  readonly others: number | null;
  readonly difference: number | null;
  /** Held together with all other groups; null where the group or the others have too few lesions to tell. */
  readonly interval: readonly [number, number] | null;
  readonly pValue: number | null;
}

/**
 * Compares each group of the plan's fields with all others, held together by max-T. A group with fewer than 10 lesions (or patients) that the number rests on, or whose
 * others have fewer, is shown without a test: with so few, standard errors are chance themselves.
 * @returns also how many groups have none for that
 */
export function compareGroups(
  plan: AnalysisPlan,
  predictions: Predictions,
  recordOf: GroupRecords,
): { readonly subgroups: readonly SubgroupResult[]; readonly untested: number } {
  const { fields, metric } = plan.subgroups!;
  const own = openSide(predictions, plan, plan.threshold);
  const parts = new Map<string, Part>();
  const partOf = (images: Int32Array): Part => {
    const key = images.join();
    const known = parts.get(key) ?? {
      images,
      side: openSide(takeRows(predictions, [...images]), plan, plan.threshold),
    };
    parts.set(key, known);
    return known;
  };
  const valueIn = ({ images, side }: Part, weights: Float64Array) => {
    const taken = new Float64Array(images.length);
    for (let i = 0; i < taken.length; i++) taken[i] = weights[images[i]];
    return measure(side, metric, taken);
  };
  const groups = fields.flatMap((field) => {
    const values = predictions.imageIds.map((id) => {
      const record = recordOf.get(id);
      return record ? subgroupOf(record, field) : 'not known';
    });
    const found = [...new Set(values)].sort(compareGroupValues);
    const images = Int32Array.from(values.keys());
    // Of two groups each is the other's others.
    return found.length < 2
      ? []
      : found.map((value) => ({
          field,
          value,
          group: partOf(images.filter((i) => values[i] === value)),
          others: partOf(images.filter((i) => values[i] !== value)),
        }));
  });
  const compared = groups.map(({ group, others }) => {
    const [one, other] = [group, others].map(({ images }) => estimateGroup(own, metric, images));
    if (!one || !other || Math.min(one.clusters, other.clusters) < fewLesions) return null;
    const found = estimateDifference(one, other);
    return found.standardError > 0 ? found : null;
  });
  const places = [...groups.keys()].filter((g) => compared[g] !== null);
  const resampled = places.map(() => new Float64Array(plan.resamples));
  const random = new Random(plan.seed, 'planned subgroups');
  for (let r = 0; r < plan.resamples; r++) {
    const weights = resampleClusters(own.scored, random);
    const values = new Map([...parts.values()].map((part) => [part, valueIn(part, weights)]));
    for (const [m, g] of places.entries())
      resampled[m][r] = values.get(groups[g].group)! - values.get(groups[g].others)!;
  }
  const held = maxT(
    places.map((g) => compared[g]!),
    resampled,
    1 - 2 * plan.alpha,
  );
  const once = new Float64Array(own.scored.images).fill(1);
  const subgroups = groups.map(({ field, value, group, others }, g): SubgroupResult => {
    const [result, ofOthers] = [group, others].map((part) => orNull(valueIn(part, once)));
    const together = held[places.indexOf(g)];
    return {
      field,
      value,
      units: group.images.length,
      result,
      others: ofOthers,
      difference: result === null || ofOthers === null ? null : result - ofOthers,
      interval: together ? [Math.max(together.interval[0], -1), Math.min(together.interval[1], 1)] : null,
      pValue: together?.pValue ?? null,
    };
  });
  return { subgroups, untested: groups.length - places.length };
}

interface Part {
  readonly images: Int32Array;
  readonly side: Side;
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
