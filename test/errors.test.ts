import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runError, usageError, wordHint } from '../src/errors.js';
import { postError, receiveError } from '../src/postedError.js';

const [source, page] = ['../src', '../web/src'].map((folder) => resolve(import.meta.dirname, folder));

describe('hints', () => {
  const hint = { terminal: 'Take a smaller --batch-size.', page: 'Take a smaller batch.' };

  it('name an option in the terminal, what the page calls it in the page, and the property in the library', () => {
    const error = usageError('x', 'Too many.', { hint });
    expect(error.hintFor('terminal')).toBe('Take a smaller --batch-size.');
    expect(error.hintFor('page')).toBe('Take a smaller batch.');
    expect(error.hint).toBe('Take a smaller `batchSize`.');
  });

  it('leave whole commands as they are, and no option beside them', () => {
    const text = 'Use --overwrite, or `lesionlab train <data> --resume` goes on with it.';
    expect(wordHint(text, 'terminal')).toBe(text);
    for (const surface of ['page', 'library'] as const)
      expect(wordHint(text, surface)).toBe('Use `overwrite`, or `lesionlab train <data> --resume` goes on with it.');
  });

  it('keep the words of every surface on the way between threads', () => {
    const error = receiveError(structuredClone(postError(runError('x', 'Gone.', { hint }))));
    expect(error).toMatchObject({ kind: 'run', code: 'x', message: 'Gone.', hint: 'Take a smaller `batchSize`.' });
    expect((error as ReturnType<typeof runError>).hintFor('page')).toBe(hint.page);
    const plain = receiveError(structuredClone(postError(runError('x', 'Gone.'))));
    expect((plain as ReturnType<typeof runError>).hintFor('page')).toBeUndefined();
  });
});

/** Of the core, which the page shares; a report's documents name commands, presets describe themselves on the command line. */
const core = ['data', 'image', 'graph', 'runtime', 'nn', 'models', 'training', 'evaluation', 'explain', 'browser'];
/** Presets describe themselves on the command line; the page shows a whole command to copy. */
const onTerminalOnly = [
  ...['head', 'resnet18', 'quick', 'transfer', 'best', 'guideResnet18'].map(
    (name) => `training/recipe/presets/${name}.ts`,
  ),
  '../web/src/views/data/splitCommand.ts',
];

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Lines that name an option outside of a whole command in backticks and of words for the terminal alone. */
function findOptions(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const code = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^\s*\/\/.*$/gm, '');
    const outside = code.replace(/terminal:\s*(['"`])[\s\S]*?\1/g, '').replace(/`(?:lesionlab|npm|npx) [^`]*`/g, '');
    return [...outside.matchAll(/[^-\w]--[a-z][a-z-]+[^\n]*/g)].map(([found]) => `${relative(source, file)}: ${found}`);
  });
}

it('no message of the core names an option of the command line, and a hint that does has words for the page', () => {
  const files = core.flatMap((folder) => listFiles(join(source, folder)));
  expect(findOptions(files.filter((file) => !onTerminalOnly.includes(relative(source, file))))).toEqual([]);
});

it('the page names options in whole commands alone: it would show a bare one as the name of a property', () => {
  const files = listFiles(page);
  expect(files.length).toBeGreaterThan(50);
  expect(findOptions(files.filter((file) => !onTerminalOnly.includes(relative(source, file))))).toEqual([]);
});
