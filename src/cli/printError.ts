import { CommanderError } from 'commander';
import { interruptedError, LesionlabError, usageError } from '../errors.js';
import { asDiskError } from '../node/files/diskError.js';
import { packageInfo } from '../node/machine/packageInfo.js';
import type { TextStream } from './session.js';

/** Longest list of details in text; `--json` has all of them. */
const shownDetails = 50;

/**
 * Prints what went wrong (text to stderr, with `json` also one JSON object to stdout) and returns the exit status:
 * 2, 3, 4 or 130 for a `LesionlabError`, 1 for anything else, which is a bug.
 */
export function printError(
  thrown: unknown,
  streams: { stdout: TextStream; stderr: TextStream; json: boolean; interrupted: boolean },
): number {
  const error = asLesionlabError(thrown, streams.interrupted);
  if (streams.json) streams.stdout.write(`${JSON.stringify({ error: describe(error ?? thrown) })}\n`);
  if (!error) {
    streams.stderr.write(bugText(thrown));
    return 1;
  }
  const lines = [`lesionlab: ${error.message}`];
  // A single finding is the message itself, as a rule.
  const details = error.details.filter((detail) => !error.message.includes(detail) || error.details.length > 1);
  for (const detail of details.slice(0, shownDetails)) lines.push(`  - ${detail}`);
  if (error.details.length > shownDetails)
    lines.push(`  ... and ${error.details.length - shownDetails} more; --json lists all of them.`);
  const hint = error.hintFor('terminal');
  if (hint) lines.push(hint);
  streams.stderr.write(`${lines.join('\n')}\n`);
  return error.exitStatus;
}

function asLesionlabError(thrown: unknown, interrupted: boolean): LesionlabError | undefined {
  if (thrown instanceof LesionlabError) return thrown;
  const disk = asDiskError(thrown);
  if (disk) return disk;
  if (thrown instanceof CommanderError) {
    // Commander printed the help, since only options were given; its message is no sentence.
    if (thrown.code === 'commander.help')
      return usageError('missing-command', 'No command was given.', { hint: 'See `lesionlab --help`.' });
    const [first, ...rest] = thrown.message.replace(/^error: /, '').split('\n');
    return usageError(thrown.code.replace(/^commander\./, ''), first, {
      hint: [...rest, 'See `lesionlab --help`, or `lesionlab <command> --help`.'].join('\n').trim(),
    });
  }
  // Node's own functions that take the signal throw an AbortError.
  if (interrupted && (thrown as Error | undefined)?.name === 'AbortError')
    return interruptedError('Interrupted.', { cause: thrown });
  return undefined;
}

function describe(error: unknown): { code: string; message: string; hint?: string; details: readonly string[] } {
  if (error instanceof LesionlabError)
    return { code: error.code, message: error.message, hint: error.hintFor('terminal'), details: error.details };
  const stack = error instanceof Error ? error.stack : undefined;
  return { code: 'bug', message: messageOf(error), details: stack ? stack.split('\n').slice(1) : [] };
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

function bugText(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const causes: string[] = [];
  for (let cause = (thrown as Error | undefined)?.cause; cause; cause = (cause as Error).cause)
    causes.push(`Caused by: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  const where = packageInfo.bugs?.url ? `at ${packageInfo.bugs.url}` : 'to the people you have lesionlab from';
  return [
    'lesionlab: this is a bug, not your mistake.',
    stack,
    ...causes,
    `Please report it ${where}: the lines above, the command, and what \`lesionlab doctor\` prints`,
    `(lesionlab ${packageInfo.version}, Node ${process.version}, ${process.platform} ${process.arch}).`,
    '',
  ].join('\n');
}
