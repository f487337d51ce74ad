import type { Dataset, SplitName } from '../../data/dataset.js';
import { findSharedImages } from '../../data/groups/sharedImages.js';
import { splitsByImage } from '../../data/groups/splitsCsv.js';
import { LesionlabError } from '../../errors.js';
import type { NetworkConfig } from '../../training/recipe/ensembleConfig.js';
import { openDataset } from '../dataset/openDataset.js';
import type { RunFolder } from './runFolder.js';
import { readRunSplits } from './runSplits.js';

/** External images that a run has as well, by the run's split. */
export interface RunOverlap {
  /** Byte by byte the same file; null where the run's own data could not be opened to compare. */
  readonly identical: Readonly<Record<SplitName, number>> | null;
  /** The same image id. */
  readonly sameId: Readonly<Record<SplitName, number>>;
}

/**
 * Counts images of external data that are the run's own, by their files' contents and by their ids. Of the files, only those whose size
 * occurs on both sides are read.
 * @throws LesionlabError kind `run` where splits.csv can't be used; kind `interrupted`
 */
export async function findRunOverlap(
  folder: RunFolder,
  config: NetworkConfig,
  { records, images }: Pick<Dataset, 'records' | 'images'>,
  signal: AbortSignal,
): Promise<RunOverlap> {
  const splitOf = splitsByImage(await readRunSplits(folder));
  const imageIds = records.map(({ imageId }) => imageId);
  const sameId = countSplits(imageIds.map((imageId) => splitOf.get(imageId)));
  const own = await openOwn(config);
  if (!own) return { identical: null, sameId };
  try {
    const ours = { images: own.images, imageIds: [...splitOf.keys()] };
    const shared = await findSharedImages(ours, { images, imageIds }, signal);
    // A file may stand in several of the run's rows, which are in one split together.
    return { identical: countSplits([...shared.values()].map(([first]) => splitOf.get(first))), sameId };
  } finally {
    await own.images.close();
  }
}

/** Null where the data of the run is not where it was, or can't be used any more: a check that is worth no error. */
async function openOwn({ data }: NetworkConfig): Promise<Dataset | null> {
  try {
    return await openDataset(data.folder, { classes: data.classes, ...data.options });
  } catch (error) {
    if (error instanceof LesionlabError) return null;
    throw error;
  }
}

function countSplits(splits: readonly (SplitName | undefined)[]): Record<SplitName, number> {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const split of splits) if (split !== undefined) counts[split] += 1;
  return counts;
}

/** What readers must know about it before they trust the results; empty where there is no overlap. */
export function describeOverlap({ identical, sameId }: RunOverlap, images: number, dataFolder: string): string[] {
  const notes: string[] = [];
  const words: Readonly<Record<SplitName, string>> = {
    train: 'that the network was trained on: results on them flatter it',
    validation: 'that the best epoch was chosen on: results on them flatter it',
    test: 'of the test split: the two results are not independent',
  };
  for (const split of ['train', 'validation', 'test'] as const) {
    const same = identical?.[split] ?? 0;
    if (same > 0)
      notes.push(
        `Warning: ${same} of the ${images} images ${same === 1 ? 'is the same file as an image' : 'are the same files as images'} ${words[split]}.`,
      );
    if (sameId[split] > same)
      notes.push(
        `Warning: ${sameId[split]} of the ${images} images ${sameId[split] === 1 ? 'has the id of an image' : 'have the ids of images'} ${words[split]}, if they show the same.`,
      );
  }
  if (identical === null)
    notes.push(
      `The run's own data is not at ${dataFolder} any more: whether these images are among those that the network was trained on was checked by their ids only.`,
    );
  return notes;
}
