import type { Predictions } from '../predictions/predictions.js';
import { type JoinRule, joinWords, type Unit } from './units.js';

/** What is counted once, and what intervals resample. */
export interface UnitDescription {
  readonly of: Unit;
  /** How several images were joined; null of images. */
  readonly join: JoinRule | null;
  /** What intervals resample. */
  readonly clusters: Unit;
  readonly clusterCount: number;
  /** The most images that one cluster has. */
  readonly largestCluster: number;
  /** A sentence for readers. */
  readonly words: string;
}

/** @param images the predictions of images @param scored those of units, and the images of each */
export function describeUnit(
  images: Predictions,
  scored: Predictions,
  of: Unit,
  join: JoinRule,
  members: readonly (readonly number[])[],
): UnitDescription {
  const differ = (a: readonly string[], b: readonly string[]) => a.some((id, i) => id !== b[i]);
  const known = scored.clusterIds && (of === 'patient' || differ(scored.clusterIds, scored.lesionIds));
  const clusters: Unit = known
    ? 'patient'
    : of === 'lesion' || differ(scored.lesionIds, scored.imageIds)
      ? 'lesion'
      : 'image';
  const ids = clusters === 'image' ? images.imageIds : clusters === 'lesion' ? images.lesionIds : images.clusterIds!;
  const sizes = new Map<string, number>();
  for (const id of ids) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  const largest = [...sizes.values()].reduce((most, size) => Math.max(most, size), 0);
  const several = members.filter(({ length }) => length > 1).length;
  const count = (n: number, noun: string) => `${n.toLocaleString('en-US')} ${n === 1 ? noun : `${noun}s`}`;
  return {
    of,
    join: of === 'image' ? null : join,
    clusters,
    clusterCount: sizes.size,
    largestCluster: largest,
    words:
      (of === 'image'
        ? `Each of ${count(images.labels.length, 'image')} counts once.`
        : `Each of ${count(members.length, of)} counts once: where it has several images (${several.toLocaleString('en-US')} have), its answer is ${joinWords[join]}.`) +
      (clusters === 'image'
        ? ' Nothing says which images are of one lesion or patient: where some are, the intervals are too narrow.'
        : ` Intervals resample ${count(sizes.size, clusters)}, the largest with ${count(largest, 'image')}.`),
  };
}
