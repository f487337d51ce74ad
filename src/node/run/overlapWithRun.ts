import { canonicalImageId } from '../../data/canonicalImageId.js';
import type { Dataset, ImageRecord, SplitName } from '../../data/dataset.js';
import { findSharedImages } from '../../data/groups/sharedImages.js';
import { splitFinder, splitsByImage } from '../../data/groups/splitsCsv.js';
import { dataError, LesionlabError } from '../../errors.js';
import type { NetworkConfig } from '../../training/recipe/ensembleConfig.js';
import { openRunSources } from './openRunSources.js';
import type { RunFolder } from './runFolder.js';
import { readRunSplits } from './runSplits.js';

/** External images that a run has as well, by the run's split. */
export interface RunOverlap {
  /** Byte by byte the same file; null where the run's own data could not be opened to compare. */
  readonly identical: Readonly<Record<SplitName, number>> | null;
  /** The same image id, whatever a copy in the ISIC archive's way is called. */
  readonly sameId: Readonly<Record<SplitName, number>>;
}

/** What a run knows of each external image: the split of its own image with the same file, or the same id. */
export interface KnownImages {
  readonly compared: boolean;
  readonly byFile: ReadonlyMap<string, SplitName>;
  readonly byId: ReadonlyMap<string, SplitName>;
}

/**
 * Finds images of external data that are the run's own, by their files' contents and by their ids. Of the files, only those whose size
 * occurs on both sides are read.
 * @throws LesionlabError kind `run` where splits.csv can't be used; kind `interrupted`
 */
export async function findKnownImages(
  folder: RunFolder,
  config: NetworkConfig,
  { records, images }: Pick<Dataset, 'records' | 'images'>,
  signal: AbortSignal,
): Promise<KnownImages> {
  const splitOf = splitsByImage(await readRunSplits(folder));
  const find = splitFinder(splitOf);
  const imageIds = records.map(({ imageId }) => imageId);
  const byId = keepKnown(imageIds.map((imageId) => [imageId, find(imageId)]));
  const own = await openOwn(config);
  if (!own) return { compared: false, byFile: new Map(), byId };
  try {
    const ours = { images: own.images, imageIds: [...splitOf.keys()] };
    const shared = await findSharedImages(ours, { images, imageIds }, signal);
    // A file may stand in several of the run's rows, which are in one split together.
    return {
      compared: true,
      byFile: keepKnown([...shared].map(([imageId, [first]]) => [imageId, splitOf.get(first)])),
      byId,
    };
  } finally {
    await own.images.close();
  }
}

const keepKnown = (entries: readonly (readonly [string, SplitName | undefined])[]): Map<string, SplitName> =>
  new Map(entries.flatMap(([imageId, split]) => (split === undefined ? [] : [[imageId, split] as const])));

/** Counts those among some records. */
export function countOverlap(
  { compared, byFile, byId }: KnownImages,
  records: readonly Pick<ImageRecord, 'imageId'>[],
): RunOverlap {
  const count = (known: ReadonlyMap<string, SplitName>) =>
    countSplits(records.map(({ imageId }) => known.get(imageId)));
  return { identical: compared ? count(byFile) : null, sameId: count(byId) };
}

/** What is done with external images that the network was trained or chosen on. */
export const overlapChoices = ['leave-out', 'keep'] as const;
export type OverlapChoice = (typeof overlapChoices)[number];

/**
 * Takes the images that a network learned from out of external data, or leaves them in, as was asked for.
 * @throws LesionlabError kind `data` with their number where nothing was asked for; where none are left
 */
export function withoutLearned<T extends Pick<Dataset, 'records'>>(
  dataset: T,
  { byFile, byId }: KnownImages,
  { overlap, source }: { readonly overlap?: OverlapChoice; readonly source: string },
): { readonly dataset: T; readonly learned: number } {
  const { records } = dataset;
  // Other ids than the archive's are given again and again: two clinics may both have an image 1.
  const splitOf = ({ imageId }: Pick<ImageRecord, 'imageId'>) =>
    byFile.get(imageId) ?? (canonicalImageId(imageId) === undefined ? undefined : byId.get(imageId));
  const isLearned = (record: Pick<ImageRecord, 'imageId'>) =>
    ['train', 'validation'].includes(splitOf(record) ?? 'test');
  const learned = records.filter(isLearned);
  if (learned.length === 0 || overlap === 'keep') return { dataset, learned: 0 };
  const trained = learned.filter((record) => splitOf(record) === 'train').length;
  const number = (n: number) => n.toLocaleString('en');
  const found = `${number(learned.length)} of the ${number(records.length)} images of ${source} are among those that the network learned from: ${number(trained)} that it was trained on, ${number(learned.length - trained)} that its best epoch was chosen on.`;
  if (overlap === undefined)
    throw dataError('learned-images', `${found} Results on them would flatter it.`, {
      hint: {
        terminal:
          '--overlap leave-out evaluates the other images; --overlap keep all of them, and the evaluation says how many it knew.',
        page: 'Evaluate other images.',
      },
      details: learned.map((record) => `${record.imageId}: ${splitOf(record)}`),
    });
  if (learned.length === records.length)
    throw dataError('learned-images', `${found} None is left to evaluate.`, { hint: 'Evaluate other images.' });
  return { dataset: { ...dataset, records: records.filter((record) => !isLearned(record)) }, learned: learned.length };
}

/** Null where the data of the run is not where it was, or can't be used any more: a check that is worth no error. */
async function openOwn(config: NetworkConfig): Promise<Dataset | null> {
  try {
    return await openRunSources(config);
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
