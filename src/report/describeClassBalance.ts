import type { Recipe } from '../training/recipe/config.js';

const weights: Readonly<Record<Recipe['training']['classWeights'], string>> = {
  'median-frequency': 'median-frequency balancing',
  'square-root': 'the square root of median-frequency balancing, a milder correction',
  inverse: 'the inverse of their counts',
  'effective-number': 'the inverse of their effective number of images',
  none: '',
};

/** What a training did for rare classes, a phrase each; empty where all images counted alike and each was seen once an epoch. */
export function describeClassBalance({
  classWeights,
  deferredWeights,
  logitAdjustment,
  focalLoss,
  sampling,
}: Recipe['training']): string[] {
  return [
    ...(classWeights === 'none'
      ? []
      : [
          `images of rare diagnoses counted more in the loss, by ${weights[classWeights]} of the training images${
            deferredWeights > 0 ? `, after the first ${Math.round(100 * deferredWeights)}% of the steps` : ''
          }`,
        ]),
    ...(logitAdjustment > 0
      ? [
          `the loss had ${logitAdjustment === 1 ? '' : `${logitAdjustment} times `}the logarithm of each diagnosis’s frequency added to the logits (balanced softmax, logit adjustment)`,
        ]
      : []),
    ...(focalLoss > 0 ? [`images that were nearly right counted less (focal loss, focusing ${focalLoss})`] : []),
    ...(sampling === 'class-balanced' ? ['every diagnosis was shown equally often'] : []),
    ...(sampling === 'square-root' ? ['diagnoses were shown by the square root of their counts'] : []),
    ...(sampling === 'lesion-first' ? ['one image of each lesion was shown an epoch, another one each time'] : []),
  ];
}
