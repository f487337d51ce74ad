import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const passedOver = new Set(['node_modules', 'dist', 'runs', 'coverage']);

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return entry.name.startsWith('.') || passedOver.has(entry.name) ? [] : listFiles(path);
    return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : [];
  });
}

/** Files that Vitest runs: of one project, or as it is called without one. */
function listed(...args: string[]): string[] {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const text = execFileSync(process.execPath, [vitest, 'list', '--filesOnly', '--json', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: '' },
  });
  const files: { file: string }[] = JSON.parse(text);
  return files.map(({ file }) => file.slice(root.length + 1).replaceAll('\\', '/')).sort();
}

describe('fast and slow tests', () => {
  const [fast, slow, all] = [listed('--project', 'fast'), listed('--project', 'slow'), listed()];

  it('are all tests together, each file once', () => {
    expect(fast.length).toBeGreaterThan(50);
    expect(slow.length).toBeGreaterThan(5);
    expect([...fast, ...slow].sort()).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
    expect(slow.filter((file) => !file.endsWith('.slow.test.ts'))).toEqual([]);
  });

  it('are every file that is named like a test, or has tests', () => {
    const files = listFiles('');
    const named = files.filter((file) => /[.-](test|spec)s?\.[cm]?[jt]sx?$/.test(file));
    const withTests = files.filter((file) => /^(describe|it|test)\b[.(]/m.test(readFileSync(join(root, file), 'utf8')));
    for (const file of [...named, ...withTests])
      expect(all, `${file} is run by neither npm test nor npm run check: name it test/**/*.test.ts`).toContain(file);
  });

  it('are what the scripts run: npm test the fast ones, npm run check all', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scripts.test).toMatch(/ vitest run --project fast$/);
    expect(scripts.check).toMatch(/ vitest run$/);
    for (const part of ['tsc -b', 'tsc -p tsconfig.test.json', 'tsc -p tsconfig.web.json', 'biome check .'])
      expect(scripts.check).toContain(part);
  });
});
