import type { Audit } from '../../data/audit/audit.js';
import type { Exploration } from '../../data/audit/exploration.js';
import { chooseSampleImages, exploreDataset } from '../../data/audit/exploreDataset.js';
import { requireSomeUsable } from '../../data/audit/requireUsable.js';
import type { Dataset } from '../../data/dataset.js';
import type { Raster } from '../../image/raster.js';
import type { ImagePassOptions } from '../dataset/imagePassOptions.js';
import { auditImages } from '../dataset/trainingData.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import { sampleFitting, writeExplorationReport } from '../pictures/explorationReport.js';

/** What is known of the images already. */
export interface ExploreStepOptions {
  /** An audit that looked at every image, where there is one; else each is decoded, unless the cache knows it. */
  readonly audit?: Audit;
  /** Pictures of sample images that are there already, by image id. */
  readonly pictures?: ReadonlyMap<string, Raster>;
}

/** The pictures that an exploration will most likely show: all but unusable images are known before one is decoded. */
export function likelyPictures(dataset: Dataset, seed: number): NonNullable<ImagePassOptions['pictures']> {
  const { records, images } = dataset;
  const unusable = records.filter(({ imageId }) => !images.has(imageId) || images.byteLength(imageId) === 0);
  const samples = chooseSampleImages(dataset, new Set(unusable.map(({ imageId }) => imageId)), seed);
  return { imageIds: new Set(samples.flatMap(({ imageIds }) => imageIds)), fitting: sampleFitting };
}

/** What is in a dataset, what is wrong with it, and what was written. */
export interface ExploreStepResult {
  readonly exploration: Exploration;
  readonly audit: Audit;
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Audits and counts a dataset, and writes exploration.json, the charts and exploration.html into a folder. Unusable images
 * are listed, not thrown, as long as there are others.
 * @throws LesionlabError kind `data` where no image can be used; kind `run` where the folder can't be written; kind `interrupted` once the signal is aborted
 */
export async function exploreStep(
  ctx: Pick<StepContext, 'progress' | 'signal' | 'seed' | 'threads'>,
  dataset: Dataset,
  outFolder: string,
  { audit: known, pictures: made }: ExploreStepOptions = {},
): Promise<ExploreStepResult> {
  const { audit, pictures } = known
    ? { audit: known, pictures: made }
    : await auditImages(ctx, dataset, likelyPictures(dataset, ctx.seed));
  requireSomeUsable(dataset, audit);
  const exploration = exploreDataset(dataset, { audit, seed: ctx.seed });
  const files = await writeExplorationReport({ exploration, dataset, outFolder, codec: sharpCodec, pictures });
  return { exploration, audit, files };
}
