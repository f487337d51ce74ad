import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dataset, ImageRecord, SplitName } from '../../data/dataset.js';
import { recordsBySplit, type SplitRow } from '../../data/groups/splitsCsv.js';
import { dataError, LesionlabError } from '../../errors.js';
import type { Fitting } from '../../image/fitImage.js';
import { isEnsemble, type NetworkConfig } from '../../training/recipe/ensembleConfig.js';
import { learnedSplits } from '../../training/recipe/trainingSplits.js';
import { hasHash } from '../dataset/dataHash.js';
import { type DataPaths, pathsOf } from '../dataset/openDatasets.js';
import { withMasks } from '../dataset/openMasks.js';
import { prepareImages } from '../dataset/prepare.js';
import type { PreparedFile } from '../dataset/preparedFile.js';
import { createSizedImages, type SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import { openRunSources } from './openRunSources.js';
import { type RunFolder, readNetworkConfig } from './runFolder.js';
import { keepSplitRecords, readRunSplits } from './runSplits.js';

export interface OpenRunDataOptions {
  /** Where the data lies now, in several places where the run joined datasets; default: where it lay in training. */
  readonly data?: DataPaths;
  /** Folder or zip of lesion masks. Default: those that the data's own folder holds. */
  readonly masks?: string;
  /** All of the run's images, where the caller has them prepared already; it also closes them. */
  readonly prepared?: PreparedFile;
}

/** The data of a run, opened again: what training saw, split as it was. */
export interface RunData extends SizedImages {
  readonly config: NetworkConfig;
  /** Only the records of splits.csv, in the dataset's order. */
  readonly dataset: Dataset;
  readonly splits: Readonly<Record<SplitName, readonly ImageRecord[]>>;
  close(): Promise<void>;
}

/**
 * Opens the data of a run again and checks that it is what the run was trained on. Files that only changed their dates,
 * or were unpacked since, are the same.
 * @throws LesionlabError kind `data` where the folder is gone, or images, their contents or diagnoses differ; kind `run` where the run has no
 *   configuration or no splits
 */
export async function openRunData(
  { progress, signal, threads }: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  folder: RunFolder,
  options: OpenRunDataOptions = {},
): Promise<RunData> {
  const config = await readNetworkConfig(folder);
  const rows = await readRunSplits(folder);
  const dataset = await withMasks(await reopen(config, options), options.masks);
  let prepared: PreparedFile | undefined;
  try {
    const kept = keepSplitRecords(dataset, rows);
    const prepare = (fitting: Fitting) => prepareAgain({ progress, signal, threads }, dataset, kept, config, fitting);
    if (!options.prepared) prepared = await prepare(config.preprocessing);
    const images = options.prepared ?? prepared!;
    if (!hasHash(kept, images, config.data.sha256))
      throw dataError(
        'data-changed',
        `The image files in ${dataPlaces(config, options).join(' and ')} have other contents than when the run was trained.`,
        { hint: 'Put the files of that time back, or say where they are with --data <folder>.' },
      );
    const { closeSizes, ...sized } = createSizedImages({ size: config.preprocessing, images }, prepare);
    return {
      ...sized,
      config,
      dataset: kept,
      splits: recordsBySplit(kept.records, learnedRows(config, rows), folder.splitsCsv),
      async close() {
        closeSizes();
        prepared?.close();
        await dataset.images.close();
      },
    };
  } catch (error) {
    prepared?.close();
    await dataset.images.close();
    throw error;
  }
}

/** What a run learned from can tell nothing about it: where it learned from its validation images, too, it has none. */
const learnedRows = (config: NetworkConfig, rows: readonly SplitRow[]): readonly SplitRow[] =>
  isEnsemble(config)
    ? rows
    : learnedSplits(
        config.recipe,
        rows.map(({ split }) => split),
      ).map((split, i) => ({ ...rows[i], split }));

/** As a rule they are in the cache: training prepared the same images, with those that it left out as unusable. */
async function prepareAgain(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  { records, images: files }: Dataset,
  kept: Dataset,
  { data }: NetworkConfig,
  fitting: Fitting,
): Promise<PreparedFile> {
  const wanted = new Set(kept.records.map(({ imageId }) => imageId));
  const excluded = new Set(data.excluded);
  const { images, failures } = await prepareImages({
    dataset: { images: files },
    records: records.filter(({ imageId }) => wanted.has(imageId) || excluded.has(imageId)),
    fitting,
    ...context,
  });
  const lost = failures.filter(({ imageId }) => wanted.has(imageId));
  if (lost.length === 0) return images;
  images.close();
  throw dataError('unusable-images', `${lost.length} images of the run cannot be read any more.`, {
    details: lost.map(({ imageId, reason }) => `${imageId}: ${reason}`),
    hint: 'Fetch these files again: an evaluation without them would not be of the same split.',
  });
}

const dataPlaces = ({ data: { folder, folders } }: NetworkConfig, { data }: OpenRunDataOptions): readonly string[] =>
  data === undefined ? (folders ?? [folder]) : pathsOf(data);

async function reopen(config: NetworkConfig, options: OpenRunDataOptions): Promise<Dataset> {
  try {
    return await openRunSources(config, options.data);
  } catch (cause) {
    if (!(cause instanceof LesionlabError) || cause.code !== 'no-folder') throw cause;
    const { folders } = config.data;
    const gone = dataPlaces(config, options).filter((folder) => !existsSync(folder));
    throw dataError(
      'data-gone',
      `The data of this run is not at ${gone.map((at) => resolve(at)).join(', ')} any more.`,
      {
        hint: folders
          ? `The run joined ${folders.length} datasets: put them back, or say where they are now by --data <folder> once for each, in the order of the training, or by the folder that all of them lie in now.`
          : 'Put the data back, or say where it is now with --data <folder>.',
        cause,
      },
    );
  }
}
