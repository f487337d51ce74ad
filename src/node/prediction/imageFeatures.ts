import { normaliseImage } from '../../data/augmentation/batches.js';
import type { ImageRecord } from '../../data/dataset.js';
import { interruptedError } from '../../errors.js';
import { openFeatureExtractor } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { Checkpoint } from '../run/checkpointFile.js';
import type { RunData } from '../run/runData.js';
import { pause, predictionBatchSize } from './predictionBatches.js';

/** What a network's head takes of some images. */
export interface ImageFeatures {
  /** Of an image, D. */
  readonly width: number;
  /** [N, D] */
  readonly values: Float32Array;
}

/** Images to compute features of. */
export interface ImagesToExtract {
  readonly count: number;
  /** Uint8 RGB of the network's size; may be used again by the next call. */
  pixelsOf(index: number): Uint8Array;
  /** For the progress. */
  readonly label: string;
}

/** Records of a run as images to extract. */
export function recordsToExtract(
  data: Pick<RunData, 'prepared' | 'preparedIndex'>,
  records: readonly ImageRecord[],
  label: string,
): ImagesToExtract {
  const pixels = new Uint8Array(data.prepared.imageSize ** 2 * 3);
  return {
    count: records.length,
    label,
    pixelsOf(index) {
      data.prepared.read(data.preparedIndex(records[index].imageId), pixels);
      return pixels;
    },
  };
}

/**
 * Computes the features of several sets of images, each image as it is.
 * @returns one for each set
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function extractFeatures(
  { progress, signal, threads, device }: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  { model, weights, config }: Pick<Checkpoint, 'model' | 'weights' | 'config'>,
  sets: readonly ImagesToExtract[],
): Promise<ImageFeatures[]> {
  const { preprocessing } = config;
  const batchSize = predictionBatchSize;
  const size = { model, weights, imageSize: preprocessing.imageSize, batchSize };
  const extractor = await openFeatureExtractor(nodeRuntime, size, { device, threads });
  try {
    const { width } = extractor;
    const pixels = preprocessing.imageSize ** 2 * 3;
    const batch = new Float32Array(batchSize * pixels);
    const found: ImageFeatures[] = [];
    for (const { count, pixelsOf, label } of sets) {
      const values = new Float32Array(count * width);
      const task = progress.start(label, count);
      try {
        for (let first = 0; first < count; first += batchSize) {
          await pause();
          if (signal.aborted) throw interruptedError('Interrupted while features were computed; nothing was written.');
          const here = Math.min(batchSize, count - first);
          for (let i = 0; i < here; i++) normaliseImage(pixelsOf(first + i), preprocessing, batch, i * pixels);
          const features = await extractor.extract(batch);
          values.set(features.subarray(0, here * width), first * width);
          task.update(first + here);
        }
      } finally {
        task.end();
      }
      found.push({ width, values });
    }
    return found;
  } finally {
    await extractor.close();
  }
}
