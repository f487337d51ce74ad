import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../../../src');
/** Functions of Node that change what is on a disk. */
const writing =
  /^(appendFile|chmod|chown|copyFile|cp|createWriteStream|link|mkdtemp|open|rename|rm|rmdir|symlink|truncate|unlink|utimes|write|writeFile|writev)(Sync)?$/;

/**
 * Files that change the disk by themselves, and why a lease needs no look there. Whoever writes into a folder of a run calls writeFileWhole,
 * writeJson, appendJsonLine or writeJsonLines, which take care of it.
 */
const allowed: Readonly<Record<string, string>> = {
  'node/files/lease/acquireLease.ts': 'the lease itself',
  'node/files/lease/leaseFile.ts': 'the lease itself',
  'node/files/writeFile.ts': 'under a lease',
  'node/files/jsonLines.ts': 'under a lease',
  'node/files/temporaryFiles.ts': 'what killed processes left',
  'node/files/folderFiles.ts': 'opens for reading',
  'node/files/hdf5Files.ts': 'opens for reading',
  'node/files/unpackedFile.ts': 'a temporary file',
  'node/files/zipFiles.ts': 'opens for reading',
  'node/training/tensorBoard.ts': 'a file of its own, each line under a lease',
  'node/steps/explain.ts': 'looks at the lease before it removes',
  'node/steps/organize.ts': 'a folder of images',
  'node/files/syncFolder.ts': 'opens for reading',
  'node/dataset/organize.ts': 'a folder of images',
  'node/files/cacheLease.ts': 'the cache',
  'node/dataset/cacheEntries.ts': 'the cache',
  'node/download/downloadFiles.ts': 'a folder of downloads, held meanwhile',
  'node/download/partFile.ts': 'a folder of downloads, held meanwhile',
  'node/dataset/checkPrepared.ts': 'opens for reading',
  'node/dataset/fillImages.ts': 'the cache',
  'node/dataset/fitWorker.ts': 'the cache',
  'node/dataset/imagePass.ts': 'the cache',
  'node/dataset/openHeld.ts': 'opens for reading',
  'node/dataset/preparedFile.ts': 'opens for reading',
  'node/dataset/writeSyntheticDataset.ts': 'a folder of images',
  'node/studio/removePlan.ts': 'the rest under a lease; a folder itself only when it is empty',
  'node/studio/summariseRunFolder.ts': 'opens for reading',
  'node/bench/profileOperators.ts': 'a temporary folder',
  'node/bench/benchEpoch.ts': 'a temporary folder',
};
/** Those among them that write into folders of runs. */
const looksItself = /under a lease$|looks at the lease/;

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({
    path: relative(root, join(root, path)).replaceAll('\\', '/'),
    text: readFileSync(join(root, path), 'utf8'),
  }));

test('nothing writes into a folder of a run past its lease', () => {
  const found = sources
    .filter(({ text }) =>
      [...text.matchAll(/import (?:type )?([^;]*?) from 'node:fs(?:\/promises)?'/g)].some(
        ([, names]) =>
          // A namespace would hide what is called.
          names.includes('*') ||
          names
            .replace(/[{}]/g, '')
            .split(',')
            .some((name) => writing.test(name.trim().split(' as ')[0])),
      ),
    )
    .map(({ path }) => path);
  expect(found.filter((path) => allowed[path] === undefined)).toEqual([]);
});

test('what writes into such folders by itself looks at the lease', () => {
  for (const [path, why] of Object.entries(allowed)) {
    if (!looksItself.test(why)) continue;
    const text = sources.find((source) => source.path === path)?.text ?? '';
    expect(/writeUnderLease\(|checkLease\(/.test(text), path).toBe(true);
  }
});

test('the list has no file that writes no more', () => {
  for (const path of Object.keys(allowed))
    expect(sources.find((source) => source.path === path)?.text, path).toMatch(/from 'node:fs(\/promises)?'/);
});

test('a look at the lease is followed at once by what it is for, not asked of the thread pool', () => {
  // What waits there behind other writes may be done after another process has taken the folder.
  for (const path of ['node/files/writeFile.ts', 'node/files/jsonLines.ts', 'node/download/downloadFiles.ts']) {
    const text = sources.find((source) => source.path === path)!.text;
    const steps = [...text.matchAll(/^ +(?:check\(\)|checkLease\(\w+\));\n([\s\S]*?);\n/gm)].map(([, next]) => next);
    expect(steps.length, path).toBeGreaterThan(0);
    for (const next of steps) expect(next, path).toMatch(/\w+Sync\(/);
  }
});
