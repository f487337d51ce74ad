import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type AcquireOptions, acquireLease, type Lease } from './acquireLease.js';
import { checkLease, heldFolderOf } from './heldFolders.js';
import { isLeaseName } from './leaseFile.js';
import { ownEntries, planName, runMarker } from './runEntries.js';

/** Folders that the call chain at hand holds. */
const chain = new AsyncLocalStorage<ReadonlySet<string>>();

/**
 * Does work that writes into a folder, holding it meanwhile. Work inside of it that holds the same folder goes on under the same lease.
 * @throws LesionlabError kind `run` where another process, or another call of this one, has the folder
 */
export async function holdFolder<T>(folder: string, options: AcquireOptions, work: () => Promise<T>): Promise<T> {
  const path = resolve(folder);
  const above = chain.getStore() ?? new Set<string>();
  if (above.has(path)) return await work();
  await momentaryEnded(path);
  const lease = await acquireLease(path, options);
  try {
    return await chain.run(new Set([...above, path]), work);
  } finally {
    await lease.release();
  }
}

/** Gives back a folder that a process held when it was killed, where nobody writes into it any more: whoever looks at it would find it held. One that somebody has stays so. */
export async function giveBackAbandoned(folder: string, command: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // What can't be had is in nobody's way.
  if (names.some(isLeaseName)) await holdFolder(folder, { command }, async () => {}).catch(() => {});
}

interface Momentary {
  readonly lease: Promise<Lease>;
  writers: number;
  /** Set once it is being given back: whoever comes then waits, and takes the folder anew. */
  ended?: Promise<void>;
}

const momentary = new Map<string, Momentary>();

/** Waits for the writers of a moment in this process: they are no reason to refuse. */
async function momentaryEnded(path: string): Promise<void> {
  for (let held = momentary.get(path); held; held = momentary.get(path))
    await (held.ended ??
      held.lease.then(
        () => pause(5),
        () => pause(5),
      ));
}

/**
 * Writes below a folder of a run, whoever calls: under the lease that is held, or else under one for this moment, so that no writing can be forgotten.
 * @param write gets what it has to call right before others see what was written
 * @throws LesionlabError kind `run` where another process has the folder, or has taken it over
 */
export async function writeUnderLease<T>(path: string, write: (check: () => void) => Promise<T>): Promise<T> {
  const check = () => checkLease(path);
  const run = runFolderOf(path);
  if (run === undefined) {
    check();
    return await write(check);
  }
  const held = momentary.get(run) ?? { lease: acquireLease(run, { command: 'write' }), writers: 0 };
  if (held.ended) {
    await held.ended;
    return await writeUnderLease(path, write);
  }
  momentary.set(run, held);
  held.writers++;
  try {
    await held.lease;
    return await write(check);
  } finally {
    if (--held.writers === 0) {
      held.ended = giveBack(run, held);
      await held.ended;
    }
  }
}

async function giveBack(run: string, { lease }: Momentary): Promise<void> {
  try {
    await (await lease).release();
  } catch {
    // It was never had, which the writer was told.
  } finally {
    momentary.delete(run);
  }
}

/** A folder that is a plan's, too, holds what is its jobs': their journals and results are written by whoever does them. */
function isOf(folder: string, path: string): boolean {
  if (!existsSync(join(folder, planName))) return true;
  const [entry] = relative(folder, resolve(path)).split(sep);
  return entry === planName || (ownEntries as readonly string[]).includes(entry);
}

/** The folder of a run that a path lies in, where no lease covers it; undefined where one does, or where it lies in none. */
function runFolderOf(path: string): string | undefined {
  const covered = heldFolderOf(path)?.folder;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const isMomentary = momentary.has(folder);
    if (folder === covered && !isMomentary) return undefined;
    if ((isMomentary || existsSync(join(folder, runMarker))) && isOf(folder, path)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
