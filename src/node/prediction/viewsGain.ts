import { comparePredictions } from '../../evaluation/comparison/comparePredictions.js';
import type { ViewsGain } from '../../evaluation/comparison/viewsGain.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { isEnsemble } from '../../training/recipe/ensembleConfig.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunModel } from '../run/runModel.js';

/**
 * A network's predictions by the mean over several views beside its own by one look at each image. Nothing for ensembles, whose gain is
 * over a member, and for runs that look once.
 * @param predictions of some images, by the model @param once [N * K], its probabilities by one look at each of them
 */
export function gainOfViews(
  { seed }: Pick<StepContext, 'seed'>,
  { config, members }: Pick<RunModel, 'config' | 'members'>,
  predictions: Predictions,
  once: Float32Array,
  resamples?: number,
): { readonly testTimeAugmentation?: ViewsGain } {
  const views = members[0].checkpoint.config.recipe.evaluation.testTimeAugmentation;
  if (isEnsemble(config) || views === 'none') return {};
  const lookingOnce = { ...predictions, probabilities: once };
  return {
    testTimeAugmentation: { views, comparison: comparePredictions(lookingOnce, predictions, { seed, resamples }) },
  };
}
