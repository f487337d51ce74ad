import { comparePredictions, type EnsembleGain, type Predictions } from '../../evaluation/index.js';
import { bestMember, isEnsemble } from '../../training/recipe/ensembleConfig.js';
import type { StepContext } from '../machine/stepContext.js';
import { readPredictions } from '../run/readPredictions.js';
import { type RunFolder, runFolderPaths } from '../run/runFolder.js';
import { memberPath, type RunModel } from '../run/runModel.js';
import { readTestEvaluation } from '../run/testEvaluation.js';

/**
 * An ensemble's predictions of the test split beside those of its best member, as far as the member's folder has them; a note says what is
 * missing. A trained run has no members.
 * @throws LesionlabError kind `run` where the member's files can't be used
 */
export async function gainOverMembers(
  { progress, seed }: Pick<StepContext, 'progress' | 'seed'>,
  folder: RunFolder,
  { config }: Pick<RunModel, 'config'>,
  predictions: Predictions,
  resamples?: number,
): Promise<{ readonly ensemble?: EnsembleGain }> {
  if (!isEnsemble(config)) return {};
  const { run, checkpoint, sha256, validation } = bestMember(config);
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
  return { ensemble: { bestMember: { run, validationBalancedAccuracy }, comparison } };
}
