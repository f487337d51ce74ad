import type { Graph, Shape, Value } from '../graph.js';
import type { ConvGeometry } from '../slidingWindow.js';
import { blockOf, interleave, memoryAs, padPixels, roundUp, selectRows, storedShape, swapChannels } from './layout.js';

/**
 * A weight's gradient sums over the images of the batch. As a convolution it has them for its channels, which must come to whole blocks: 8 images would be
 * filled up with 8 of zeros, and half of the work be for nothing. So images are cut into bands of rows, and each band of each image is a channel.
 */
export interface Bands {
  /** Bands an image. */
  readonly count: number;
  /** Rows of the output's gradient in a band; the last one is filled up with zeros. */
  readonly height: number;
  /** Bands of all images, filled up to whole blocks. */
  readonly channels: number;
}

/** More bands overlap in more rows: what one more must save of the work. */
const costOfBand = 0.004;

/**
 * Bytes of a filter that are read for each few results before the next channels' turn. Beyond this they come from the memory again and again: 64
 * channels at 56x56, 16 images, take 50 ms in one band of 13 MB and 43 in four, the 64 filters of 224 pixels' first layer 90 in one of 51 MB and 55
 * in eight, one thread.
 */
const cachedBytes = 4 * 2 ** 20;
const costOfDoubling = 0.1;

/**
 * The bands that cost least, by what is filled up and by how much of the filter is read at a time.
 * @param images of a batch @param gradientShape [N, O, H', W']
 */
export function planBands([images, filters, height, width]: Shape, block: number): Bands {
  const bytesOfRow = 4 * width * block * Math.min(roundUp(filters, block), 4 * block);
  let best: Bands = { count: 1, height, channels: roundUp(images, block) };
  let least = Number.POSITIVE_INFINITY;
  for (let count = 1; count <= height; count++) {
    const rows = Math.ceil(height / count);
    if (rows * (count - 1) >= height) continue;
    const channels = roundUp(images * count, block);
    const filledUp = (channels * rows) / (images * height);
    const doublings = Math.max(0, Math.log2((rows * bytesOfRow) / cachedBytes));
    const cost = filledUp * (1 + costOfBand * (count - 1)) * (1 + costOfDoubling * doublings);
    if (cost < least) [best, least] = [{ count, height: rows, channels }, cost];
  }
  return best;
}

/** Which rows of planes become channels. */
export interface BandRows {
  /** Where each plane of an image comes from, in the order in which they are wanted. */
  readonly planes: readonly number[];
  readonly images: number;
  /** Rows of a plane. */
  readonly height: number;
  /** A row of zeros, which channels are filled up with. */
  readonly zeros: number;
  /** Rows from one band's first to the next one's. */
  readonly step: number;
  /** Rows of a band. */
  readonly rows: number;
  /** Numbers of a row. */
  readonly length: number;
}

/**
 * Memory [images, planes, height, length] as that of a convolution's data: [planes, channels / block, rows, length, block], whose channels
 * are bands.
 */
export function bandsAsChannels(
  graph: Graph,
  x: Value,
  { count, channels }: Bands,
  { planes, images, height, zeros, step, rows, length }: BandRows,
): Value {
  const block = blockOf(graph);
  const used = images * count;
  // Whole planes at once, where they are what is wanted.
  const whole = rows === height && channels === used && count === 1;
  const pieces = whole ? 1 : rows;
  const indices = planes.flatMap((plane) =>
    Array.from({ length: channels }, (_, channel) => {
      const [image, band] = [Math.floor(channel / count), channel % count];
      const first = (image * planes.length + plane) * (whole ? 1 : height) + band * (whole ? 0 : step);
      return Array.from({ length: pieces }, (_, row) => (channel < used ? first + row : zeros));
    }).flat(),
  );
  const pieceLength = whole ? height * length : length;
  const memory = memoryAs(graph, x, [images * planes.length * (whole ? 1 : height), pieceLength]);
  const chosen = selectRows(graph, memory, indices);
  return interleave(graph, chosen, [(planes.length * channels) / block, rows * length]);
}

/**
 * Blocked [N, O, H', W'] as a filter [O, channels, band height, W'] of a convolution whose channels are bands. What fills up the channels is one
 * of the bands, since the data has zeros there.
 */
export function bandsAsFilter(graph: Graph, gradient: Value, { count, height, channels }: Bands): Value {
  const block = blockOf(graph);
  const padded = padPixels(graph, gradient, [0, 0], [count * height - gradient.shape[2], 0], 0);
  const [n, o, , w] = storedShape(padded.shape, padded.layout);
  const length = height * w * block;
  const outputs = o / block;
  const indices = Array.from({ length: outputs }, (_, output) =>
    Array.from({ length: channels }, (_, channel) => {
      const [image, band] = [Math.floor(channel / count) % n, channel % count];
      return (image * outputs + output) * count + band;
    }),
  ).flat();
  const chosen = selectRows(graph, memoryAs(graph, padded, [n * outputs * count, length]), indices);
  const sorted = swapChannels(graph, chosen, [(outputs * channels) / block, block, length / block]);
  return memoryAs(graph, sorted, [o, channels, height, w]);
}

/** What bands see of an image. */
export interface SeenPixels {
  /** Of a band. */
  readonly rows: number;
  readonly width: number;
  /** Rows and columns of zeros behind the image; columns are cut off where negative, rows that nobody sees stay. */
  readonly after: readonly [rows: number, columns: number];
  /** A row of zeros among those of the image with its border; any where none is wanted. */
  readonly zeros: number;
}

/** @param gradientShape [N, O, H', W'] @param sides of the image */
export function seenPixels(
  { kernel, stride, dilation, before }: ConvGeometry,
  [n, , , gradientWidth]: Shape,
  sides: readonly number[],
  { count, height, channels }: Bands,
): SeenPixels {
  const reach = (positions: number, axis: number) =>
    stride[axis] * (positions - 1) + dilation[axis] * (kernel[axis] - 1) + 1;
  const [rows, width] = [reach(height, 0), reach(gradientWidth, 1)];
  const needed = stride[0] * height * (count - 1) + rows;
  const least = channels > n * count && before[0] === 0 ? 1 : 0;
  const below = Math.max(least, needed - before[0] - sides[0]);
  const zeros = before[0] > 0 ? 0 : sides[0] + below - 1;
  return { rows, width, after: [below, width - before[1] - sides[1]], zeros };
}
