import type { Command } from 'commander';
import { examineMachine, formatFindings } from '../../node/machine/doctor.js';
import { act } from '../commandContext.js';

export function register(command: Command): void {
  command.addHelpText('after', '\nExamples:\n  $ lesionlab doctor\n  $ lesionlab doctor --json > machine.json').action(
    act(async (context) => {
      const report = await examineMachine({ threads: context.threads });
      return { json: report, text: formatFindings(report) };
    }),
  );
}
