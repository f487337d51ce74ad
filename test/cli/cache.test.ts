import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/node/dataset/openDataset.js';
import { prepareImages } from '../../src/node/dataset/prepare.js';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { callCommandLine } from './callCommandLine.js';

let root: string;
let cache: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-cache-command-'));
  cache = join(root, 'cache');
  process.env.LESIONLAB_CACHE = cache;
  await writeSyntheticDataset(join(root, 'data'), { images: 24, size: [32, 24], classes: ['mel', 'nv'] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('cache', () => {
  it('lists what there is, and removes what nothing uses', async () => {
    expect((await callCommandLine(['cache'])).stdout).toMatch(/The cache is empty/);
    const dataset = await openDataset(join(root, 'data'));
    const fitting = { imageSize: 16, fit: 'squash' } as const;
    const { images } = await prepareImages({ dataset, records: dataset.records, fitting, threads: 1 });
    await dataset.images.close();

    const listed = await callCommandLine(['cache']);
    expect(listed.status).toBe(0);
    expect(listed.stdout).toMatch(/24 images at 16 px \(squash\) +18\.\d KiB .*now/);
    expect(listed.stdout).toMatch(new RegExp(`${cache} holds 2 files`));
    const inUse = await callCommandLine(['cache', '--prune', '--json']);
    expect(inUse.json()).toMatchObject({ folder: cache, removed: [], entries: [{}, {}] });
    images.close();

    const young = await callCommandLine(['cache', '--prune', '--older-than', '1', '--json']);
    expect(young.json()).toMatchObject({ removed: [] });
    const small = await callCommandLine(['cache', '--prune', '--max-size', '1GB', '--json']);
    expect(small.json()).toMatchObject({ removed: [] });
    const pruned = await callCommandLine(['cache', '--prune', '--max-size', '2kB']);
    expect(pruned.stdout).toMatch(/Removed one file: 18\.\d KiB/);
    const all = await callCommandLine(['cache', '--prune', '--json']);
    expect(all.json()).toMatchObject({ bytes: 0, entries: [] });
    expect(readdirSync(cache).filter((name) => name !== 'in-use')).toEqual([]);
  });

  it('refuses limits that nothing is pruned by, and sizes that are none', async () => {
    const limits = await callCommandLine(['cache', '--older-than', '3']);
    expect([limits.status, limits.stderr]).toEqual([2, expect.stringContaining('--prune')]);
    expect((await callCommandLine(['cache', '--prune', '--max-size', 'small'])).status).toBe(2);
  });

  it.runIf(existsSync('/proc/self'))('in a place that cannot hold it stops a run at once', async () => {
    process.env.LESIONLAB_CACHE = '/proc/lesionlab';
    try {
      const run = await callCommandLine(['train', join(root, 'data'), '--run', join(root, 'run')]);
      expect([run.status, run.stderr]).toEqual([4, expect.stringContaining('LESIONLAB_CACHE')]);
      expect(existsSync(join(root, 'run'))).toBe(false);
    } finally {
      process.env.LESIONLAB_CACHE = cache;
    }
  });
});
