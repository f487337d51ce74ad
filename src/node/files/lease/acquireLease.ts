import { open, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LesionlabError, runError } from '../../../errors.js';
import { makeFolders } from '../makeFolders.js';
import { syncFolder } from '../syncFolder.js';
import { removeAbandonedBelow } from '../temporaryFiles.js';
import { checkLease, describeHolder, markHeld } from './heldFolders.js';
import {
  ageOf,
  beatPath,
  type FoundLease,
  isLeaseName,
  type LeaseRecord,
  leasePath,
  newToken,
  placeLease,
  readLease,
  removeLeaseLeftovers,
  replaceLease,
} from './leaseFile.js';
import { livenessOf, type Owner, thisProcess } from './owner.js';

/** Milliseconds. */
export interface LeaseTiming {
  /** Between two signs of life of an owner. */
  readonly beat: number;
  /** After so long without one, an owner that can't be looked up is taken for gone. */
  readonly lasts: number;
  /** How long it is watched for a sign of life before that. */
  readonly watch: number;
}

/** How leases are taken where nobody says otherwise. */
export const usualTiming: LeaseTiming = { beat: 5_000, lasts: 60_000, watch: 12_000 };

/** How a folder is taken. */
export interface AcquireOptions {
  /** What it is taken for, as messages name it: `train`. */
  readonly command: string;
  /** Default: this process. */
  readonly owner?: Owner;
  readonly timing?: LeaseTiming;
  /** Hears why it takes long. */
  readonly note?: (message: string) => void;
}

/** The right to write into a folder, which one process at a time has. */
export interface Lease {
  readonly token: string;
  /** @throws LesionlabError kind `run` where another process has taken the folder over */
  check(): void;
  /** Gives the folder back. A folder that was made for the lease and in which nothing was written goes with it. */
  release(): Promise<void>;
}

/**
 * Takes a folder, and makes it where there is none. An owner of the same start of this machine and the same process numbers is looked up, and one that has ended
 * is replaced at once, and what it was writing removed; any other counts as gone when it has given no sign of life for a minute. Until the lease is released, whatever `writeFileWhole` and its kind write below the folder is
 * checked against it right before others see it.
 * @throws LesionlabError kind `run` where another process has the folder, or it can't be written
 */
export async function acquireLease(folder: string, options: AcquireOptions): Promise<Lease> {
  const { command, owner = thisProcess(), timing = usualTiming } = options;
  const path = resolve(folder);
  const token = newToken();
  const record: LeaseRecord = { token, ...owner, command, since: new Date().toISOString() };
  const made = await makeFolders(path).catch((cause) => {
    throw cannotTake(folder, cause);
  });
  try {
    await writeFile(beatPath(path, token), '');
    const takesOver = await take(path, record, options, timing);
    // What can't be removed is in nobody's way.
    await removeLeaseLeftovers(path, record).catch(() => {});
    if (takesOver) await removeAbandonedBelow(path);
  } catch (error) {
    await rm(beatPath(path, token), { force: true }).catch(() => {});
    await removeMade(path, made);
    throw (error as NodeJS.ErrnoException).syscall ? cannotTake(folder, error as Error) : error;
  }
  const unmark = markHeld(path, token);
  const stopBeating = beat(path, token, timing);
  return {
    token,
    check: () => checkLease(path),
    async release() {
      await stopBeating();
      unmark();
      // Where the disk doesn't let go of it, whoever comes next finds that this process has ended.
      const own = await readLease(path).catch(() => undefined);
      if (own?.token === token) await rm(leasePath(path), { force: true }).catch(() => {});
      await rm(beatPath(path, token), { force: true }).catch(() => {});
      await removeMade(path, made);
      // With names of before, a loss of power would bring it back.
      await syncFolder(path).catch(() => {});
    },
  };
}

/** Others may end or begin between two looks: after so many, something is wrong with the disk. */
const mostTries = 100;

