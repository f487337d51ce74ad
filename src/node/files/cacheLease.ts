import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isRunning } from './lease/owner.js';
import { machine } from './temporaryFiles.js';

/** Folder of the cache that says which process uses what. */
export const leaseFolder = 'in-use';

const minute = 60_000;
/** How often a process says that it is still there, and how long others on other machines believe it. */
const beat = 5 * minute;
const lifetime = 12 * beat;

const held = new Map<string, number>();
let heart: NodeJS.Timeout | undefined;

const leasePath = (path: string) =>
  join(dirname(path), leaseFolder, `${basename(path)}.${machine}-${process.pid}.lease`);

/**
 * Marks a file of the cache as in use by this process, so that it isn't pruned meanwhile. Taken before the file is opened.
 * @returns gives it back; the mark goes with the last
 */
export function holdEntry(path: string): () => void {
  const lease = leasePath(path);
  mkdirSync(dirname(lease), { recursive: true });
  writeFileSync(lease, '');
  held.set(lease, (held.get(lease) ?? 0) + 1);
  heart ??= setInterval(() => {
    for (const name of held.keys()) touch(name);
  }, beat).unref();
  let given = false;
  return () => {
    if (given) return;
    given = true;
    const left = (held.get(lease) ?? 1) - 1;
    if (left > 0) {
      held.set(lease, left);
      return;
    }
    held.delete(lease);
    remove(lease);
    if (held.size > 0) return;
    clearInterval(heart);
    heart = undefined;
  };
}

/** A mark that can't be removed is in nobody's way once its process has ended. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As above.
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The cache was removed as a whole.
  }
}

/** Names of the cache's files that processes use; marks of processes that are gone are removed. */
export function entriesInUse(cacheFolder: string): Set<string> {
  const folder = join(cacheFolder, leaseFolder);
  const used = new Set<string>();
  for (const name of list(folder)) {
    const [, entry, owner, id] = /^(.+)\.([0-9a-f]{6})-(\d+)\.lease$/.exec(name) ?? [];
    if (!entry) continue;
    // Of another machine, or another container, it can't be known whether a process runs: only whether it said so lately.
    const alive = owner === machine ? isRunning(Number(id)) : isLate(join(folder, name)) === false;
    if (alive) used.add(entry);
    else remove(join(folder, name));
  }
  return used;
}

function isLate(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > lifetime;
  } catch {
    return true;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
