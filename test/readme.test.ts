import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../src/cli/createProgram.js';
import { writeSyntheticDataset } from '../src/node/writeSyntheticDataset.js';
import { silentProgress as progress } from '../src/progress.js';

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
  const listed = [...text.matchAll(/^\| `lesionlab (\w+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(program.commands.map((command) => command.name()).sort());
});

it('links to files that exist', () => {
  for (const name of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']) {
    const content = readFileSync(join(root, name), 'utf8');
    for (const [, target] of content.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(existsSync(resolve(root, name, '..', target)), `${name} links to ${target}`).toBe(true);
  }
});

it.skipIf(!existsSync(join(root, 'dist/node/index.js')))('has a library example that works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-readme-'));
  try {
    await writeSyntheticDataset(join(folder, 'HAM10000'), { images: 140, size: [32, 24], progress });
    const example = /```js\n([\s\S]*?)```/
      .exec(text)![1]
      .replace("'HAM10000'", JSON.stringify(join(folder, 'HAM10000')));
    // From the repository's root, `lesionlab/...` is the package itself.
    const call = spawnSync(process.execPath, ['--input-type=module', '-e', example], { cwd: root, encoding: 'utf8' });
    expect(call.stderr).toBe('');
    expect(call.stdout).toMatch(/^\d+ test images of \d+ lesions\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
