import type { Audit } from '../../data/audit/audit.js';
import { auditDataset } from '../../data/audit/auditDataset.js';
import { linksOf, requireUsable, unusableImages } from '../../data/audit/requireUsable.js';
import type { ClassInfo, DataOptions, Dataset, LinkedImages } from '../../data/dataset.js';
import { limitDataset } from '../../data/groups/limitDataset.js';
import type { Fitting } from '../../image/fitImage.js';
import type { Raster } from '../../image/raster.js';
import type { StepContext } from '../machine/stepContext.js';
import { type ImagePass, passImages } from './imagePass.js';
import { type CountedImages, type ImagePassOptions, thumbnailFitting } from './imagePassOptions.js';
import { failuresOf, sizesOf } from './imageTable.js';
import { type DataPaths, openDatasets } from './openDatasets.js';
import type { PreparedFile } from './preparedFile.js';

export interface OpenUsableOptions {
  /** Folder with metadata and images, or several. */
  readonly data: DataPaths;
  /** Images of a stratified subset; all where null. */
  readonly limit: number | null;
  readonly excludeUnusable: boolean;
  /** Which of its images are meant. */
  readonly dataOptions?: DataOptions;
}

/** A dataset whose images are decoded and resized. */
export interface PreparedData {
  /** Without unusable images. */
  readonly dataset: Dataset;
  /** What was found of all images of the dataset as opened. */
  readonly audit: Audit;
  /** Ids of the images that were left out. */
  readonly excluded: readonly string[];
  /** What a split keeps together beside patients and lesions. */
  readonly links: readonly LinkedImages[];
  /** All images of the dataset as opened, by image id. */
  readonly prepared: PreparedFile;
  /** Of those pictures that were asked for, the ones whose images were decoded. */
  readonly pictures: ReadonlyMap<string, Raster>;
  /** What was counted of those that were decoded. */
  readonly counted?: CountedImages;
  /** All of them in small, where that was asked for. */
  readonly thumbnails?: PreparedFile;
  /** Closes what is open of these. */
  close(): void;
}

/** Opens a folder as a dataset, or a subset of it. @param classes of a run that goes on; default: what the data implies */
export async function openLimited(
  { data, limit, dataOptions }: Pick<OpenUsableOptions, 'data' | 'limit' | 'dataOptions'>,
  seed: number,
  classes?: readonly ClassInfo[],
): Promise<Dataset> {
  const dataset = await openDatasets(data, { ...dataOptions, classes });
  return limit === null ? dataset : limitDataset(dataset, limit, seed);
}

/**
 * Reads all images of a dataset in one pass (later runs find them in the cache): decodes and resizes them, and takes out the unusable ones.
 * @param options `thumbnails`: also makes small pictures of them, `thumbnailFitting`; `pictures`: of some, larger ones
 * @throws LesionlabError kind `data` where images are unusable and aren't to be excluded
 */
export async function prepareData(
  ctx: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  dataset: Dataset,
  fitting: Fitting,
  options: { readonly excludeUnusable: boolean; readonly thumbnails?: boolean } & Pick<
    ImagePassOptions,
    'pictures' | 'counted' | 'turnstile'
  >,
): Promise<PreparedData> {
  const fittings = options.thumbnails ? [fitting, thumbnailFitting] : [fitting];
  const { pictures, counted, turnstile } = options;
  const pass = await passImages({
    ...passOptions(ctx),
    ...{ dataset, records: dataset.records, fittings, pictures, counted, turnstile },
  });
  try {
    const audit = await auditPass(ctx, dataset, pass);
    const usable = requireUsable(dataset, audit, options);
    const [prepared, thumbnails] = pass.prepared;
    return {
      dataset: usable,
      audit,
      excluded: unusableImages(audit),
      links: linksOf(dataset, audit),
      prepared,
      pictures: pass.pictures,
      counted: pass.counted,
      thumbnails,
      close: pass.close,
    };
  } catch (error) {
    pass.close();
    throw error;
  }
}

/**
 * Looks at every image of a dataset, which is decoded where the cache doesn't know it yet.
 * @throws LesionlabError kind `run` where the cache folder can't be written; kind `interrupted`
 */
export async function auditImages(
  ctx: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  dataset: Dataset,
  pictures?: ImagePassOptions['pictures'],
): Promise<Pick<PreparedData, 'audit' | 'pictures'>> {
  const pass = await passImages({ ...passOptions(ctx), dataset, records: dataset.records, fittings: [], pictures });
  return { audit: await auditPass(ctx, dataset, pass), pictures: pass.pictures };
}

const passOptions = ({ progress, signal, threads }: Pick<StepContext, 'progress' | 'signal' | 'threads'>) => ({
  progress,
  signal,
  threads,
});

const auditPass = (
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
  dataset: Dataset,
  { table }: Pick<ImagePass, 'table'>,
): Promise<Audit> =>
  auditDataset(dataset, {
    decode: false,
    decoded: { failures: failuresOf(table), imageSizes: sizesOf(table) },
    progress,
    signal,
  });
