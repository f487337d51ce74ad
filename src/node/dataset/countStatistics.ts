import { type ChannelStatistics, statisticsOfCounts } from '../../data/preparation/normalisation.js';
import type { StepContext } from '../machine/stepContext.js';
import { createWorkerPool } from '../machine/workerPool.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { CountWorkerData } from './countWorker.js';
import type { CountedImages } from './imagePassOptions.js';
import type { PreparedFile } from './preparedFile.js';

/** Images that are not worth a thread more. */
const fewImages = 500;

type Pixels = Pick<PreparedFile, 'path' | 'imageIds'>;

/**
 * `channelStatistics` of prepared images, counted in as many threads as there are; the same numbers, since counts are whole.
 * @param counted before, which is taken where it is of just these images
 */
export async function countStatistics(
  ctx: Pick<StepContext, 'threads'>,
  images: Pixels,
  indices: Int32Array,
  counted?: CountedImages,
): Promise<ChannelStatistics> {
  const isOfThese =
    counted?.imageIds.size === indices.length && indices.every((i) => counted.imageIds.has(images.imageIds[i]));
  return statisticsOfCounts(isOfThese ? counted.counts : await countAll(ctx, images, indices));
}

/** Counts images that will most likely be asked for, while it is found out whether they will. */
export function countForeseen(
  ctx: Pick<StepContext, 'threads'>,
  images: Pixels,
  imageIds: ReadonlySet<string>,
): Promise<CountedImages> {
  const indices = Int32Array.from(images.imageIds.flatMap((id, i) => (imageIds.has(id) ? [i] : [])));
  const counting = countAll(ctx, images, indices).then((counts) => ({ imageIds, counts }));
  counting.catch(() => {}); // whoever waits for it hears of it
  return counting;
}

async function countAll(
  { threads }: Pick<StepContext, 'threads'>,
  { path }: Pixels,
  indices: Int32Array,
): Promise<Float64Array> {
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
    return counts[0].map((_, value) => counts.reduce((sum, part) => sum + part[value], 0));
  } finally {
    await pool.close();
  }
}
