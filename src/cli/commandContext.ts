import type { Command } from 'commander';
import { availableThreads } from '../node/availableThreads.js';
import type { StepContext } from '../node/stepContext.js';
import { terminalProgress } from '../node/terminalProgress.js';
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
}

/** What a command hands back: one JSON object for `--json`, text for people otherwise. */
export interface CommandResult {
  readonly json: unknown;
  /** Printed to stdout without `--json`; nothing is printed where it is missing. */
  readonly text?: string;
  readonly exitStatus?: number;
}

/** Makes a step's context from the global options. `auto` is the CPU: a GPU is used where it is asked for. */
export function commandContext(
  options: GlobalOptions,
  session: Pick<Session, 'stderr' | 'signal'>,
  given: (option: string) => boolean = () => false,
): CommandContext {
  const quiet = options.quiet ?? false;
  return {
    progress: terminalProgress(session.stderr, { quiet }),
    signal: session.signal,
    seed: options.seed,
    threads: options.threads ?? availableThreads(),
    device: options.device === 'webgpu' ? 'webgpu' : 'cpu',
    json: options.json ?? false,
    quiet,
    given,
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
    if (context.json) session.stdout.write(`${JSON.stringify(result.json)}\n`);
    else if (result.text) session.stdout.write(result.text.endsWith('\n') ? result.text : `${result.text}\n`);
    session.exitStatus = result.exitStatus ?? 0;
  };
}
