import { comparePredictions } from '../../evaluation/comparison/comparePredictions.js';
import type { EnsembleGain } from '../../evaluation/comparison/ensembleGain.js';
import { spreadOverSeeds } from '../../evaluation/comparison/seedSpread.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { bestMember, isEnsemble } from '../../training/recipe/ensembleConfig.js';
import type { StepContext } from '../machine/stepContext.js';
import { readPredictions } from '../run/readPredictions.js';
import { type RunFolder, runFolderPaths } from '../run/runFolder.js';
import { memberPath, type RunModel } from '../run/runModel.js';
import { readTestEvaluation } from '../run/testEvaluation.js';

/**
 * An ensemble's predictions of the test split beside those of its best member, as far as the member's folder has them; a note says what is
 * missing; and how its members did alone, where they are seeds of one training. A trained run has no members.
 * @param parts what each of the model's members predicts
 * @throws LesionlabError kind `run` where the member's files can't be used
 */
export async function gainOverMembers(
  { progress, seed }: Pick<StepContext, 'progress' | 'seed'>,
  folder: RunFolder,
  { config, members }: Pick<RunModel, 'config' | 'members'>,
  predictions: Predictions,
  parts: readonly Predictions[],
  resamples?: number,
): Promise<{ readonly ensemble?: EnsembleGain }> {
  if (!isEnsemble(config)) return {};
  const { run, checkpoint, sha256, validation } = bestMember(config);
  if (!validation) return {};
  const member = runFolderPaths(memberPath(folder, run));
  const evaluated = await readTestEvaluation(member, { name: checkpoint, epoch: null, sha256 });
  if (!evaluated)
    progress.note(
      `Not compared with ${member.path}, the best member on validation: first evaluate that on the test split with \`lesionlab evaluate ${member.path}${checkpoint === 'last' ? ' --checkpoint last' : ''}\`.`,
    );
  const comparison = evaluated
    ? comparePredictions(await readPredictions(member, 'test'), predictions, { seed, resamples })
    : null;
  const { balancedAccuracy: validationBalancedAccuracy } = validation;
  const all = members.map(({ checkpoint: { config: own } }) => own);
  const areSeeds = members.length === config.ensemble.members.length && differInSeed(all);
  const seeds = areSeeds
    ? spreadOverSeeds(
        parts,
        all.map((own) => own.seed),
        { seed, resamples },
      )
    : undefined;
  return { ensemble: { bestMember: { run, validationBalancedAccuracy }, comparison, ...(seeds && { seeds }) } };
}

/** Networks of one recipe that began alike but for the seed. */
function differInSeed(configs: readonly RunConfig[]): boolean {
  const rest = ({ recipe, model, preprocessing }: RunConfig) =>
    JSON.stringify([recipe, model.id, model.weightsSha256 ?? null, preprocessing]);
  return (
    configs.length > 1 &&
    new Set(configs.map(rest)).size === 1 &&
    new Set(configs.map(({ seed }) => seed)).size === configs.length
  );
}
