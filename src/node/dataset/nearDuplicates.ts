import type { Dataset } from '../../data/dataset.js';
import { findNearDuplicates, type NearDuplicates } from '../../data/groups/nearDuplicates.js';
import { thumbnailSize } from '../../data/likeness/imageHash.js';
import type { StepContext } from '../machine/stepContext.js';
import { prepareImages } from './prepare.js';

/**
 * Looks for images of a dataset that are nearly the same. Images that can't be read have no twin.
 * @throws LesionlabError kind `run` where the cache folder can't be written; kind `interrupted`
 */
export async function findNearInDataset(
  { threads, progress, signal }: Pick<StepContext, 'threads' | 'progress' | 'signal'>,
  dataset: Dataset,
): Promise<NearDuplicates[]> {
  const fitting = { imageSize: thumbnailSize, fit: 'squash' } as const;
  const { records } = dataset;
  const { images, failures } = await prepareImages({ dataset, records, fitting, threads, progress, signal });
  try {
    const failed = new Set(failures.map(({ imageId }) => imageId));
    const usable = [...images.imageIds.keys()].filter((i) => !failed.has(images.imageIds[i]));
    const thumbnails = {
      imageIds: usable.map((i) => images.imageIds[i]),
      read: (at: number, target: Uint8Array) => images.read(usable[at], target),
    };
    const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
    return await findNearDuplicates(thumbnails, dataset, { progress, signal, pause });
  } finally {
    images.close();
  }
}