/** @returns whether it is taken from a process that did not give it back */
async function take(path: string, record: LeaseRecord, options: AcquireOptions, timing: LeaseTiming): Promise<boolean> {
  for (let tries = 0; tries < mostTries; tries++) {
    if (await placeLease(path, record)) return false;
    const holder = await readLease(path);
    if (!holder) continue;
    await requireGone(path, holder, record, options, timing);
    if (await replaceLease(path, holder, record, timing.lasts)) return true;
    await pause(20);
  }
  throw runError('run-in-use', `${path} could not be taken: other processes take and leave it all the time.`);
}

async function requireGone(
  path: string,
  holder: FoundLease,
  record: LeaseRecord,
  { note }: AcquireOptions,
  { lasts, watch }: LeaseTiming,
): Promise<void> {
  const life = holder.pid === undefined ? 'unknown' : livenessOf(holder as LeaseRecord, record);
  if (life === 'dead') return;
  if (life === 'alive') throw inUse(path, holder, record);
  const beats = beatPath(path, holder.token);
  const timeOf = async (file: string) => (await stat(file).catch(() => undefined))?.mtimeMs;
  const written = await timeOf(beats);
  const first = await ageOf(path, written === undefined ? leasePath(path) : beats, record.token);
  if (first < lasts) throw inUse(path, holder, record);
  note?.(
    `${path} was left by ${describeHolder(holder)}, without a sign of life for ${Math.round(first / 1000)} s. Watching it for ${Math.ceil(watch / 1000)} s before it is taken over.`,
  );
  await pause(watch);
  if ((await timeOf(beats)) !== written) throw inUse(path, holder, record);
}

function inUse(path: string, holder: FoundLease, own: LeaseRecord): LesionlabError {
  const same = holder.pid === own.pid && holder.host === own.host && holder.started === own.started;
  const elsewhere = holder.pid === undefined || livenessOf(holder as LeaseRecord, own) === 'unknown';
  const what = same ? `this very process ("${holder.command}")` : describeHolder(holder);
  return runError('run-in-use', `${path} is being written by ${what}.`, {
    hint: elsewhere
      ? 'Wait until it has ended. If that machine or container is gone, try again in a minute: what gives no sign of life for so long is taken over.'
      : `Wait until it has ended${same ? '' : `, or end it (process ${holder.pid})`}. One process at a time writes into a folder of a run; reading it is free.`,
  });
}

/** Signs of life, and an end to them when they are in vain: the file goes with a lease that was taken over. */
function beat(path: string, token: string, timing: LeaseTiming): () => Promise<void> {
  let count = 0;
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(() => writeBeat(path, token, ++count)).catch(() => {});
  }, timing.beat);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}

/** Written, not touched: disks in a network then use their own clock. It is never made anew. */
async function writeBeat(path: string, token: string, count: number): Promise<void> {
  const file = await open(beatPath(path, token), 'r+');
  try {
    await file.write(`${count}\n`, 0);
  } finally {
    await file.close();
  }
}

/** @param made the outermost folder that was made */
async function removeMade(path: string, made: string | undefined): Promise<void> {
  if (made === undefined) return;
  try {
    if ((await readdir(path)).some((name) => !isLeaseName(name))) return;
    for (let folder = path; ; folder = dirname(folder)) {
      await rmdir(folder);
      if (folder === resolve(made)) return;
    }
  } catch {
    // Somebody else is using it, or it is gone.
  }
}

const cannotTake = (folder: string, cause: NodeJS.ErrnoException) =>
  ['EEXIST', 'ENOTDIR'].includes(cause.code ?? '')
    ? runError('not-a-folder', `${folder} is a file, or lies below one; a run needs a folder.`, { cause })
    : runError('not-writable', `Cannot write into ${folder}: ${cause.message}`, {
        hint: 'Choose a folder that exists on a disk with space and that you may write to.',
        cause,
      });
