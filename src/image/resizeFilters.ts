/**
 * How pixels between others are found. The `-antialiased` ones are Pillow's filters, which widen with the reduction (torchvision uses
 * them for PIL images, timm and Hugging Face too); `bilinear` always looks at the nearest pixels only, as TensorFlow's and OpenCV's does.
 */
export const resizeMethods = [
  'bilinear-antialiased',
  'bicubic-antialiased',
  'lanczos-antialiased',
  'hamming-antialiased',
  'box-antialiased',
  'bilinear',
  'nearest',
] as const;
/** How an image is resized: the filter, and whether it widens with the reduction. */
export type ResizeMethod = (typeof resizeMethods)[number];

/** That of every network before there was a choice. */
export const standardResize: ResizeMethod = 'bilinear-antialiased';

interface Filter {
  /** It is zero from this distance on. */
  readonly support: number;
  readonly weight: (distance: number) => number;
  /** Looks at the nearest pixels only, however large the reduction is. */
  readonly fixed?: boolean;
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x));
const sinc = (x: number) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** Keys' cubic with a = -1/2, Pillow's choice. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function hamming(distance: number): number {
  const x = Math.abs(distance);
  return x < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI)) : 0;
}

const filters: Readonly<Record<Exclude<ResizeMethod, 'nearest'>, Filter>> = {
  'bilinear-antialiased': { support: 1, weight: triangle },
  'bicubic-antialiased': { support: 2, weight: cubic },
  'lanczos-antialiased': { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  'hamming-antialiased': { support: 1, weight: hamming },
  'box-antialiased': { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: triangle, fixed: true },
};

/** What the pixels of a line are made of when it is resized. */
export interface FilterWeights {
  /** Most taps of any output pixel; stride of `weights`. */
  readonly taps: number;
  /** First input pixel of each output pixel. */
  readonly first: Int32Array;
  /** Number of taps of each output pixel. */
  readonly count: Int32Array;
  /** Fixed-point weights, `taps` for each output pixel; each row sums to about 2^22. */
  readonly weights: Int32Array;
}

/** 32 bits less 8 for the pixel and 2 of head-room, as in Pillow. */
export const precisionBits = 22;

// A dataset has few image sizes: weights are kept, and forgotten all at once where a stream of odd sizes comes in.
const weightsBySize = new Map<string, FilterWeights>();
const mostKept = 256;

/** The weights with which a line of `inputSize` pixels becomes one of `outputSize`. */
export function filterWeights(
  inputSize: number,
  outputSize: number,
  method: Exclude<ResizeMethod, 'nearest'>,
): FilterWeights {
  const key = `${method} ${inputSize} ${outputSize}`;
  const known = weightsBySize.get(key);
  if (known) return known;
  const filter = filters[method];
  const scale = inputSize / outputSize;
  const widening = filter.fixed ? 1 : Math.max(1, scale); // the filter widens with reductions, never narrows
  const support = filter.support * widening;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * taps);
  const row = new Float64Array(taps);
  for (let out = 0; out < outputSize; out++) {
    const center = (out + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(inputSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let i = low; i < high; i++) {
      // The product with the reciprocal, not a quotient: Pillow's rounding depends on it.
      const weight = filter.weight((i - center + 0.5) * (1 / widening));
      row[i - low] = weight;
      sum += weight;
    }
    first[out] = low;
    count[out] = high - low;
    for (let i = 0; i < high - low; i++) {
      const weight = row[i] / sum;
      weights[out * taps + i] = Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * 2 ** precisionBits);
    }
  }
  const made = { taps, first, count, weights };
  if (weightsBySize.size >= mostKept) weightsBySize.clear();
  weightsBySize.set(key, made);
  return made;
}

/** The input pixel that each output pixel is a copy of, where the nearest is taken. */
export function nearestPixels(inputSize: number, outputSize: number): Int32Array {
  const scale = inputSize / outputSize;
  const places = new Int32Array(outputSize);
  // Added up step by step, as Pillow does: where the middle falls between two pixels, its rounding decides.
  let place = scale * 0.5;
  for (let out = 0; out < outputSize; out++) {
    places[out] = Math.min(inputSize - 1, Math.trunc(place));
    place += scale;
  }
  return places;
}
