import { describeDifference } from './describeDifference.js';
import { describeFitting } from './describeFitting.js';
import { testViews } from './describeVariation.js';
import { shellWord } from './documents/repeatCommand.js';
import { formatCountOf, formatList, formatNumber, formatPercent } from './format.js';
import { fileName } from './html.js';
import { type EnsembleReportInput, modelName } from './reportInput.js';

type Config = EnsembleReportInput['config'];
type Member = Config['ensemble']['members'][number];

/** `ResNet-18 (../a, weight 0.600)`, for each member. */
export const listMembers = ({ ensemble: { members } }: Pick<Config, 'ensemble'>): string[] =>
  members.map(
    ({ run, model, weight }) =>
      `${modelName(model)} (${run}, ${weight > 0 ? `weight ${formatNumber(weight)}` : 'not used'})`,
  );

/** What a member does with an image. */
export const describeMember = ({ preprocessing: p, testTimeAugmentation, seed, checkpoint }: Member): string =>
  `${p.imageSize} × ${p.imageSize} pixels, ${describeFitting(p)}; ${
    testViews[testTimeAugmentation]
  }; seed ${seed}; ${checkpoint} checkpoint`;

/** What is known of how a member does alone. */
export const memberScores = ({
  validation,
  outOfFold,
}: Member): { balancedAccuracy: number; loss: number } | undefined => validation ?? outOfFold;

/** How the weights came about, a sentence. */
export function describeWeighting({ ensemble: { method, weighting, validation } }: Pick<Config, 'ensemble'>): string {
  if (!validation)
    return `Weights: ${method}. No image is left that none of them learned from, to weight or calibrate them by.`;
  const on = `on ${formatCountOf(validation.images, 'validation image')} of ${formatCountOf(validation.lesions, 'lesion')}`;
  const { equal, weighted } = validation;
  const plain = `the plain mean of all members has a balanced accuracy of ${formatPercent(equal.balancedAccuracy)} ${on}`;
  return weighting === 'equal'
    ? `Weights: ${method}; ${plain}.`
    : `Weights: ${method}. They were chosen ${on}: there ${formatPercent(weighted.balancedAccuracy)} balanced accuracy, against ${formatPercent(
        equal.balancedAccuracy,
      )} of the plain mean; the choice flatters the first number.`;
}

/** The command that makes an ensemble again, its words quoted for a POSIX shell. */
export function ensembleCommand({ ensemble: { members, weighting, folds } }: Pick<Config, 'ensemble'>): string {
  const words = ['lesionlab', 'ensemble', ...members.map(({ run }) => run), '--run', 'runs/again'];
  if (folds) words.push('--for-new-data');
  if (weighting !== 'equal') words.push('--weighting', weighting);
  if (members.some(({ checkpoint }) => checkpoint === 'last')) words.push('--checkpoint', 'last');
  return words.map(shellWord).join(' ');
}

/** What an ensemble adds to its best member on the test split, plain sentences; empty where that was not compared. */
export function describeGain({ evaluation }: Pick<EnsembleReportInput, 'evaluation'>): readonly string[] {
  const gain = evaluation?.ensemble;
  if (!gain?.comparison) return [];
  const member = `that of ${fileName(gain.bestMember.run)}, the member that did best on the validation images`;
  return describeDifference(gain.comparison, 'On the test images its balanced accuracy', member);
}

/** Networks that have a share in the answer, in words. */
export function countNetworks({ ensemble: { members } }: Pick<Config, 'ensemble'>): string {
  const used = members.filter(({ weight }) => weight > 0);
  const names = [...new Set(used.map(({ model }) => modelName(model)))];
  return `${formatCountOf(used.length, 'network')} (${formatList(names)})`;
}
