import { Command } from 'commander';
import { packageInfo } from '../node/machine/packageInfo.js';
import { registerCommands } from './commands/index.js';
import { addGlobalOptions } from './globalOptions.js';
import { bindSession, type Session } from './session.js';

const about = `From dermatoscopic images and their metadata to a trained classifier, an honest
evaluation, explanations and a report. Nothing leaves this machine.`;

const notADevice = `lesionlab is for research and education. It is not a medical device: nothing it
prints is a diagnosis, and nobody's treatment may rest on it.`;

const examples = `Examples:
  $ lesionlab demo                                the whole pipeline on synthetic images
  $ lesionlab doctor                              what this machine can do
  $ lesionlab explore HAM10000 --out exploration  look at the data first
  $ lesionlab run HAM10000 --run runs/first       everything, into one run folder

Exit status: 0 done, 2 wrong usage, 3 unusable data, 4 unusable run folder or model,
130 interrupted (after saving), 1 a bug.`;

/** Makes commander's program with every command, bound to a session. It throws CommanderError instead of exiting. */
export function createProgram(session: Session): Command {
  const program = new Command('lesionlab')
    .description(about)
    .version(packageInfo.version, '--version', 'print the version')
    .helpOption('--help', 'show help')
    .usage('<command> [options]')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.stdout.write(text),
      writeErr: (text) => session.stderr.write(text),
      // Errors are printed in one place, printError.ts.
      outputError: () => {},
      getOutHelpWidth: () => session.stdout.columns ?? 100,
      getErrHelpWidth: () => session.stderr.columns ?? 100,
    })
    .configureHelp({ showGlobalOptions: true });
  addGlobalOptions(program);
  bindSession(program, session);
  registerCommands(program);
  program.helpCommand(false);
  program.addHelpText('after', `\n${examples}\n`);
  program.addHelpText('afterAll', `\n${notADevice}`);
  return program;
}
