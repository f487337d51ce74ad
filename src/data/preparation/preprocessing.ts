/**
 * Preprocessing, defined once: stored in config.json, in checkpoints and in the exported ONNX file, and used unchanged by
 * training, evaluation, prediction and the studio.
 */
export interface Preprocessing {
  /** Side of the square network input, pixels. */
  readonly imageSize: number;
  /** `squash` scales both sides to the size (aspect ratio lost); `crop` scales the short side and crops the middle. */
  readonly fit: 'squash' | 'crop';
  readonly resize: 'bilinear-antialiased';
  /** Channel order and range of `mean` and `std`: RGB, of values in [0, 1]. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Where mean and std come from: `train-split`, `imagenet`, ... */
  readonly statistics: string;
}

/** Resized images, ready for batches: uint8 RGB, read by offset so that 1.5 GB of them needn't be in memory. */
export interface PreparedImages {
  readonly imageSize: number;
  readonly imageIds: readonly string[];
  /** Copies image `index` (HWC, imageSize * imageSize * 3 bytes) into `target` at `offset`. Synchronous, for workers. */
  read(index: number, target: Uint8Array, offset?: number): void;
}

/** What a network sees in one step: plain typed arrays, no tensors. */
export interface Batch {
  /** [N, 3, S, S], normalised. */
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
