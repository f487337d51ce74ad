import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FileHandle, link, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOfGoneProcess, isOld, machine } from '../temporaryFiles.js';
import { livenessOf, type Owner } from './owner.js';

/** What stands in a lease file. It is written once, by whoever takes the folder, and never changed. */
export interface LeaseRecord extends Owner {
  /** Unlike that of any other lease: who has it in hand may write. */
  readonly token: string;
  readonly command: string;
  /** ISO 8601. */
  readonly since: string;
}

/** A lease that was found: where its record can't be read, only by what it is told from others. */
export type FoundLease = Pick<LeaseRecord, 'token'> & Partial<LeaseRecord>;

const leaseName = '.lesionlab-lease.json';

/** A token begins with its owner's machine and process number, so that files that are named for it tell whose they were. */
export const newToken = (): string =>
  `${machine}${process.pid.toString(16).padStart(8, '0')}${randomBytes(9).toString('hex')}`;

export const leasePath = (folder: string): string => join(folder, leaseName);
/** Written to by the owner alone, as long as it lives: nobody else's lease can be hit. */
export const beatPath = (folder: string, token: string): string => join(folder, `.lesionlab-lease-${token}.beat`);
const claimPath = (folder: string, token: string): string => join(folder, `.lesionlab-lease-${token}.claim`);

/** Whether a file is part of a lease. */
export const isLeaseName = (name: string): boolean =>
  name === leaseName || /^\.lesionlab-lease-[\w-]+\.(beat|claim|dropped|new|probe)$/.test(name);

/** Who holds a folder; undefined where nobody does. */
export async function readLease(folder: string): Promise<FoundLease | undefined> {
  return await readRecord(leasePath(folder));
}

const readRecord = async (path: string): Promise<FoundLease | undefined> =>
  parseLease(await readFile(path, 'utf8').catch(ignoreMissing));

/** The same without waiting: between it and what it allows, nothing else runs here. */
export function readLeaseNow(folder: string): FoundLease | undefined {
  try {
    return parseLease(readFileSync(leasePath(folder), 'utf8'));
  } catch (error) {
    return parseLease(ignoreMissing(error as NodeJS.ErrnoException));
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

function parseLease(text: string | undefined): FoundLease | undefined {
  if (text === undefined) return undefined;
  try {
    const { token, ...rest } = JSON.parse(text) as LeaseRecord;
    if (/^[0-9a-f]{32}$/.test(token) && Number.isInteger(rest.pid)) return { token, ...rest };
  } catch {
    // Cut off by a full disk or a loss of power, or made by somebody else.
  }
  return { token: `damaged-${createHash('sha256').update(text).digest('hex').slice(0, 32)}` };
}

/** Takes a folder that nobody holds. @returns whether it was taken: somebody else may have been faster */
export async function placeLease(folder: string, record: LeaseRecord): Promise<boolean> {
  const made = await writeNew(folder, record);
  try {
    return await makeOnce(made, leasePath(folder), record);
  } finally {
    await drop(made);
  }
}

/**
 * Takes a folder from a lease that nobody holds any more. Only one process can claim a given lease, so that of two that judged alike one takes it.
 * @returns whether it was taken
 */
export async function replaceLease(
  folder: string,
  stale: FoundLease,
  record: LeaseRecord,
  claimLasts: number,
): Promise<boolean> {
  const claim = claimPath(folder, stale.token);
  const made = await writeNew(folder, record);
  try {
    if (!(await makeOnce(made, claim, record))) {
      // Whoever claimed it was killed in between, or is not heard of.
      const claimed = await readRecord(claim);
      if (claimed && (isDead(claimed, record) || (await ageOf(folder, claim, record.token)) > claimLasts))
        await dropClaim(folder, claim, claimed, record);
      return false;
    }
    try {
      if ((await readLease(folder))?.token !== stale.token) return false;
      await rename(made, leasePath(folder));
    } finally {
      await drop(claim);
    }
  } finally {
    await drop(made);
  }
  await drop(beatPath(folder, stale.token));
  return true;
}

const isDead = (found: FoundLease, own: Owner): boolean =>
  found.pid !== undefined && livenessOf(found as LeaseRecord, own) === 'dead';

/** Of several that drop a claim one does: it is moved first, and one that was made meanwhile in its place is put back. */
async function dropClaim(folder: string, claim: string, dead: FoundLease, record: LeaseRecord): Promise<void> {
  const aside = join(folder, `.lesionlab-lease-${record.token}.dropped`);
  try {
    await rename(claim, aside);
    if ((await readRecord(aside))?.token !== dead.token) await link(aside, claim);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await drop(aside);
  }
}

/**
 * Removes the files of others' leases from a folder, once it is one's own: those of processes that were killed while they took or left it, and
 * all that nobody has written to for a day. Those of processes that are trying to take it stay.
 */
export async function removeLeaseLeftovers(folder: string, record: LeaseRecord): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, token, ending] = /^\.lesionlab-lease-([0-9a-f]{32})\.(\w+)$/.exec(name) ?? [];
    if (token === undefined || token === record.token) continue;
    const path = join(folder, name);
    const claimed = ending === 'claim' ? await readRecord(path) : undefined;
    const isGone = claimed
      ? isDead(claimed, record)
      : isOfGoneProcess(token.slice(0, 6), Number.parseInt(token.slice(6, 14), 16));
    if (isGone || (await isOld(path))) await rm(path, { force: true });
  }
}

/** What can't be removed is found again by whoever has the folder next. */
const drop = (path: string) => rm(path, { force: true }).catch(() => {});

async function writeNew(folder: string, record: LeaseRecord): Promise<string> {
  const path = join(folder, `.lesionlab-lease-${record.token}.new`);
  // Synced: after a loss of power it is to say who had the folder.
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`, { flush: true });
  return path;
}

/** A link appears whole and only once, over networks too; where there are none, a file that must be new. */
async function makeOnce(made: string, path: string, record: LeaseRecord): Promise<boolean> {
  try {
    await link(made, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'].includes(code ?? '')) throw error;
  }
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
  } finally {
    await file.close();
  }
  return true;
}

/** Milliseconds since a file was written, both by the clock of the disk that it lies on: machines differ in theirs. 0 for one that is gone. */
export async function ageOf(folder: string, path: string, token: string): Promise<number> {
  const probe = join(folder, `.lesionlab-lease-${token}.probe`);
  try {
    await writeFile(probe, '');
    const [now, written] = await Promise.all([stat(probe), stat(path).catch(ignoreMissing)]);
    return written ? now.mtimeMs - written.mtimeMs : 0;
  } finally {
    await drop(probe);
  }
}
