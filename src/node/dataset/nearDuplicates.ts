import type { Dataset } from '../../data/dataset.js';
import { findNearDuplicates, type NearDuplicates } from '../../data/groups/nearDuplicates.js';
import type { StepContext } from '../machine/stepContext.js';
import { passImages } from './imagePass.js';
import { thumbnailFitting } from './imagePassOptions.js';
import type { PreparedFile } from './preparedFile.js';

/**
 * Looks for images of a dataset that are nearly the same, decoding those whose small pictures the cache doesn't have. Images that can't be read have no twin.
 * @throws LesionlabError kind `run` where the cache folder can't be written; kind `interrupted`
 */
export async function findNearInDataset(
  { threads, progress, signal }: Pick<StepContext, 'threads' | 'progress' | 'signal'>,
  dataset: Dataset,
): Promise<NearDuplicates[]> {
  const { records } = dataset;
  const pass = await passImages({ dataset, records, fittings: [thumbnailFitting], threads, progress, signal });
  try {
    const failed = new Set(pass.failures.map(({ imageId }) => imageId));
    const readable = { ...dataset, records: records.filter(({ imageId }) => !failed.has(imageId)) };
    return await findNearAmong({ progress, signal }, readable, pass.prepared[0]);
  } finally {
    pass.close();
  }
}

/**
 * Looks for images of a dataset that are nearly the same, where small pictures of them are at hand.
 * @param thumbnails of all images of the dataset, and of others perhaps: `thumbnailFitting`
 * @throws LesionlabError kind `interrupted`
 */
export async function findNearAmong(
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
  dataset: Dataset,
  thumbnails: PreparedFile,
): Promise<NearDuplicates[]> {
  const indexOf = new Map(thumbnails.imageIds.map((imageId, index) => [imageId, index]));
  const imageIds = dataset.records.map(({ imageId }) => imageId);
  const indices = imageIds.map((imageId) => indexOf.get(imageId)!);
  const read = (at: number, target: Uint8Array) => thumbnails.read(indices[at], target);
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  return await findNearDuplicates({ imageIds, read }, dataset, { progress, signal, pause });
}
