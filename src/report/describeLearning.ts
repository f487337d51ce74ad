import type { RunConfig } from '../training/recipe/config.js';
import { formatCount, formatCountOf, formatList, formatPercent } from './format.js';

/** What a training did besides following the gradient of its loss, a phrase each, after "it"; empty for a plain one. */
export function describeLearning({
  recipe: { training },
  teacher,
  metadata,
}: Pick<RunConfig, 'recipe' | 'teacher' | 'metadata'>): string[] {
  const { layerDecay, dropPath, averagedTail, weightAveraging, recomputedBatchNorm, trainOn } = training;
  return [
    ...(metadata
      ? [
          `was told ${formatList(metadata.columns.map(({ name }) => name))} of an image, too; of each, ${formatPercent(training.metadataDropout)} were left out at random, so that it answers without them`,
        ]
      : []),
    ...(trainOn === 'train'
      ? []
      : [
          'learned from training and validation images together, with a recipe that had been settled: no choice was made on validation images, whose figures while training flatter it',
        ]),
    ...(layerDecay < 1 ? [`moved each stage by ${layerDecay} of the learning rate of the one after it`] : []),
    ...(dropPath > 0
      ? [`left residual blocks out at random (stochastic depth, rising to ${formatPercent(dropPath)})`]
      : []),
    ...(weightAveraging > 0 ? [`averaged its weights exponentially (decay ${weightAveraging} a step)`] : []),
    ...(averagedTail > 0
      ? [`averaged its weights over the last ${formatPercent(averagedTail)} of the steps, all alike`]
      : []),
    ...(recomputedBatchNorm > 0
      ? [
          `computed the statistics of batch norms anew from ${formatCountOf(recomputedBatchNorm, 'batch', 'batches')} for the weights that were evaluated`,
        ]
      : []),
    ...(teacher
      ? [
          `took ${formatPercent(training.distillation)} of its loss from the answers of ${teacher.model}${teacher.networks > 1 ? ` of ${teacher.networks} networks` : ''} (temperature ${training.distillationTemperature}), which had itself learned from ${formatCount(teacher.learnedFrom)} of the ${formatCount(teacher.images)} training images and from none that this network was chosen or tested on`,
        ]
      : []),
  ];
}
