import type { Dataset, ImageRecord } from '../../data/dataset.js';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import { interruptedError } from '../../errors.js';
import type { ImageSkinTone } from '../../evaluation/metrics/skinTones.js';
import type { StepContext } from '../machine/stepContext.js';
import { createWorkerPool } from '../machine/workerPool.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { SkinToneRequest } from './skinToneWorker.js';

/**
 * Estimates the skin tone beside the lesion in every image of the records, from the files' own pixels and their masks.
 * @param isOption whether who waits could have left it out
 * @returns one an image, in the order of the records; null where the data has no masks
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function measureSkinTones(
  { progress, signal, threads }: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  { images, masks }: Pick<Dataset, 'images' | 'masks'>,
  records: readonly Pick<ImageRecord, 'imageId' | 'lesionId'>[],
  isOption = false,
): Promise<ImageSkinTone[] | null> {
  if (!masks || !records.some(({ imageId }) => masks.has(imageId))) return null;
  const workers = Math.max(1, Math.min(threads, Math.ceil(records.length / 8)));
  const pool = createWorkerPool<SkinToneRequest, ImageSkinTone['tone']>(workerUrl('dataset/skinToneWorker'), workers);
  const task = progress.start(
    `Measuring skin beside lesions${isOption ? ' (--no-skin-tone leaves it out)' : ''}`,
    records.length,
  );
  let done = 0;
  try {
    return await mapConcurrently(records, 2 * workers, async ({ imageId, lesionId }) => {
      if (signal.aborted) throw interruptedError('Interrupted while skin tones were measured.');
      const tone = await measure(imageId);
      task.update(++done);
      return { imageId, lesionId, tone };
    });
  } finally {
    task.end();
    await pool.close();
  }

  async function measure(imageId: string): Promise<ImageSkinTone['tone']> {
    if (!masks?.has(imageId)) return { reason: 'no-mask' };
    const files = await Promise.all([images.read(imageId), masks.read(imageId)]).catch(() => null);
    return files ? await pool.run({ image: files[0], mask: files[1] }) : { reason: 'unreadable' };
  }
}
