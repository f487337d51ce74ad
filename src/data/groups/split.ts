import { requireInteger, requireLabels, requireSome } from '../../checks.js';
import { dataError, usageError } from '../../errors.js';
import { Random } from '../../random.js';
import type { ClassInfo, ImageRecord, LinkedImages, SplitName } from '../dataset.js';
import { splitNames } from '../dataset.js';
import { groupImages, type ImageGroup } from './imageGroups.js';

/** Shares of train, validation and test. */
export const defaultRatios: readonly [number, number, number] = [0.64, 0.16, 0.2];

/** How a split is drawn. */
export interface SplitOptions {
  /** Shares of train, validation and test; scaled to sum to 1, so percentages do as well. */
  readonly ratios?: readonly [number, number, number];
  readonly seed: number;
  /** Images that must stay together beside those of one patient or lesion, for example byte-identical ones. */
  readonly links?: readonly LinkedImages[];
  /** The metadata file, for messages. */
  readonly file?: string;
}

/**
 * Splits images into train, validation and test: stratified by class, whole groups only (all images of a patient where patients are known, else of a
 * lesion, and what is linked to them), the same for the same seed and records. Every split has groups of each class that occurs, wherever whole
 * groups allow.
 * @returns one split a record, in the records' order
 * @throws LesionlabError kind `data` where a class has fewer groups than there are splits; kind `usage` for impossible ratios
 */
export function splitDataset(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  { ratios = defaultRatios, seed, links, file }: SplitOptions,
): SplitName[] {
  requireInteger('seed', seed);
  if (ratios.length !== splitNames.length || !ratios.every((ratio) => Number.isFinite(ratio) && ratio > 0)) {
    throw usageError('bad-ratios', `Expected three positive shares for train, validation and test, found ${ratios}.`, {
      hint: 'For example 64/16/20.',
    });
  }
  const parts = partition(records, classes, {
    ratios,
    random: new Random(seed, 'split'),
    links,
    file,
    what: 'splits',
  });
  return parts.map((part) => splitNames[part]);
}

/** How folds are drawn. */
export type FoldOptions = Pick<SplitOptions, 'seed' | 'links' | 'file'>;

/**
 * Divides images into k folds of equal share, by the same rules as `splitDataset`: fold i is held out in the ith of k trainings.
 * @returns the fold of each record, 0 to k - 1, in the records' order
 * @throws LesionlabError kind `data` where a class has fewer than k groups; kind `usage` unless k is a whole number from 2
 */
export function kFolds(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  k: number,
  { seed, links, file }: FoldOptions,
): number[] {
  if (!Number.isInteger(k) || k < 2) {
    throw usageError('bad-folds', `Expected a whole number of folds from 2, found ${k}.`, { hint: 'Five is usual.' });
  }
  const ratios = new Array<number>(k).fill(1 / k);
  return partition(records, classes, { ratios, random: new Random(seed, 'folds', k), links, file, what: 'folds' });
}

interface PartitionOptions {
  readonly ratios: readonly number[];
  readonly random: Random;
  readonly links?: readonly LinkedImages[];
  readonly file?: string;
  /** `splits` or `folds`, for messages. */
  readonly what: string;
}

/** Deals whole groups of images to parts. @returns the part of each record, 0 to the number of ratios - 1 */
export function partition(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  { ratios, random, links, file, what }: PartitionOptions,
): number[] {
  requireSome('records', records, 'image');
  requireLabels(
    'labels of the records',
    records.map(({ label }) => label),
    classes.length,
  );
  const groups = groupImages(records, classes.length, { links });
  const named = records.some(({ patientId }) => patientId !== undefined) ? 'patient' : 'lesion';
  // What is linked makes one of several.
  const unit = links && links.length > 0 ? 'group' : named;
  requireGroups(groups, classes, ratios.length, { what, file, unit });
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const shares = ratios.map((ratio) => ratio / total);
  const classSizes = countAll(groups, classes.length);
  const partOf = assign(dealingOrder(groups, classSizes, random), shares, classSizes);
  const parts = new Array<number>(records.length);
  for (const [group, part] of partOf) for (const index of group.indices) parts[index] = part;
  return parts;
}

/** Images by class, [K]. */
function countAll(groups: readonly ImageGroup[], classCount: number): number[] {
  const sizes = new Array<number>(classCount).fill(0);
  for (const { counts } of groups) for (const [c, n] of counts.entries()) sizes[c] += n;
  return sizes;
}

