import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRunning, thisProcess } from './lease/owner.js';

const { host, pids } = thisProcess();
/** Where process ids are this process's own: several machines, and containers of one name, may write to one disk. */
export const machine = createHash('sha256')
  .update(`${host} ${pids ?? ''}`)
  .digest('hex')
  .slice(0, 6);

/** End of the name of a file that is being written: it tells whose it is. @param random 8 hexadecimal digits */
export const temporarySuffix = (random: string): string => `${machine}-${process.pid}-${random}.tmp`;

/** Earlier versions gave 8 digits alone; those of other programs (`.backup.20240131.tmp`) have no ending before them, as a rule. */
const temporaryName = /^\..+\.(?:([0-9a-f]{6})-(\d+)-|\w+\.)[0-9a-f]{8}\.tmp$/;

/** Whether a file is one that is, or was, being written. */
export const isTemporaryName = (name: string): boolean => temporaryName.test(name);

const day = 24 * 60 * 60 * 1000;
const looked = new Set<string>();

/**
 * Removes the files that processes were writing to a folder when they were killed: those of processes of this machine that are gone,
 * and all that nobody has written to for a day. Looks once a process, in this folder alone.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  const path = resolve(folder);
  if (looked.has(path)) return;
  looked.add(path);
  // What can't be listed or removed is in nobody's way.
  const names = await readdir(path).catch((): string[] => []);
  for (const name of names)
    if (isTemporaryName(name) && (await isAbandoned(path, name)))
      await rm(join(path, name), { force: true }).catch(() => {});
}

/** The same for a folder and all below it, whatever was looked at before: for who takes over what a killed process was writing. */
export async function removeAbandonedBelow(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries)
    if (isTemporaryName(entry.name) && (await isAbandoned(entry.parentPath, entry.name)))
      await rm(join(entry.parentPath, entry.name), { force: true }).catch(() => {});
}

/** Whether nobody will go on writing a file of such a name. */
export async function isAbandoned(folder: string, name: string): Promise<boolean> {
  const [, owner, id] = temporaryName.exec(name) ?? [];
  // A process that runs may have got the number of one that is gone.
  return isOfGoneProcess(owner, Number(id)) || (await isOld(join(folder, name)));
}

/** Whether a process of this machine, by the mark of the machine and its number, runs no more. */
export const isOfGoneProcess = (owner: string | undefined, id: number): boolean => owner === machine && !isRunning(id);

/** Whether nobody has written to a file for a day. */
export async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > day;
}
