import type { Sampling } from '../../data/augmentation/batches.js';
import { type Dataset, type ImageRecord, type SplitName, splitNames } from '../../data/dataset.js';
import { type ChannelStatistics, channelStatistics } from '../../data/preparation/normalisation.js';
import type { PreparedImages, Preprocessing } from '../../data/preparation/preprocessing.js';
import { usageError } from '../../errors.js';
import type { Fitting } from '../../image/fitImage.js';
import { type ResizeMethod, standardResize } from '../../image/resizeFilters.js';
import { findModel } from '../../models/index.js';
import type { Recipe, RunConfig } from './config.js';
import { weightsNormalisation } from './weightsNormalisation.js';

/** Records of a split as training needs them. */
export interface SplitImages {
  /** Index of each image among the prepared ones. */
  readonly indices: Int32Array;
  /** Class index of each. */
  readonly labels: Int32Array;
  /** Number of the lesion of each, alike for images of one lesion of the dataset. */
  readonly lesions: Int32Array;
}

/** @throws LesionlabError kind `usage` where the training split holds less than a batch, or another split nothing */
export function requireEnoughImages(splits: readonly SplitName[], { training }: Recipe): void {
  for (const name of splitNames) {
    const needed = name === 'train' ? training.batchSize : 1;
    const found = splits.filter((split) => split === name).length;
    if (found < needed)
      throw usageError('too-few-images', `The ${name} split has ${found} images; ${needed} are needed`, {
        hint: {
          terminal: 'Use more images (--limit), a smaller --batch-size or other --ratios.',
          page: 'Use more images, a smaller batch, or other shares of training, validation and test.',
        },
      });
  }
}

/** What each image is to a training: where it learns from validation images, too, these are training images. @param splits of each record */
export const learnedSplits = (
  { training }: Pick<Recipe, 'training'>,
  splits: readonly SplitName[],
): readonly SplitName[] =>
  training.trainOn === 'train' ? splits : splits.map((split) => (split === 'validation' ? 'train' : split));

/**
 * The images of each split; those of `train` are what the recipe learns from, validation images among them where it says so.
 * @param splits of each record of the dataset, in order @param prepared all of them
 */
export function splitImages(
  dataset: Pick<Dataset, 'records'>,
  splits: readonly SplitName[],
  prepared: Pick<PreparedImages, 'imageIds'>,
  recipe: Pick<Recipe, 'training'>,
): Record<SplitName, SplitImages> {
  const indexOf = new Map(prepared.imageIds.map((id, index) => [id, index]));
  const numbers = new Map<string, number>();
  for (const { lesionId } of dataset.records) if (!numbers.has(lesionId)) numbers.set(lesionId, numbers.size);
  const of = (name: SplitName, by = splits): SplitImages => {
    const records = dataset.records.filter((_, i) => by[i] === name);
    return {
      indices: Int32Array.from(records, ({ imageId }) => indexOf.get(imageId) as number),
      labels: Int32Array.from(records, ({ label }) => label),
      lesions: Int32Array.from(records, ({ lesionId }) => numbers.get(lesionId)!),
    };
  };
  return { train: of('train', learnedSplits(recipe, splits)), validation: of('validation'), test: of('test') };
}

/** The records of a split's images, in their order. */
export function recordsOf(
  { records }: Pick<Dataset, 'records'>,
  { imageIds }: Pick<PreparedImages, 'imageIds'>,
  { indices }: Pick<SplitImages, 'indices'>,
): ImageRecord[] {
  const byId = new Map(records.map((record) => [record.imageId, record]));
  return Array.from(indices, (index) => byId.get(imageIds[index])!);
}

/** How a recipe draws the images of an epoch; undefined where every one is shown once. */
export const samplingOf = (
  { training }: Pick<Recipe, 'training'>,
  { labels, lesions }: Pick<SplitImages, 'labels' | 'lesions'>,
): Sampling | undefined => (training.sampling === 'all' ? undefined : { sampler: training.sampling, labels, lesions });

/** Side of what the network sees in training, pixels; in validation and prediction it is the recipe's image size. */
export const trainingSide = ({
  imageSize,
  trainingImageSize,
}: Pick<Recipe, 'imageSize' | 'trainingImageSize'>): number => trainingImageSize || imageSize;

/**
 * How images become squares in a training: by the recipe's size and fit, and by the filter that the network knows from before. Where the fit is the network's,
 * as much is cut off as it knows.
 * @param own how the network was trained before, where that is known: what images are prepared by must be the same as what `resolvePreprocessing` stores
 */
export function resolveFitting(
  {
    imageSize,
    fit,
    border = 'kept',
    light = 'kept',
  }: Pick<Recipe, 'imageSize' | 'fit'> & Partial<Pick<Recipe, 'border' | 'light'>>,
  own: Fitting | null = null,
): Fitting & { readonly resize: ResizeMethod } {
  const { resize = standardResize } = own ?? {};
  const kept = { ...(border !== 'kept' && { border }), ...(light !== 'kept' && { light }) };
  if (own?.fit !== fit) return { imageSize, fit, resize, ...kept };
  const resizeTo = Math.floor((imageSize * (own.resizeTo ?? own.imageSize)) / own.imageSize);
  return {
    imageSize,
    fit,
    resize,
    ...(resizeTo !== imageSize && { resizeTo }),
    ...(own.padFill && { padFill: own.padFill }),
    ...kept,
  };
}

/** How a recipe's images become squares: see `resolveFitting`. */
export const recipeFitting = (recipe: Recipe): Fitting => resolveFitting(recipe, findModel(recipe.model).preprocessing);

/**
 * How images are made into numbers, by the statistics that the recipe asks for: the training split's, ImageNet's, or those in
 * the weights file.
 * @param weightsMetadata of the file that the training begins with; null where there is none
 * @param own how the network was trained before, where that is known: its filter, cut and channel order stay, and for `weights` its statistics. Its layout
 *   doesn't: a network that is trained here takes [N, 3, S, S]
 * @param counted statistics of the training split, where they are known already
 */
export function resolvePreprocessing(
  recipe: Recipe,
  prepared: PreparedImages,
  { indices }: SplitImages,
  weightsMetadata: Readonly<Record<string, string>> | null,
  own: Preprocessing | null = null,
  counted?: ChannelStatistics,
): RunConfig['preprocessing'] {
  const { normalisation } = recipe;
  const usual = findModel(recipe.model).defaultNormalisation;
  const { mean, std, statistics } =
    normalisation === 'train-split'
      ? { ...(counted ?? channelStatistics(prepared, indices)), statistics: normalisation }
      : own && normalisation === 'weights'
        ? own
        : weightsNormalisation(
            normalisation === 'weights' ? weightsMetadata : null,
            typeof usual === 'object' ? usual : undefined,
          );
  const { padFill, ...fitting } = resolveFitting(recipe, own);
  return {
    ...fitting,
    ...(padFill && { padFill: [...padFill] }),
    mean: [...mean],
    std: [...std],
    statistics,
    ...(own?.channelOrder === 'bgr' && { channelOrder: own.channelOrder }),
  };
}
