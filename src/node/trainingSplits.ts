import { classWeights, countClasses } from '../data/classWeights.js';
import { type Dataset, type SplitName, splitNames } from '../data/dataset.js';
import { channelStatistics } from '../data/normalisation.js';
import { usageError } from '../errors.js';
import type { Recipe, RunConfig } from '../training/config.js';
import type { PreparedFile } from './preparedFile.js';
import type { SplitImages } from './trainJob.js';
import { weightsNormalisation } from './weightsNormalisation.js';

/** @throws LesionlabError kind `usage` where the training split holds less than a batch, or another split nothing */
export function requireEnoughImages(splits: readonly SplitName[], { training }: Recipe): void {
  for (const name of splitNames) {
    const needed = name === 'train' ? training.batchSize : 1;
    const found = splits.filter((split) => split === name).length;
    if (found < needed)
      throw usageError('too-few-images', `The ${name} split has ${found} images; ${needed} are needed`, {
        hint: 'Use more images (--limit), a smaller --batch-size or other --ratios.',
      });
  }
}

/** The images of each split. @param splits of each record of the dataset, in order @param prepared all of them */
export function splitImages(
  dataset: Dataset,
  splits: readonly SplitName[],
  prepared: PreparedFile,
): Record<SplitName, SplitImages> {
  const indexOf = new Map(prepared.imageIds.map((id, index) => [id, index]));
  const of = (name: SplitName): SplitImages => {
    const records = dataset.records.filter((_, i) => splits[i] === name);
    return {
      indices: Int32Array.from(records, ({ imageId }) => indexOf.get(imageId) as number),
      labels: Int32Array.from(records, ({ label }) => label),
    };
  };
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

/** Loss weights in class order, by the training split's counts. */
export function resolveClassWeights(recipe: Recipe, { labels }: SplitImages, classCount: number): number[] {
  const counts = countClasses(
    Array.from(labels, (label) => ({ label })),
    classCount,
  );
  return classWeights(counts, recipe.training.classWeights);
}

/**
 * How images are made into numbers, by the statistics that the recipe asks for: the training split's, ImageNet's, or those in
 * the weights file.
 */
export async function resolvePreprocessing(
  { normalisation, imageSize, fit }: Recipe,
  prepared: PreparedFile,
  { indices }: SplitImages,
  weightsFile: string | null,
): Promise<RunConfig['preprocessing']> {
  const { mean, std, statistics } =
    normalisation === 'train-split'
      ? { ...channelStatistics(prepared, indices), statistics: normalisation }
      : await weightsNormalisation(normalisation === 'weights' ? weightsFile : null);
  return { imageSize, fit, resize: 'bilinear-antialiased', mean: [...mean], std: [...std], statistics };
}
