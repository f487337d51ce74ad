import type { Recipe } from '../training/recipe/config.js';

type Choice = Pick<Recipe['training'], 'checkpointRule' | 'checkpointSmoothing'>;

const figures = {
  'balanced-accuracy': ['highest', 'balanced accuracy'],
  'log-loss': ['lowest', 'log loss'],
  'macro-auroc': ['highest', 'AUROC (mean of classes)'],
} as const;

/** Which epoch's weights a training keeps as the best, after "the one with": `the highest balanced accuracy on the validation images (the earlier of equals)`; null where it is the last. */
export function describeKept({ checkpointRule, checkpointSmoothing }: Choice): string | null {
  if (checkpointRule === 'last') return null;
  const mean = checkpointSmoothing > 1 ? `, averaged with the ${checkpointSmoothing - 1} before it,` : '';
  return `the ${figures[checkpointRule].join(' ')} on the validation images${mean} (the earlier of equals)`;
}

/** Why early stopping ended a training, a sentence. */
export function describeEarlyStop(
  { epoch, bestEpoch }: { readonly epoch: number; readonly bestEpoch: number },
  { epochs, checkpointRule, checkpointSmoothing }: Choice & Pick<Recipe['training'], 'epochs'>,
): string {
  const figure = checkpointRule === 'last' ? 'figure' : figures[checkpointRule][1];
  const mean = checkpointSmoothing > 1 ? `, averaged over ${checkpointSmoothing} epochs` : '';
  return `Early stopping: training ended after epoch ${epoch} of ${epochs}, since no epoch after ${bestEpoch} had a better ${figure} on validation${mean}.`;
}
