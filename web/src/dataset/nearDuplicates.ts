import { throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import { findNearDuplicates, type NearDuplicates } from '../../../src/data/groups/nearDuplicates.js';
import { thumbnailSize } from '../../../src/data/likeness/imageHash.js';
import { mapConcurrently } from '../../../src/data/mapConcurrently.js';
import { nextMessage } from '../browser/nextMessage.js';
import type { CallContext } from '../browser/workerCalls.js';
import type { ImagePool } from './imagePool.js';
import { type OpenedData, ownMemory } from './openedData.js';

/**
 * Looks for images that are nearly the same, once: a small picture of each is made (3 kB of memory an image), and those that are alike are laid on each
 * other. Images that can't be read have no twin.
 * @throws LesionlabError kind `interrupted`
 */
export async function findNear(
  opened: OpenedData,
  pool: ImagePool,
  { progress, signal }: Pick<CallContext, 'progress' | 'signal'>,
): Promise<readonly NearDuplicates[]> {
  if (opened.near) return opened.near;
  const { dataset } = opened;
  const { images } = dataset;
  const bytesEach = thumbnailSize ** 2 * 3;
  const present = dataset.records.filter(({ imageId }) => images.has(imageId) && images.byteLength(imageId) > 0);
  const pictures = new Uint8Array(present.length * bytesEach);
  const readable = new Uint8Array(present.length);
  const task = progress.start('Making small pictures', present.length);
  let done = 0;
  try {
    await mapConcurrently(present, pool.inFlight, async ({ imageId }, index) => {
      throwIfInterrupted(signal, 'looking for near-duplicates');
      try {
        const bytes = ownMemory(await images.read(imageId));
        const small = await pool.run('prepare', { bytes, fitting: { imageSize: thumbnailSize, fit: 'squash' } }, [
          bytes.buffer,
        ]);
        pictures.set(small.pixels, index * bytesEach);
        readable[index] = 1;
      } catch {
        // The audit says which can't be read.
      }
      task.update(++done);
    });
  } finally {
    task.end();
  }
  const positions = [...present.keys()].filter((index) => readable[index] === 1);
  const thumbnails = {
    imageIds: positions.map((index) => present[index].imageId),
    read: (at: number, target: Uint8Array) => {
      const from = positions[at] * bytesEach;
      target.set(pictures.subarray(from, from + bytesEach));
    },
  };
  opened.near = await findNearDuplicates(thumbnails, dataset, { progress, signal, pause: nextMessage });
  return opened.near;
}