function requireGroups(
  groups: readonly ImageGroup[],
  classes: readonly ClassInfo[],
  parts: number,
  { what, file, unit }: Pick<PartitionOptions, 'what' | 'file'> & { readonly unit: 'patient' | 'lesion' | 'group' },
): void {
  const poor = classes.flatMap(({ id }, label) => {
    const found = groups.filter(({ counts }) => counts[label] > 0).length;
    return found > 0 && found < parts ? [`class ${id} has ${found} ${found === 1 ? unit : `${unit}s`}`] : [];
  });
  if (poor.length === 0) return;
  throw dataError(
    'too-few-lesions',
    `${file ? `${file}: cannot` : 'Cannot'} make ${parts} ${what} that each have every class: ${poor.join(', ')}, expected at least ${parts}.`,
    {
      hint:
        unit === 'group'
          ? 'A group is all images that belong together: of a patient, of a lesion, or alike. Add other images of that class, or take its rows out of the metadata.'
          : `Add images of other ${unit}s of that class, or take its rows out of the metadata.`,
      details: poor,
    },
  );
}

/**
 * Groups in the order in which they are dealt out: those with several diagnoses first, then by their rarest class, the rarest of all first, within
 * a class the groups with many images first, so that the single ones at the end even out the counts; in random order
 * among equals.
 */
function dealingOrder(groups: readonly ImageGroup[], classSizes: readonly number[], random: Random): ImageGroup[] {
  const rarest = new Map(groups.map((group) => [group, rarestClass(group, classSizes)] as const));
  const mixed = (group: ImageGroup) => (group.counts.filter((n) => n > 0).length > 1 ? 0 : 1);
  return random
    .shuffle([...groups])
    .sort(
      (a, b) =>
        mixed(a) - mixed(b) ||
        classSizes[rarest.get(a)!] - classSizes[rarest.get(b)!] ||
        rarest.get(a)! - rarest.get(b)! ||
        b.indices.length - a.indices.length,
    );
}

function rarestClass({ counts, label }: ImageGroup, classSizes: readonly number[]): number {
  let rarest = label;
  for (const [c, n] of counts.entries()) if (n > 0 && classSizes[c] < classSizes[rarest]) rarest = c;
  return rarest;
}

/**
 * Deals each group to the part that lags most behind its share, of the group's own classes first and of all images second. Among a patient's
 * classes one counts by the share of its images that the patient has, or else one melanoma would have no say beside twenty nevi.
 */
function assign(
  order: readonly ImageGroup[],
  shares: readonly number[],
  classSizes: readonly number[],
): Map<ImageGroup, number> {
  const dealt = shares.map(() => new Array<number>(classSizes.length).fill(0));
  const dealtInAll = shares.map(() => 0);
  const partOf = new Map<ImageGroup, number>();
  for (const group of order) {
    const classTotals = group.counts.map((n, c) => n + dealt.reduce((sum, part) => sum + part[c], 0));
    const total = group.indices.length + dealtInAll.reduce((sum, n) => sum + n, 0);
    const says = group.counts.map((n, c) => (n > 0 ? n / classSizes[c] : 0));
    const saysInAll = says.reduce((sum, say) => sum + say, 0);
    let best = 0;
    let bestLag = Number.NEGATIVE_INFINITY;
    for (const [part, share] of shares.entries()) {
      let lag = 0;
      for (const [c, n] of group.counts.entries()) {
        if (n > 0) lag += (says[c] / saysInAll) * (share * classTotals[c] - dealt[part][c]);
      }
      // Each class may be off by a fraction of an image in the same direction; this keeps their sum near zero.
      lag += 0.5 * (share * total - dealtInAll[part]);
      if (lag > bestLag + 1e-9) [best, bestLag] = [part, lag];
    }
    partOf.set(group, best);
    dealtInAll[best] += group.indices.length;
    for (const [c, n] of group.counts.entries()) dealt[best][c] += n;
  }
  fillEmptyParts(partOf, shares.length, classSizes.length);
  return partOf;
}

/** Moves the smallest lesion of a class from the part that has most lesions of it to a part that has none. */
function fillEmptyParts(partOf: Map<ImageGroup, number>, parts: number, classCount: number): void {
  for (let label = 0; label < classCount; label++) {
    const byPart: ImageGroup[][] = Array.from({ length: parts }, () => []);
    for (const [group, part] of partOf) if (group.counts[label] > 0) byPart[part].push(group);
    for (const [part, groups] of byPart.entries()) {
      if (groups.length > 0) continue;
      const richest = byPart.reduce((best, candidate) => (candidate.length > best.length ? candidate : best));
      if (richest.length < 2) continue;
      const pure = (group: ImageGroup) => group.counts[label] === group.indices.length;
      const moved = richest.reduce((best, candidate) =>
        (pure(candidate) && !pure(best)) ||
        (pure(candidate) === pure(best) && candidate.indices.length < best.indices.length)
          ? candidate
          : best,
      );
      richest.splice(richest.indexOf(moved), 1);
      groups.push(moved);
      partOf.set(moved, part);
    }
  }
}
