import type { Command } from 'commander';
import { checkSealedStep, type SealCheck, sealPaths, sealStep } from '../../node/steps/seal.js';
import { act } from '../commandContext.js';
import { describeAnalysis, describeOpenedBefore } from '../describeAnalysis.js';
import { wrapWords } from '../wrapWords.js';

export function register(command: Command): void {
  command
    .argument('<plan>', 'plan of an analysis (.yaml)')
    .option('--check', 'check the record of a plan that was opened: hashes, and every number again')
    .addHelpText(
      'after',
      `
Writes <plan>.seal.json with the SHA-256 of the plan and of all that it names. \`evaluate <plan>
--sealed\` then opens the truth, once; a plan that was changed is refused. docs/judge.md has a plan.

Examples:
  $ lesionlab seal analysis.yaml
  $ lesionlab evaluate analysis.yaml --sealed
  $ lesionlab seal analysis.yaml --check`,
    )
    .action(
      act(async (context, plan: string, { check = false }: { readonly check?: boolean }) => {
        if (check) {
          const found = await checkSealedStep(context, plan);
          return { json: found, text: describeCheck(found), exitStatus: found.differences.length > 0 ? 4 : 0 };
        }
        const { seal, file, openedBefore } = await sealStep(plan);
        const words = wrapWords(
          `Sealed ${seal.plan.file} with ${seal.inputs.map(({ role }) => role).join(', ')} in ${file}, as ${seal.sha256}. Give that number to somebody now, to show later that nothing was changed.`,
          80,
        );
        const text = [...describeOpenedBefore(openedBefore), words].join('\n');
        return { json: { ...seal, file, log: sealPaths(plan).log, openedBefore }, text };
      }),
    );
}

function describeCheck({ record, timesOpened, differences }: SealCheck): string {
  const words =
    differences.length === 0
      ? 'Plan, predictions, truth and record are what was sealed and written, and every number comes out again.'
      : `Numbers do not come out again:\n${differences.join('\n')}`;
  return [
    describeAnalysis(record.result),
    '',
    words,
    ...describeOpenedBefore(record.openedBefore ?? []),
    `Sealed ${record.seal.sealed}; opened ${timesOpened === 1 ? 'once' : `${timesOpened} times`}, the record is of ${record.opened}.`,
  ].join('\n');
}
