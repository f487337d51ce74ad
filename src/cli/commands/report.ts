import type { Command } from 'commander';
import { formatBytes } from '../../node/machine/formatQuantity.js';
import { type ReportStepOptions, reportStep } from '../../node/steps/report.js';
import { act } from '../commandContext.js';
import { movedDataOption } from '../dataOptions.js';

export function register(command: Command): void {
  command
    .argument('<run>', 'run folder')
    .addOption(movedDataOption())
    .option(
      '--leak <folder>',
      'what `lesionlab leak` wrote for the same data; default: the folder leak in the run folder, or beside it',
    )
    .addHelpText(
      'after',
      `
A part whose step has not been run yet is named in the report, with the command that makes it.

Examples:
  $ lesionlab report runs/first
  $ lesionlab report runs/first --leak runs/leak`,
    )
    .action(
      act(async (context, run: string, { data, leak }: ReportStepOptions) => {
        const { path, bytes, modelCard, clearDerm } = await reportStep(context, run, { data, leak });
        return {
          json: { report: path, bytes, modelCard, clearDerm },
          text: `Open ${path} (${formatBytes(bytes)}) in a browser.`,
        };
      }),
    );
}
