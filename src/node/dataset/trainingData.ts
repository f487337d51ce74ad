import type { Audit } from '../../data/audit/audit.js';
import { auditDataset } from '../../data/audit/auditDataset.js';
import { linksOf, requireUsable, unusableImages } from '../../data/audit/requireUsable.js';
import type { Dataset, LinkedImages } from '../../data/dataset.js';
import { limitDataset } from '../../data/groups/limitDataset.js';
import type { Fitting } from '../../image/fitImage.js';
import type { StepContext } from '../machine/stepContext.js';
import { type DataPaths, openDatasets } from './openDatasets.js';
import { type ImageFailure, prepareImages } from './prepare.js';
import type { PreparedFile } from './preparedFile.js';

export interface OpenUsableOptions {
  /** Folder with metadata and images, or several. */
  readonly data: DataPaths;
  /** Images of a stratified subset; all where null. */
  readonly limit: number | null;
  readonly excludeUnusable: boolean;
}

/** A dataset whose images are decoded and resized. */
export interface PreparedData {
  /** Without unusable images. */
  readonly dataset: Dataset;
  /** Ids of the images that were left out. */
  readonly excluded: readonly string[];
  /** What a split keeps together beside patients and lesions. */
  readonly links: readonly LinkedImages[];
  /** All images of the dataset as opened, by image id. */
  readonly prepared: PreparedFile;
}

/** Opens a folder as a dataset, or a subset of it. */
export async function openLimited(
  { data, limit }: Pick<OpenUsableOptions, 'data' | 'limit'>,
  seed: number,
): Promise<Dataset> {
  const dataset = await openDatasets(data);
  return limit === null ? dataset : limitDataset(dataset, limit, seed);
}

/**
 * Decodes and resizes all images of a dataset (once; later runs find them in the cache), and takes out the unusable ones.
 * @param options `known`: an audit that looked at every image, where there is one
 * @throws LesionlabError kind `data` where images are unusable and aren't to be excluded
 */
export async function prepareData(
  ctx: StepContext,
  dataset: Dataset,
  fitting: Fitting,
  options: { readonly excludeUnusable: boolean; readonly known?: Audit },
): Promise<PreparedData> {
  const { progress, signal, threads } = ctx;
  // An audit that has seen every image finds unusable ones before any time is spent on the others.
  if (options.known) requireUsable(dataset, options.known, options);
  const { images: prepared, failures } = await prepareImages({
    dataset,
    records: dataset.records,
    fitting,
    threads,
    progress,
    signal,
  });
  try {
    const audit = options.known ?? (await auditFailures(ctx, dataset, failures));
    const usable = requireUsable(dataset, audit, options);
    return { dataset: usable, excluded: unusableImages(audit), links: linksOf(dataset, audit), prepared };
  } catch (error) {
    prepared.close();
    throw error;
  }
}

const auditFailures = (
  { progress, signal, threads }: StepContext,
  dataset: Dataset,
  failures: readonly ImageFailure[],
): Promise<Audit> =>
  auditDataset(dataset, { decode: false, decoded: { failures }, concurrency: threads, progress, signal });
