import type { Command } from 'commander';
import { availableThreads } from '../node/machine/availableThreads.js';
import type { StepContext } from '../node/machine/stepContext.js';
import { terminalProgress } from '../node/machine/terminalProgress.js';
import { type Session, sessionOf } from './session.js';

/** Options that every command takes; see `addGlobalOptions`. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly seed: number;
  readonly threads?: number;
  readonly device: 'auto' | 'cpu' | 'webgpu';
}

/** What a command gets besides its arguments: all that a step needs, and how to talk to the person. */
export interface CommandContext extends StepContext {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether the option stood on the command line (rather than being a default), by its camelCase name. */
  given(option: string): boolean;
  /** Prints a result before the command ends. */
  print(result: CommandResult): void;
  /** What the first Ctrl-C says. Default: that what is done is being saved. */
  setInterruptionNotice(notice: string): void;
}

/** What a command hands back: one JSON object for `--json`, text for people otherwise. */
export interface CommandResult {
  /** Nothing is printed where it is undefined. */
  readonly json: unknown;
  /** Printed to stdout without `--json`; nothing is printed where it is missing. */
  readonly text?: string;
  readonly exitStatus?: number;
}

/** Makes a step's context from the global options. `auto` is the CPU: a GPU is used where it is asked for. */
export function commandContext(
  options: GlobalOptions,
  session: Pick<Session, 'stdout' | 'stderr' | 'signal' | 'interruption'>,
  given: (option: string) => boolean = () => false,
): CommandContext {
  const quiet = options.quiet ?? false;
  const asJson = options.json ?? false;
  return {
    progress: terminalProgress(session.stderr, { quiet }),
    signal: session.signal,
    seed: options.seed,
    threads: options.threads ?? availableThreads(),
    device: options.device === 'webgpu' ? 'webgpu' : 'cpu',
    json: asJson,
    quiet,
    given,
    print({ json, text }) {
      if (asJson) {
        if (json !== undefined) session.stdout.write(`${JSON.stringify(json)}\n`);
      } else if (text) session.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    setInterruptionNotice(notice) {
      if (session.interruption) session.interruption.notice = notice;
    },
  };
}

/**
 * Turns a command's function into commander's action: it gets the context, the positional arguments in order and the
 * command's options, and its result is printed as `--json` asks.
 */
export function act<Arguments extends unknown[]>(
  run: (context: CommandContext, ...argumentsAndOptions: Arguments) => Promise<CommandResult>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const command = all.at(-1) as Command;
    const session = sessionOf(command);
    const options = command.optsWithGlobals() as GlobalOptions;
    const given = (name: string) => command.getOptionValueSourceWithGlobals(name) === 'cli';
    const context = commandContext(options, session, given);
    // Commander passes the arguments, then the options, then the command.
    const argumentsAndOptions = [...all.slice(0, -2), options] as Arguments;
    const result = await run(context, ...argumentsAndOptions);
    context.print(result);
    session.exitStatus = result.exitStatus ?? 0;
  };
}
