import { usageError } from '../../errors.js';
import { Random } from '../../random.js';
import type { Dataset, ImageFiles, ImageRecord } from '../dataset.js';
import { groupImages, type ImageGroup } from './imageGroups.js';

/** Lesions of each class that a subset keeps at least, so that every split still has some. */
export const fewestLesions = 10;

/**
 * A random subset for trying things out: stratified by class, whole lesions only, with at least 10 lesions of each class (all
 * where there are fewer), which may make it larger than asked for. The same for the same seed; records keep their order.
 * @param images how many images to aim at; the whole dataset where it has no more
 * @throws LesionlabError kind `usage` unless `images` is a whole number from 1
 */
export function limitDataset(dataset: Dataset, images: number, seed: number): Dataset {
  if (!Number.isInteger(images) || images < 1) {
    throw usageError('bad-limit', `Expected a whole number of images from 1, found ${images}.`);
  }
  const { records } = dataset;
  if (images >= records.length) return dataset;
  const classCount = dataset.info.classes.length;
  // Not whole patients: among somebody's many nevi the one melanoma would count for nothing.
  const groups = groupImages(records, classCount, { patients: false });
  const byClass = Array.from({ length: classCount }, (_, label) =>
    new Random(seed, 'limit', label).shuffle(groups.filter((group) => group.label === label)),
  );
  const least = byClass.map((own) => countImages(own.slice(0, fewestLesions)));
  const all = byClass.map(countImages);
  const kept = new Set<number>();
  for (const [label, target] of shareOut(images, least, all).entries()) {
    let count = 0;
    for (const [i, { indices }] of byClass[label].entries()) {
      // Past the least, a lesion that doesn't fit any more is passed over for a smaller one.
      if (i >= fewestLesions && count + indices.length > target) continue;
      count += indices.length;
      for (const index of indices) kept.add(index);
    }
  }
  const chosen = records.filter((_, i) => kept.has(i));
  return { ...dataset, records: chosen, images: listOnly(dataset.images, chosen) };
}

/** The same files, listing only those of the records, so that an audit doesn't take the others for strays. */
function listOnly(images: ImageFiles, records: readonly ImageRecord[]): ImageFiles {
  return {
    imageIds: records.map(({ imageId }) => imageId).filter((imageId) => images.has(imageId)),
    has: (imageId) => images.has(imageId),
    location: (imageId) => images.location(imageId),
    byteLength: (imageId) => images.byteLength(imageId),
    fingerprint: (imageId) => images.fingerprint(imageId),
    ...(images.readHead && { readHead: (imageId: string, bytes: number) => images.readHead!(imageId, bytes) }),
    read: (imageId) => images.read(imageId),
    close: () => images.close(),
  };
}

const countImages = (groups: readonly ImageGroup[]) => groups.reduce((sum, { indices }) => sum + indices.length, 0);

/** Whole numbers of images by class: proportional to `all`, none below `least`, summing to `images` where that is possible. */
function shareOut(images: number, least: readonly number[], all: readonly number[]): number[] {
  const atFraction = (fraction: number) => all.map((n, label) => Math.max(least[label], fraction * n));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(atFraction(middle)) > images) high = middle;
    else low = middle;
  }
  const exact = atFraction(low);
  const shares = exact.map((value) => Math.floor(value + 1e-9));
  // Largest remainders get what rounding down left over.
  const order = exact.map((_, label) => label).sort((a, b) => exact[b] - shares[b] - (exact[a] - shares[a]));
  let left = images - sum(shares);
  for (const label of order) {
    if (left <= 0) break;
    if (shares[label] < all[label]) {
      shares[label]++;
      left--;
    }
  }
  return shares;
}
