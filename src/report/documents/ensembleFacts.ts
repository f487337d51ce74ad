import { describeGain, describeMember, describeWeighting, ensembleCommand, memberScores } from '../ensembleWords.js';
import { formatNumber, formatPercent } from '../format.js';
import { type EnsembleReportInput, modelName } from '../reportInput.js';
import { command, type DocumentSection, type Fact, facts, list, paragraph } from './document.js';

type Input = Pick<EnsembleReportInput, 'config' | 'evaluation' | 'splits'>;

/** Members of an ensemble in place of a training's settings. */
export function describeMembers({ config, evaluation }: Input): DocumentSection {
  const rows = config.ensemble.members.map(
    (member): Fact => [
      member.run,
      `${modelName(member.model)}, ${member.weight > 0 ? `weight ${formatNumber(member.weight)}` : 'not used'}; ${describeMember(
        member,
      )}; balanced accuracy on ${member.outOfFold ? 'its own fold' : 'validation'} ${formatPercent(memberScores(member)?.balancedAccuracy)}; SHA-256 of its checkpoint ${member.sha256}`,
    ],
  );
  const gain = describeGain({ evaluation });
  return {
    title: 'Members',
    blocks: [
      paragraph('Nothing was trained here: how each member was trained is in the model card of its own run.'),
      facts(rows),
      paragraph(describeWeighting(config)),
      ...(gain.length > 0 ? [list(gain)] : []),
    ],
  };
}

/** How an ensemble is made again. */
export const howToRepeatEnsemble = ({ config, splits }: Input): DocumentSection => ({
  title: 'How to do it again',
  blocks: [
    paragraph('Train the members again, as their own model cards say. Then, beside them:'),
    command(ensembleCommand(config)),
    ...(splits ? [paragraph(`All of them have the split whose SHA-256 is ${splits.sha256}.`)] : []),
  ],
});
