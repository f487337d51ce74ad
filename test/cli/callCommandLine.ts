import { executeCommandLine } from '../../src/cli/main.js';

export interface CommandLineCall {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON object that `--json` promises. */
  json<T = Record<string, unknown>>(): T;
}

/** Calls the command line inside this process and collects what it prints. */
export async function callCommandLine(
  arguments_: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<CommandLineCall> {
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const status = await executeCommandLine(['node', 'lesionlab', ...arguments_], {
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    signal,
  });
  return { status, ...written, json: () => JSON.parse(written.stdout) };
}
