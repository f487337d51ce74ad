import { requirePlaces, requireSome } from '../../checks.js';
import type { PreparedImages, Preprocessing } from './preprocessing.js';

/** Mean and standard deviation of each channel: RGB, of values in [0, 1]. */
export type ChannelStatistics = Pick<Preprocessing, 'mean' | 'std'>;

/** Those of ImageNet's training images, with which torchvision's weights were trained. */
export const imagenetStatistics: ChannelStatistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/**
 * Channel mean and (population) standard deviation over all pixels of the images at `indices`: the training split, so that
 * nothing of the other splits gets into training. Exact: pixels are counted by value, and only then summed.
 * @throws LesionlabError kind `usage` where there are no images, or an index is none of theirs
 */
export function channelStatistics(images: PreparedImages, indices: ArrayLike<number>): ChannelStatistics {
  requireSome('indices', indices, 'image');
  requirePlaces('indices', indices, images.imageIds.length);
  return statisticsOfCounts(countChannelValues(images, indices));
}

/**
 * How many pixels of the images at `indices` have each value of red, of green and of blue, [3 * 256]. Counts of parts of the images, added up, are those
 * of all of them.
 */
export function countChannelValues(
  images: Pick<PreparedImages, 'imageSize' | 'read'>,
  indices: ArrayLike<number>,
): Float64Array {
  const totals = new Float64Array(768);
  const pixels = new Uint8Array(images.imageSize ** 2 * 3);
  for (let i = 0; i < indices.length; i++) {
    images.read(indices[i], pixels);
    addCounts(totals, countValues(pixels));
  }
  return totals;
}

/** Adds counts of an image, or of some, to others. */
export function addCounts(totals: Float64Array, counts: ArrayLike<number>): void {
  for (let value = 0; value < totals.length; value++) totals[value] += counts[value];
}

/** Mean and standard deviation of each channel from what `countChannelValues` gives. */
export function statisticsOfCounts(counts: Float64Array): ChannelStatistics {
  const statistics = [0, 256, 512].map((first) => statisticsOf(counts.subarray(first, first + 256)));
  return {
    mean: statistics.map(({ mean }) => mean) as unknown as ChannelStatistics['mean'],
    std: statistics.map(({ std }) => std) as unknown as ChannelStatistics['std'],
  };
}

/**
 * Counts of red values, green ones and blue ones of one image, [3 * 256]. In whole numbers of 32 bits, which are counted several times as fast; a large
 * training split has more pixels than they reach. @param pixels RGB
 */
export function countValues(pixels: Uint8Array): Uint32Array {
  // Of each of four pixels by itself: neighbours are alike, and a count that was just written would have to be waited for.
  const counts = new Uint32Array(3072);
  let at = 0;
  for (; at + 12 <= pixels.length; at += 12) {
    counts[pixels[at]]++;
    counts[256 + pixels[at + 1]]++;
    counts[512 + pixels[at + 2]]++;
    counts[768 + pixels[at + 3]]++;
    counts[1024 + pixels[at + 4]]++;
    counts[1280 + pixels[at + 5]]++;
    counts[1536 + pixels[at + 6]]++;
    counts[1792 + pixels[at + 7]]++;
    counts[2048 + pixels[at + 8]]++;
    counts[2304 + pixels[at + 9]]++;
    counts[2560 + pixels[at + 10]]++;
    counts[2816 + pixels[at + 11]]++;
  }
  for (; at < pixels.length; at += 3) {
    counts[pixels[at]]++;
    counts[256 + pixels[at + 1]]++;
    counts[512 + pixels[at + 2]]++;
  }
  for (let value = 768; value < 3072; value++) counts[value % 768] += counts[value];
  return counts.slice(0, 768);
}

function statisticsOf(counts: Float64Array): { mean: number; std: number } {
  let pixels = 0;
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    pixels += counts[value];
    sum += counts[value] * value;
  }
  const mean = sum / pixels;
  let squares = 0;
  for (let value = 0; value < 256; value++) squares += counts[value] * (value - mean) ** 2;
  // A channel that never changes has no spread to divide by; half a grey level keeps normalisation finite.
  return { mean: mean / 255, std: Math.max(Math.sqrt(squares / pixels), 0.5) / 255 };
}
