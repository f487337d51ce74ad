import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** Files and packages that a module needs before its first line runs; what it imports later, by `import()`, isn't among them. */
function neededBy(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, braces, target] of text.matchAll(
      /^(?:import|export)\s(?!type\s)(?:([^'";]*?)\sfrom\s+)?'([^']+)'/gm,
    )) {
      // Types alone are gone when it runs.
      const names = braces
        ?.match(/^\{([\s\S]*)\}$/)?.[1]
        .split(',')
        .map((name) => name.trim());
      if (names?.every((name) => name === '' || name.startsWith('type '))) continue;
      if (!target.startsWith('.')) packages.add(target);
      else visit(resolve(dirname(file), target.replace(/\.js$/, '.ts')));
    }
  };
  const file = join(source, entry);
  expect(existsSync(file), entry).toBe(true);
  visit(file);
  return { files, packages };
}

/** A file takes half a millisecond to load, so that a command that needs all of them would say nothing for a second. */
describe('what is loaded before anything is done', () => {
  it('is little for the list of commands', () => {
    const { files, packages } = neededBy('cli/main.ts');
    expect(files.size).toBeLessThan(40);
    expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
  });

  it.each([
    ['cli/commands/predict.ts', 400],
    ['node/training/trainWorker.ts', 400],
    ['node/training/batchWorker.ts', 100],
    ['node/dataset/fitWorker.ts', 60],
  ])('has no charts, pages, zips or readers of other networks for %s', (entry, most) => {
    const { files, packages } = neededBy(entry);
    expect(files.size).toBeLessThan(most);
    for (const heavy of [
      '@observablehq/plot',
      'linkedom',
      'hono',
      'bullmq',
      'h5wasm',
      'yauzl',
      'yaml',
      'onnxruntime-node',
    ])
      expect([...packages], heavy).not.toContain(heavy);
    expect([...files].filter((file) => file.includes('/src/onnx/'))).toEqual([]);
  });
});
