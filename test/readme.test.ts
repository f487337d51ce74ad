import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../src/cli/createProgram.js';

const root = resolve(import.meta.dirname, '..');
const text = readFileSync(join(root, 'README.md'), 'utf8');

it('lists every command, and none that does not exist', () => {
  const stream = { write: () => {} };
  const program = createProgram({
    stdout: stream,
    stderr: stream,
    signal: new AbortController().signal,
    exitStatus: 0,
  });
  const listed = [...text.matchAll(/^\| `lesionlab ([\w-]+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(program.commands.map((command) => command.name()).sort());
});

it('has at most 1,500 words', () => {
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(1500);
});

it('links to files that exist, and from docs/README.md to every document', () => {
  const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const list = readFileSync(join(root, 'docs/README.md'), 'utf8');
  for (const name of documents)
    if (name !== 'README.md') expect(list, `docs/README.md names ${name}`).toContain(`](${name})`);
  for (const name of ['README.md', 'CONTRIBUTING.md', ...documents.map((file) => `docs/${file}`)]) {
    const content = readFileSync(join(root, name), 'utf8');
    for (const [, target] of content.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(existsSync(resolve(root, name, '..', target)), `${name} links to ${target}`).toBe(true);
  }
});
