import type { Recipe } from '../training/recipe/config.js';

type Choice = Pick<Recipe['training'], 'checkpointRule' | 'checkpointSmoothing'>;

const figures = {
  'balanced-accuracy': 'the highest balanced accuracy',
  'log-loss': 'the lowest log loss',
  'macro-auroc': 'the highest AUROC (mean of classes)',
} as const;

/** Which epoch's weights a training keeps as the best, after "the one with": `the highest balanced accuracy on the validation images (the earlier of equals)`; null where it is the last. */
export function describeKept({ checkpointRule, checkpointSmoothing }: Choice): string | null {
  if (checkpointRule === 'last') return null;
  const mean = checkpointSmoothing > 1 ? `, averaged with the ${checkpointSmoothing - 1} before it,` : '';
  return `${figures[checkpointRule]} on the validation images${mean} (the earlier of equals)`;
}
