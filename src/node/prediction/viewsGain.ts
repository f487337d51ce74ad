import type { ImageRecord } from '../../data/dataset.js';
import { comparePredictions } from '../../evaluation/comparison/comparePredictions.js';
import type { ViewsGain } from '../../evaluation/comparison/viewsGain.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { isEnsemble } from '../../training/recipe/ensembleConfig.js';
import type { SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunModel } from '../run/runModel.js';
import { predictRecords } from './predictRecords.js';

/**
 * A network's predictions by the mean over several views beside its own by one look at each image. Nothing for ensembles, whose gain is
 * over a member, and for runs that look once.
 * @param predictions of the records, by the model
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function gainOfViews(
  context: StepContext,
  { config, members }: Pick<RunModel, 'config' | 'members'>,
  data: SizedImages,
  records: readonly ImageRecord[],
  predictions: Predictions,
  resamples?: number,
): Promise<{ readonly testTimeAugmentation?: ViewsGain }> {
  const [{ checkpoint }] = members;
  const { recipe } = checkpoint.config;
  const views = recipe.evaluation.testTimeAugmentation;
  if (isEnsemble(config) || views === 'none') return {};
  const lookingOnce = { ...recipe, evaluation: { ...recipe.evaluation, testTimeAugmentation: 'none' as const } };
  const member = {
    ...members[0],
    checkpoint: { ...checkpoint, config: { ...checkpoint.config, recipe: lookingOnce } },
  };
  const once = await predictRecords(context, { members: [member] }, data, records, 'Looking once at each image');
  const { seed } = context;
  return { testTimeAugmentation: { views, comparison: comparePredictions(once, predictions, { seed, resamples }) } };
}
