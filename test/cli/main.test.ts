import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { act } from '../../src/cli/commandContext.js';
import { loadCommand } from '../../src/cli/commands/index.js';
import { createProgram } from '../../src/cli/createProgram.js';
import { addGlobalOptions } from '../../src/cli/globalOptions.js';
import { printError } from '../../src/cli/printError.js';
import { bindSession, type Session } from '../../src/cli/session.js';
import { dataError, interruptedError, runError, usageError } from '../../src/errors.js';
import { availableThreads } from '../../src/node/machine/availableThreads.js';
import { callCommandLine } from './callCommandLine.js';

const session = (): Session & { text: { stdout: string; stderr: string } } => {
  const text = { stdout: '', stderr: '' };
  return {
    text,
    stdout: { write: (part) => (text.stdout += part) },
    stderr: { write: (part) => (text.stderr += part) },
    signal: new AbortController().signal,
    exitStatus: 0,
  };
};

describe('the command line', () => {
  it('prints help and the version on stdout with status 0', async () => {
    const help = await callCommandLine(['--help']);
    expect(help.status).toBe(0);
    expect(help.stderr).toBe('');
    for (const part of [
      'Usage: lesionlab',
      '--json',
      '--seed',
      '--threads',
      '--device',
      'not a medical device',
      'Exit status',
    ])
      expect(help.stdout).toContain(part);
    const version = await callCommandLine(['--version']);
    expect(version).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('gives every command help with its options, the global ones, examples and the note', async () => {
    const names = createProgram(session()).commands.map((command) => command.name());
    expect(names).toEqual(expect.arrayContaining(['demo', 'explore', 'organize', 'split', 'doctor']));
    for (const name of names) {
      const help = await callCommandLine([name, '--help']);
      expect(help.status, name).toBe(0);
      for (const part of [`Usage: lesionlab ${name}`, 'Global Options', '--json', 'Examples:', 'not a medical device'])
        expect(help.stdout, name).toContain(part);
    }
  });

  it('lists each command with the arguments that it takes', async () => {
    const program = createProgram(session());
    const { stdout } = await callCommandLine(['--help']);
    for (const command of program.commands) {
      await loadCommand(command);
      const taken = command.createHelp().subcommandTerm(command).replace('[options] ', '').replace(' [options]', '');
      expect(
        stdout.split('\n').filter((line) => line.trim().split(/ {2,}/, 1)[0] === taken),
        taken,
      ).toHaveLength(1);
    }
  });

  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['explor', 'x'], 'explore'],
    [['doctor', '--frobnicate'], "unknown option '--frobnicate'"],
    [['explore'], "missing required argument 'data'"],
    [['inspect', 'a', 'b'], 'too many arguments'],
    [['doctor', '--seed', 'many'], 'whole number'],
    [['doctor', '--threads', '0'], '1 or more'],
    [['doctor', '--device', 'tpu'], 'Allowed choices are auto, cpu, webgpu'],
    [['split', 'x', '--ratios', '1/2'], 'three numbers'],
    [['organize', 'x'], '--out <folder>'],
  ])('ends %j with status 2', async (arguments_, message) => {
    const text = await callCommandLine(arguments_);
    expect(text.status).toBe(2);
    expect(text.stdout).toBe('');
    expect(text.stderr).toContain(message);
    expect(text.stderr).toContain('--help');
    const json = await callCommandLine([...arguments_, '--json']);
    expect(json.status).toBe(2);
    expect(json.json()).toMatchObject({
      error: { code: expect.any(String), message: expect.any(String), details: [] },
    });
  });

  it('shows help on stderr and ends with status 2 where no command is given', async () => {
    const call = await callCommandLine([]);
    expect(call).toMatchObject({ status: 2, stdout: '' });
    expect(call.stderr).toContain('Usage: lesionlab');
  });

  it('says so in words where only options are given', async () => {
    const call = await callCommandLine(['--json']);
    expect(call.status).toBe(2);
    expect(call.json()).toMatchObject({ error: { code: 'missing-command', message: 'No command was given.' } });
  });

  it('ends with status 3 for unusable data and 4 for what is no run, message and hint on stderr', async () => {
    const data = await callCommandLine(['explore', '/nonexistent/folder']);
    expect(data).toMatchObject({ status: 3, stdout: '' });
    expect(data.stderr).toContain('/nonexistent/folder');
    const run = await callCommandLine(['explore', '.', '--run', '/nonexistent/run', '--json']);
    expect(run.status).toBe(4);
    expect(run.json()).toMatchObject({ error: { code: 'no-run-folder', hint: expect.stringContaining('--run') } });
  });
});

