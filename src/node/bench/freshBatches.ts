import { Random } from '../../random.js';

export interface FreshBatchesOptions {
  readonly batchSize: number;
  readonly imageSize: number;
  readonly classCount: number;
  readonly seed: number;
}

/** Where a batch may begin in the noise: prime, as is the step between batches, so that starts come around late. */
const starts = 65537;
const stride = 7919;

/**
 * A source of batches that were not there before: each call writes standard normal noise, from another place of a longer
 * array, into one of two arrays in turn. Copying is part of a measured step, drawing the noise is not.
 * @returns images [N, 3, S, S] and labels [N]
 */
export function freshBatches({ batchSize, imageSize, classCount, seed }: FreshBatchesOptions) {
  const count = batchSize * 3 * imageSize * imageSize;
  const random = new Random(seed, 'bench');
  const noise = Float32Array.from({ length: count + starts }, () => random.normal());
  const images = [new Float32Array(count), new Float32Array(count)];
  const labels = new Int32Array(batchSize);
  let step = 0;
  return (): { images: Float32Array; labels: Int32Array } => {
    step += 1;
    const start = (step * stride) % starts;
    const batch = images[step % 2];
    batch.set(noise.subarray(start, start + count));
    for (let i = 0; i < batchSize; i++) labels[i] = (i + step) % classCount;
    return { images: batch, labels };
  };
}
