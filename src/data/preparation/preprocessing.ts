import type { Fitting } from '../../image/fitImage.js';
import type { ResizeMethod } from '../../image/resizeFilters.js';

/**
 * Preprocessing, defined once: stored in config.json, in checkpoints and in the exported ONNX file, and used unchanged by
 * training, evaluation, prediction and the studio.
 */
export interface Preprocessing extends Fitting {
  readonly resize: ResizeMethod;
  /** Of red, green and blue, of values in [0, 1], whatever order the network's channels have. */
  readonly mean: readonly [number, number, number];
  /** Of red, green and blue; what is left after subtracting the mean is divided by it. Other ranges are said by both: 0 to 255 by 0 and 1/255. */
  readonly std: readonly [number, number, number];
  /** Where mean and std come from: `train-split`, `imagenet`, ... */
  readonly statistics: string;
  /** Order of the channels of the network's input. Default `rgb`. */
  readonly channelOrder?: ChannelOrder;
  /** Order of the axes of the network's input: [N, 3, S, S] or [N, S, S, 3]. Default `nchw`. */
  readonly layout?: InputLayout;
}

/** Orders of channels that networks take. */
export const channelOrders = ['rgb', 'bgr'] as const;
/** Order of channels. */
export type ChannelOrder = (typeof channelOrders)[number];

/** Orders of axes that networks take. */
export const inputLayouts = ['nchw', 'nhwc'] as const;
/** Order of axes. */
export type InputLayout = (typeof inputLayouts)[number];

/** What makes pixels into numbers, of an image that is fitted. */
export type Normalisation = Pick<Preprocessing, 'imageSize' | 'mean' | 'std' | 'channelOrder'>;

/** Resized images, ready for batches: uint8 RGB, read by offset so that 1.5 GB of them needn't be in memory. */
export interface PreparedImages {
  readonly imageSize: number;
  readonly imageIds: readonly string[];
  /** Copies image `index` (HWC, imageSize * imageSize * 3 bytes) into `target` at `offset`. Synchronous, for workers. */
  read(index: number, target: Uint8Array, offset?: number): void;
}

/** What a network sees in one step: plain typed arrays, no tensors. */
export interface Batch {
  /** [N, 3, S, S], normalised; channels in the network's order. */
  readonly images: Float32Array;
  /** [N], class indices. */
  readonly labels: Int32Array;
  /** [N], positions in the split's list of records. */
  readonly indices: Int32Array;
  /** Epoch in which the first image of the batch was drawn, from 0. */
  readonly epoch: number;
  /** Step of the whole training, from 0. */
  readonly step: number;
}
