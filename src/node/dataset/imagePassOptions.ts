import type { Dataset, ImageRecord } from '../../data/dataset.js';
import type { Fitting } from '../../image/fitImage.js';
import type { Progress } from '../../progress.js';
import type { Turnstile } from '../machine/turnstile.js';

/** What a pass over images reads, and what it is to make of them. */
export interface ImagePassOptions {
  readonly dataset: Pick<Dataset, 'images'>;
  /** Images to look at, in the order in which they get their index. */
  readonly records: readonly Pick<ImageRecord, 'imageId'>[];
  /** How they become squares, once for each; without any, images are decoded to see that they can be, and how large they are. */
  readonly fittings: readonly Fitting[];
  /** Pictures of some images to be had beside, where they are decoded anyway. */
  readonly pictures?: { readonly imageIds: ReadonlySet<string>; readonly fitting: Fitting };
  /** Images of which the values in squares of the first fitting are counted, where they are decoded anyway. */
  readonly counted?: ReadonlySet<string>;
  /** Default: see `defaultCacheFolder`. */
  readonly cacheFolder?: string;
  /** Worker threads that decode and resize. */
  readonly threads: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Images that are decoded go through it: whoever closes it has the cores for a moment. */
  readonly turnstile?: Turnstile;
}

/** How many pixels of some images have each value of a channel, added up. */
export interface CountedImages {
  readonly imageIds: ReadonlySet<string>;
  /** [3 * 256], see `countChannelValues`. */
  readonly counts: Float64Array;
}

/** Small pictures of whole images, by which near-duplicates are found. */
export const thumbnailFitting: Fitting = { imageSize: 32, fit: 'squash' };
