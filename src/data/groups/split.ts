import { requireInteger, requireLabels, requireSome } from '../../checks.js';
import { dataError, usageError } from '../../errors.js';
import { Random } from '../../random.js';
import type { ClassInfo, ImageRecord, SplitName } from '../dataset.js';
import { splitNames } from '../dataset.js';
import { groupByLesion, type LesionGroup } from './lesionGroups.js';

/** Shares of train, validation and test. */
export const defaultRatios: readonly [number, number, number] = [0.64, 0.16, 0.2];

/** How a split is drawn. */
export interface SplitOptions {
  /** Shares of train, validation and test; scaled to sum to 1, so percentages do as well. */
  readonly ratios?: readonly [number, number, number];
  readonly seed: number;
  /** Sets of image ids that must stay together beside those of one lesion, for example byte-identical images. */
  readonly linked?: readonly (readonly string[])[];
  /** The metadata file, for messages. */
  readonly file?: string;
}

/**
 * Splits images into train, validation and test: stratified by class, whole lesions only, the same for the same seed and
 * records. Every split has lesions of each class that occurs, wherever whole lesions allow.
 * @returns one split a record, in the records' order
 * @throws LesionlabError kind `data` where a class has fewer lesions than there are splits; kind `usage` for impossible ratios
 */
export function splitDataset(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  { ratios = defaultRatios, seed, linked, file }: SplitOptions,
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
    linked,
    file,
    what: 'splits',
  });
  return parts.map((part) => splitNames[part]);
}

/** How folds are drawn. */
export type FoldOptions = Pick<SplitOptions, 'seed' | 'linked' | 'file'>;

/**
 * Divides images into k folds of equal share, by the same rules as `splitDataset`: fold i is held out in the ith of k trainings.
 * @returns the fold of each record, 0 to k - 1, in the records' order
 * @throws LesionlabError kind `data` where a class has fewer than k lesions; kind `usage` unless k is a whole number from 2
 */
export function kFolds(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  k: number,
  { seed, linked, file }: FoldOptions,
): number[] {
  if (!Number.isInteger(k) || k < 2) {
    throw usageError('bad-folds', `Expected a whole number of folds from 2, found ${k}.`, { hint: 'Five is usual.' });
  }
  const ratios = new Array<number>(k).fill(1 / k);
  return partition(records, classes, { ratios, random: new Random(seed, 'folds', k), linked, file, what: 'folds' });
}

interface PartitionOptions {
  readonly ratios: readonly number[];
  readonly random: Random;
  readonly linked?: readonly (readonly string[])[];
  readonly file?: string;
  /** `splits` or `folds`, for messages. */
  readonly what: string;
}

function partition(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  { ratios, random, linked, file, what }: PartitionOptions,
): number[] {
  requireSome('records', records, 'image');
  requireLabels(
    'labels of the records',
    records.map(({ label }) => label),
    classes.length,
  );
  const groups = groupByLesion(records, classes.length, linked);
  requireLesions(groups, classes, ratios.length, { what, file });
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const shares = ratios.map((ratio) => ratio / total);
  const partOf = assign(dealingOrder(groups, random), shares, classes.length);
  const parts = new Array<number>(records.length);
  for (const [group, part] of partOf) for (const index of group.indices) parts[index] = part;
  return parts;
}

function requireLesions(
  groups: readonly LesionGroup[],
  classes: readonly ClassInfo[],
  parts: number,
  { what, file }: Pick<PartitionOptions, 'what' | 'file'>,
): void {
  const poor = classes.flatMap(({ id }, label) => {
    const lesions = groups.filter(({ counts }) => counts[label] > 0).length;
    return lesions > 0 && lesions < parts ? [`class ${id} has ${lesions} ${lesions === 1 ? 'lesion' : 'lesions'}`] : [];
  });
  if (poor.length === 0) return;
  throw dataError(
    'too-few-lesions',
    `${file ? `${file}: cannot` : 'Cannot'} make ${parts} ${what} that each have every class: ${poor.join(', ')}, expected at least ${parts}.`,
    { hint: 'Add images of other lesions of that class, or take its rows out of the metadata.', details: poor },
  );
}

/**
 * Groups in the order in which they are dealt out: those with two diagnoses first, then class by class from the rarest, within
 * a class the lesions with many images first, so that the single ones at the end even out the counts; in random order
 * among equals.
 */
function dealingOrder(groups: readonly LesionGroup[], random: Random): LesionGroup[] {
  const classSizes: number[] = [];
  for (const { counts } of groups) for (const [c, n] of counts.entries()) classSizes[c] = (classSizes[c] ?? 0) + n;
  const mixed = (group: LesionGroup) => (group.counts.filter((n) => n > 0).length > 1 ? 0 : 1);
  return random
    .shuffle([...groups])
    .sort(
      (a, b) =>
        mixed(a) - mixed(b) ||
        classSizes[a.label] - classSizes[b.label] ||
        a.label - b.label ||
        b.indices.length - a.indices.length,
    );
}

/** Deals each group to the part that lags most behind its share, of the group's own classes first and of all images second. */
function assign(
  order: readonly LesionGroup[],
  shares: readonly number[],
  classCount: number,
): Map<LesionGroup, number> {
  const dealt = shares.map(() => new Array<number>(classCount).fill(0));
  const dealtInAll = shares.map(() => 0);
  const partOf = new Map<LesionGroup, number>();
  for (const group of order) {
    const classTotals = group.counts.map((n, c) => n + dealt.reduce((sum, part) => sum + part[c], 0));
    const total = group.indices.length + dealtInAll.reduce((sum, n) => sum + n, 0);
    let best = 0;
    let bestLag = Number.NEGATIVE_INFINITY;
    for (const [part, share] of shares.entries()) {
      let lag = 0;
      for (const [c, n] of group.counts.entries()) {
        if (n > 0) lag += (n / group.indices.length) * (share * classTotals[c] - dealt[part][c]);
      }
      // Each class may be off by a fraction of an image in the same direction; this keeps their sum near zero.
      lag += 0.5 * (share * total - dealtInAll[part]);
      if (lag > bestLag + 1e-9) [best, bestLag] = [part, lag];
    }
    partOf.set(group, best);
    dealtInAll[best] += group.indices.length;
    for (const [c, n] of group.counts.entries()) dealt[best][c] += n;
  }
  fillEmptyParts(partOf, shares.length, classCount);
  return partOf;
}

/** Moves the smallest lesion of a class from the part that has most lesions of it to a part that has none. */
function fillEmptyParts(partOf: Map<LesionGroup, number>, parts: number, classCount: number): void {
  for (let label = 0; label < classCount; label++) {
    const byPart: LesionGroup[][] = Array.from({ length: parts }, () => []);
    for (const [group, part] of partOf) if (group.counts[label] > 0) byPart[part].push(group);
    for (const [part, groups] of byPart.entries()) {
      if (groups.length > 0) continue;
      const richest = byPart.reduce((best, candidate) => (candidate.length > best.length ? candidate : best));
      if (richest.length < 2) continue;
      const pure = (group: LesionGroup) => group.counts[label] === group.indices.length;
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
