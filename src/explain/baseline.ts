import { requireInteger, requireLength, requireNumbers, requireOneOf, unexpected } from '../checks.js';
import { channelPlaces } from '../data/preparation/networkInput.js';
import type { ChannelOrder } from '../data/preparation/preprocessing.js';

/** What stands for an image, or a part of it, from which the evidence was taken. */
export type Baseline = 'mean' | 'black' | 'grey' | 'blurred';

/**
 * `mean`: the mean colour of the training images, 0 after normalisation. `black` and `grey`: that colour; black takes no evidence from what is black,
 * and lesions are dark. `blurred`: the image itself, blurred until no structure is left.
 */
export const baselines: readonly Baseline[] = ['mean', 'black', 'grey', 'blurred'];

/** Mean and standard deviation of each channel, of values in [0, 1]: what a network's images were normalised with. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Of the network's input; default red first. Mean and standard deviation are of red, green and blue all the same. */
  readonly channelOrder?: ChannelOrder;
}

/** Which image stands for one without evidence, and what is needed to make it. */
export interface BaselineOptions {
  /** Default `mean`. */
  readonly baseline?: Baseline;
  /** Needed for `black` and `grey`, which are colours of images before normalisation. */
  readonly normalisation?: Normalisation;
}

/** Width of the blur, as a share of the image's side: less would leave a lesion as a dark spot with its outline. */
const blurShare = 1 / 8;

/**
 * The image without its evidence: a plain colour, or what a wide Gaussian leaves of it.
 * @param image [3, S, S], normalised @returns [3, S, S], normalised
 * @throws LesionlabError kind `usage` for another number of values, or a colour without its normalisation
 */
export function baselineImage(image: Float32Array, imageSize: number, options: BaselineOptions = {}): Float32Array {
  const { baseline = 'mean', normalisation } = options;
  requireInteger('imageSize', imageSize, { min: 1 });
  const plane = imageSize ** 2;
  requireLength('image', image, 3 * plane, `[3, ${imageSize}, ${imageSize}]`);
  requireOneOf('baseline', baseline, baselines);
  const found = new Float32Array(3 * plane);
  if (baseline === 'mean') return found;
  if (baseline === 'blurred') {
    for (let c = 0; c < 3; c++) blur(image.subarray(c * plane, (c + 1) * plane), imageSize, found, c * plane);
    return found;
  }
  if (!normalisation)
    throw unexpected(
      'normalisation',
      `mean and std of each channel, for a ${baseline} baseline`,
      normalisation,
      'Give what the images were normalised with, or choose the baseline mean.',
    );
  const { mean, std, channelOrder } = normalisation;
  requireLength('normalisation.mean', mean, 3, 'one a channel');
  requireLength('normalisation.std', std, 3, 'one a channel');
  requireNumbers('normalisation.mean', mean);
  requireNumbers('normalisation.std', std, { above: 0 });
  const colour = baseline === 'black' ? 0 : 0.5;
  for (const [c, place] of channelPlaces({ channelOrder }).entries())
    found.fill((colour - mean[c]) / std[c], place * plane, (place + 1) * plane);
  return found;
}

/** A Gaussian, rows then columns; the border goes on outwards. */
function blur(plane: Float32Array, size: number, target: Float32Array, offset: number): void {
  const sigma = size * blurShare;
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const pass = (
    read: (line: number, place: number) => number,
    write: (line: number, place: number, v: number) => void,
  ) => {
    for (let line = 0; line < size; line++) {
      for (let place = 0; place < size; place++) {
        let value = 0;
        for (let i = -reach; i <= reach; i++)
          value += weights[i + reach] * read(line, Math.min(Math.max(place + i, 0), size - 1));
        write(line, place, value / sum);
      }
    }
  };
  const rows = new Float64Array(size * size);
  pass(
    (y, x) => plane[y * size + x],
    (y, x, value) => {
      rows[y * size + x] = value;
    },
  );
  pass(
    (x, y) => rows[y * size + x],
    (x, y, value) => {
      target[offset + y * size + x] = value;
    },
  );
}
