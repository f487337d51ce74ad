import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

/** What diskFaults.mjs does in a program and the processes that it starts. Steps are counted from 1; each is one call that changes the disk below `root`. */
export interface DiskFaults {
  readonly root: string;
  /** File that gets a byte for each step. */
  readonly counter: string;
  /** Where it is written which step a process was killed at. */
  readonly report: string;
  /** Ends the process that comes to a step, once; torn: after half of it, where it has a half; all: and every other of its group. */
  readonly kill?: { readonly at: number; readonly torn?: boolean; readonly all?: boolean };
  /** Lets steps fail from one on: ENOSPC and EDQUOT those that need room, others all. */
  readonly fail?: { readonly at: number; readonly code: string; readonly steps?: number };
  /** Sets the clock by so many milliseconds from a step on. */
  readonly clock?: { readonly at: number; readonly by: number };
  /** Folder for what was synced. */
  readonly ledger?: string;
}

const preload = resolve(import.meta.dirname, 'diskFaults.mjs');

/** Variables of the environment under which a program, and what it starts, has these faults. */
export const withFaults = (faults: DiskFaults) => ({
  LESIONLAB_DISK_FAULTS: JSON.stringify(faults),
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${JSON.stringify(preload)}`.trim(),
});

interface Entry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link';
  readonly inode: string;
  readonly target?: string;
}

const inodeOf = (path: string): string => {
  const { ino, birthtimeMs } = lstatSync(path);
  return `${ino}-${Math.round(birthtimeMs)}`;
};

const entriesOf = (folder: string): Entry[] =>
  readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    const type = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'file';
    return { name: entry.name, type, inode: inodeOf(path), ...(type === 'link' && { target: readlinkSync(path) }) };
  });

/** Begins to keep: all that lies there now is on the disk. */
export function beginLedger(root: string, ledger: string): void {
  rmSync(ledger, { recursive: true, force: true });
  for (const name of ['files', 'folders']) mkdirSync(join(ledger, name), { recursive: true });
  const keep = (folder: string): void => {
    const entries = entriesOf(folder);
    writeFileSync(join(ledger, 'folders', `${inodeOf(folder)}.json`), JSON.stringify(entries));
    for (const { name, type, inode } of entries)
      if (type === 'folder') keep(join(folder, name));
      else if (type === 'file') cpSync(join(folder, name), join(ledger, 'files', inode), { preserveTimestamps: true });
  };
  keep(root);
}

/**
 * Writes what a loss of power would have left, as it may be: `synced`, only what was synced, files and names alike; `names`, every name, with files as they
 * were last synced and empty where they never were: file systems may bring names to the disk before what the files hold.
 */
export function afterPowerLoss(root: string, ledger: string, kind: 'synced' | 'names', target: string): void {
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  };
  const restore = (inode: string, current: string | undefined, to: string): void => {
    mkdirSync(to, { recursive: true });
    const kept = read(join(ledger, 'folders', `${inode}.json`));
    const entries: Entry[] =
      kind === 'names' && current !== undefined ? entriesOf(current) : kept ? JSON.parse(kept.toString()) : [];
    for (const { name, type, inode: own, target: link } of entries) {
      const path = join(to, name);
      if (type === 'folder') restore(own, current && join(current, name), path);
      else if (type === 'link') symlinkSync(link!, path);
      else writeFileSync(path, read(join(ledger, 'files', own)) ?? '');
    }
  };
  rmSync(target, { recursive: true, force: true });
  restore(inodeOf(root), root, target);
}
