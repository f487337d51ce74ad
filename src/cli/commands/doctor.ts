import type { Command } from 'commander';
import { examineMachine, formatFindings } from '../../node/machine/doctor.js';
import { act } from '../commandContext.js';

export function register(program: Command): void {
  program
    .command('doctor')
    .helpGroup('Machine:')
    .description('Say what this machine has for lesionlab, what works, and what to do about the rest.')
    .addHelpText('after', '\nExamples:\n  $ lesionlab doctor\n  $ lesionlab doctor --json > machine.json')
    .action(
      act(async (context) => {
        const report = await examineMachine({ threads: context.threads });
        return { json: report, text: formatFindings(report) };
      }),
    );
}
