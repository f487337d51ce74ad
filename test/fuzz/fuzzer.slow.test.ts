import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fuzz } from './fuzz.js';

it('notices stack traces, processes that end or hang, memory, and files outside, and goes on behind each', async () => {
  const root = mkdtempSync(join(tmpdir(), 'lesionlab-fuzzer-'));
  const corpusFolder = join(root, 'corpus');
  try {
    mkdirSync(corpusFolder);
    writeFileSync(join(corpusFolder, 'a.txt'), 'some text to change');
    const files = [{ folder: '.', path: 'a.txt' }];
    const expected: Record<string, RegExp> = {
      'stack trace': /TypeError/,
      crash: /SIGABRT|ended/,
      exit: /ended \(0\)/,
      hang: /hang$/,
      memory: /MiB$/,
      outside: /files outside: elsewhere\.txt/,
    };
    const corpus = Object.fromEntries([...Object.keys(expected), 'fine'].map((kind) => [kind, files]));
    writeFileSync(join(corpusFolder, 'index.json'), JSON.stringify(corpus));
    const targets = join(import.meta.dirname, 'faultyTargets.mjs');
    const options = { corpusFolder, corpus, root, targets, seed: 1, perRound: 1, milliseconds: 0, hang: 10_000 };
    const { faults, kinds } = await fuzz(options);
    expect(faults.map((fault) => fault.split(',')[0])).toEqual(Object.keys(expected));
    for (const [i, pattern] of Object.values(expected).entries()) expect(faults[i]).toMatch(pattern);
    expect(kinds.fine).toMatchObject({ inputs: 1, taken: 1 });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
