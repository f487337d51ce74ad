import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseForPruning, listCache, removeEntries } from '../../../src/node/dataset/cacheEntries.js';
import { emptyTable, writeImageTable } from '../../../src/node/dataset/imageTable.js';
import { openHeld } from '../../../src/node/dataset/openHeld.js';
import { preparedTrailer } from '../../../src/node/dataset/preparedFile.js';
import { entriesInUse, holdEntry, leaseFolder } from '../../../src/node/files/cacheLease.js';
import { machine } from '../../../src/node/files/temporaryFiles.js';

const day = 86_400_000;
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'lesionlab-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const base = '0123456789abcdef-0123456789abcdef';
const other = '1123456789abcdef-0123456789abcdef';

async function fill(name: string, imageSize: number, daysAgo: number): Promise<string> {
  const file = `${name}-squash-${imageSize}.u8`;
  const trailer = preparedTrailer({ imageSize, fit: 'squash' }, new Uint32Array(2));
  writeFileSync(join(cache, file), Buffer.concat([new Uint8Array(2 * 3 * imageSize ** 2), trailer]));
  await writeImageTable(join(cache, `${name}.images`), emptyTable(['a', 'b']));
  const then = new Date(Date.now() - daysAgo * day);
  for (const made of [file, `${name}.images`]) utimesSync(join(cache, made), then, then);
  return file;
}

const names = async () => (await listCache(cache)).map(({ name }) => name).sort();

describe('the cache', () => {
  it('is listed with what each file is, and leaves alone what is not its own', async () => {
    await fill(base, 4, 1);
    writeFileSync(join(cache, 'notes.txt'), 'mine');
    mkdirSync(join(cache, 'studio'));
    writeFileSync(join(cache, 'studio', `${'a'.repeat(32)}.onnx`), 'x');
    writeFileSync(join(cache, `${'b'.repeat(32)}.u8`), 'x');
    writeFileSync(join(cache, `${'b'.repeat(32)}.json`), 'x');
    writeFileSync(join(cache, `${'c'.repeat(32)}.features`), 'x');
    const entries = await listCache(cache);
    expect(entries.map(({ kind }) => kind).sort()).toEqual([
      'earlier-version',
      'earlier-version',
      'features',
      'image-table',
      'prepared-images',
      'studio-model',
    ]);
    expect(entries.find(({ kind }) => kind === 'prepared-images')?.what).toBe('2 images at 4 px (squash)');
    const removed = await removeEntries(chooseForPruning(entries, {}, Date.now()), cache);
    expect(removed.length).toBe(6);
    expect(readdirSync(cache).sort()).toEqual(['notes.txt', 'studio']);
  });

  it('of a folder that is not there is empty', async () => {
    expect(await listCache(join(cache, 'nothing'))).toEqual([]);
  });

  it('is pruned by age and by size, what was used longest ago first, and tables go with the last of their pixels', async () => {
    const old = await fill(base, 4, 40);
    const older = await fill(other, 8, 50);
    const young = await fill(base, 16, 2);
    const entries = await listCache(cache);
    const chosen = (choice: object) =>
      chooseForPruning(entries, choice, Date.now())
        .map(({ name }) => name)
        .sort();
    expect(chosen({ olderThan: 45 })).toEqual([older, `${other}.images`].sort());
    expect(chosen({ olderThan: 30 })).toEqual([old, older, `${other}.images`].sort());
    expect(chosen({ olderThan: 60 })).toEqual([]);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    expect(chosen({ maxSize: bytes })).toEqual([]);
    expect(chosen({ maxSize: bytes - 1 })).toContain(older);
    expect(chosen({ maxSize: bytes - 1 })).not.toContain(young);
    expect(chosen({ maxSize: 0 }).length).toBe(entries.length);
  });

  it('keeps what a process uses, until it is closed', async () => {
    const file = await fill(base, 4, 40);
    const held = openHeld(join(cache, file), emptyTable(['a', 'b']));
    const entry = (await listCache(cache)).find(({ name }) => name === file)!;
    expect(entry.inUse).toBe(true);
    // Opening it says that it was used.
    expect(Date.now() - entry.lastUsed).toBeLessThan(day);
    expect(Date.now() - entry.made).toBeGreaterThan(39 * day);
    expect(chooseForPruning(await listCache(cache), {}, Date.now())).toEqual([]);
    // Also where it was taken up after the choice was made.
    expect(await removeEntries([{ ...entry, inUse: false }], cache)).toEqual([]);
    expect(existsSync(join(cache, file))).toBe(true);
    held.close();
    expect(await removeEntries([entry], cache)).toEqual([entry]);
    expect(await names()).toEqual([`${base}.images`]);
  });

  it('forgets marks of processes that are gone, and believes others for an hour', async () => {
    const file = await fill(base, 4, 1);
    const leases = join(cache, leaseFolder);
    mkdirSync(leases);
    // No process has such a number.
    const dead = join(leases, `${file}.${machine}-4194305.lease`);
    const elsewhere = join(leases, `${file}.ffffff-1.lease`);
    writeFileSync(dead, '');
    expect(hostname()).not.toBe('');
    expect(entriesInUse(cache).size).toBe(0);
    expect(existsSync(dead)).toBe(false);
    writeFileSync(elsewhere, '');
    expect([...entriesInUse(cache)]).toEqual([file]);
    const then = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(elsewhere, then, then);
    expect(entriesInUse(cache).size).toBe(0);
  });

  it('counts how often a process holds a file', async () => {
    const path = join(cache, await fill(base, 4, 1));
    const [first, second] = [holdEntry(path), holdEntry(path)];
    first();
    first();
    expect(entriesInUse(cache).size).toBe(1);
    second();
    expect(entriesInUse(cache).size).toBe(0);
  });
});
