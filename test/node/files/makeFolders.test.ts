import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireCacheFolder } from '../../../src/node/files/cacheFolder.js';
import { makeFolders } from '../../../src/node/files/makeFolders.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-folders-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('makeFolders', () => {
  it('makes a folder and those above it, once', async () => {
    const path = join(root, 'a', 'b', 'c');
    expect(await makeFolders(path)).toBe(join(root, 'a'));
    expect(statSync(path).isDirectory()).toBe(true);
    expect(await makeFolders(path)).toBeUndefined();
    const many = Array.from({ length: 8 }, () => makeFolders(join(root, 'x', 'y', 'z')));
    await Promise.all(many);
    expect(existsSync(join(root, 'x', 'y', 'z'))).toBe(true);
  });

  it('refuses what lies below a file', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makeFolders(join(root, 'file'))).rejects.toThrow(/not a folder/);
    await expect(makeFolders(join(root, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(existsSync('/proc/self'))('ends where a file system makes no folders, as Node itself does not', async () => {
    await expect(makeFolders('/proc/lesionlab/cache')).rejects.toMatchObject({ syscall: 'mkdir' });
    await expect(requireCacheFolder('/proc/lesionlab')).rejects.toMatchObject({
      kind: 'run',
      code: 'cache-not-writable',
      hint: expect.stringContaining('LESIONLAB_CACHE'),
    });
  });
});
