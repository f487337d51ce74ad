import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './syncFolder.js';

/**
 * Makes a folder, and those above it that are missing, one after the other: Node's own recursive `mkdir` tries for ever where a file system
 * refuses folders by saying that there are none, as /proc does. The disk has their names when it is done.
 * @returns the first folder that it made; undefined where there was nothing to make
 * @throws Error of the file system
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const missing: string[] = [];
  let folder = resolve(path);
  while (!(await isFolder(folder))) {
    missing.push(folder);
    folder = dirname(folder);
  }
  for (const next of missing.reverse()) {
    try {
      await mkdir(next);
      await syncFolder(dirname(next));
    } catch (error) {
      // Another process may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isFolder(next))) throw error;
    }
  }
  return missing[0];
}

/** @returns false where there is nothing @throws Error where there is something else */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    // The root of a drive that isn't there has no folder above it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
  throw Object.assign(new Error(`ENOTDIR: ${path} is not a folder`), { code: 'ENOTDIR', syscall: 'mkdir', path });
}
