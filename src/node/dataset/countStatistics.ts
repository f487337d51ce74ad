import { type ChannelStatistics, statisticsOfCounts } from '../../data/preparation/normalisation.js';
import type { StepContext } from '../machine/stepContext.js';
import { createWorkerPool } from '../machine/workerPool.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { CountWorkerData } from './countWorker.js';
import type { CountedImages } from './imagePassOptions.js';
import type { PreparedFile } from './preparedFile.js';

/** Images that are not worth a thread more. */
const fewImages = 500;

/**
 * `channelStatistics` of prepared images, counted in as many threads as there are; the same numbers, since counts are whole.
 * @param counted before, which is taken where it is of just these images
 */
export async function countStatistics(
  { threads }: Pick<StepContext, 'threads'>,
  { path, imageIds }: Pick<PreparedFile, 'path' | 'imageIds'>,
  indices: Int32Array,
  counted?: CountedImages,
): Promise<ChannelStatistics> {
  if (counted?.imageIds.size === indices.length && indices.every((index) => counted.imageIds.has(imageIds[index])))
    return statisticsOfCounts(counted.counts);
  const parts = Math.max(1, Math.min(threads, Math.floor(indices.length / fewImages)));
  const pool = createWorkerPool<Int32Array, Float64Array>(
    workerUrl('dataset/countWorker'),
    parts,
    path satisfies CountWorkerData,
  );
  try {
    const size = Math.ceil(indices.length / parts);
    const counts = await Promise.all(
      Array.from({ length: parts }, (_, i) => pool.run(indices.slice(i * size, (i + 1) * size), [], i)),
    );
    return statisticsOfCounts(counts[0].map((_, value) => counts.reduce((sum, part) => sum + part[value], 0)));
  } finally {
    await pool.close();
  }
}