describe('act', () => {
  const programWith = (bound: Session, run: Parameters<typeof act>[0]) => {
    const program = new Command('lesionlab').exitOverride();
    addGlobalOptions(program);
    bindSession(program, bound);
    program.command('try').argument('<x>').option('--size <n>').action(act(run));
    return program;
  };

  it('hands on context, arguments and options, and finds global options before and after the command', async () => {
    let seen: unknown[] = [];
    const bound = session();
    const program = programWith(bound, async (...all) => {
      seen = all;
      return { json: { a: 1 }, text: 'a is 1' };
    });
    await program.parseAsync([
      'node',
      'l',
      '--seed',
      '7',
      'try',
      'thing',
      '--size',
      '3',
      '--threads',
      '2',
      '--device',
      'webgpu',
    ]);
    const [context, x, options] = seen as [Record<string, unknown> & { given(name: string): boolean }, string, object];
    expect(context).toMatchObject({ seed: 7, threads: 2, device: 'webgpu', json: false, quiet: false });
    expect([context.given('seed'), context.given('json')]).toEqual([true, false]);
    expect(x).toBe('thing');
    expect(options).toMatchObject({ size: '3' });
    expect(bound.text).toEqual({ stdout: 'a is 1\n', stderr: '' });
  });

  it('prints one JSON object with --json; auto is the CPU; threads default to the cores', async () => {
    let context: unknown;
    const bound = session();
    const program = programWith(bound, async (given) => {
      context = given;
      given.progress.note('on the way');
      return { json: { a: [1, 2] }, text: 'never seen', exitStatus: 3 };
    });
    await program.parseAsync(['node', 'l', 'try', 'x', '--json']);
    expect(context).toMatchObject({ seed: 0, threads: availableThreads(), device: 'cpu', json: true });
    expect(JSON.parse(bound.text.stdout)).toEqual({ a: [1, 2] });
    expect(bound.text.stderr).toBe('on the way\n');
    expect(bound.exitStatus).toBe(3);
  });

  it('says nothing with --quiet but the result', async () => {
    const bound = session();
    const program = programWith(bound, async ({ progress }) => {
      progress.note('on the way');
      return { json: {}, text: 'result' };
    });
    await program.parseAsync(['node', 'l', 'try', 'x', '--quiet']);
    expect(bound.text).toEqual({ stdout: 'result\n', stderr: '' });
  });
});

describe('printError', () => {
  const print = (thrown: unknown, json = false, interrupted = false) => {
    const bound = session();
    const status = printError(thrown, { ...bound, json, interrupted });
    return { status, ...bound.text };
  };

  it.each([
    [usageError('u', 'm'), 2],
    [dataError('d', 'm'), 3],
    [runError('r', 'm'), 4],
    [interruptedError('m'), 130],
    [new Error('m'), 1],
    ['a string', 1],
  ])('maps %s to status %i', (thrown, status) => {
    expect(print(thrown).status).toBe(status);
  });

  it('prints message, details and hint; --json has all of them', () => {
    const details = Array.from({ length: 60 }, (_, i) => `image ${i}`);
    const error = dataError('unreadable-images', '60 images cannot be read', { hint: 'Download again.', details });
    const text = print(error);
    expect(text.stdout).toBe('');
    expect(text.stderr).toContain('lesionlab: 60 images cannot be read\n  - image 0\n');
    expect(text.stderr).toContain('10 more');
    expect(text.stderr.trim().endsWith('Download again.')).toBe(true);
    expect(JSON.parse(print(error, true).stdout)).toEqual({
      error: { code: 'unreadable-images', message: '60 images cannot be read', hint: 'Download again.', details },
    });
  });

  it('calls anything else a bug, with its stack, its causes and where to report it', () => {
    const { stderr } = print(new TypeError('x is not a function', { cause: new Error('deeper') }));
    for (const part of ['bug', 'TypeError: x is not a function', 'main.test.ts', 'deeper', 'report', process.version])
      expect(stderr).toContain(part);
    expect(JSON.parse(print(new TypeError('no'), true).stdout)).toMatchObject({
      error: { code: 'bug', message: 'no' },
    });
  });

  it("takes Node's own abort errors for an interruption only after Ctrl-C", () => {
    const abort = Object.assign(new Error('The operation was aborted'), { name: 'AbortError' });
    expect(print(abort, false, true).status).toBe(130);
    expect(print(abort, false, false).status).toBe(1);
  });
});
