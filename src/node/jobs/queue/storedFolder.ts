import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runError } from '../../../errors.js';
import { isLeaseName } from '../../files/lease/leaseFile.js';
import { isTemporaryName } from '../../files/temporaryFiles.js';
import { removeWhole, writeFileWhole } from '../../files/writeFile.js';
import { journalFile } from '../journal.js';
import { type OpenedPlan, ownFolderOf } from '../openedPlan.js';
import type { ResultStore } from './resultStore.js';

const listSchema = z.object({
  /** Who wrote it, or has said to be about to. */
  holder: z.string(),
  /** By path below the plan's folder, SHA-256: contents lie under it. */
  files: z.record(z.string(), z.string()),
});
type StoredList = z.infer<typeof listSchema>;

/** A folder of a plan's job, with the journals of all jobs in it, as a store keeps it. */
export interface StoredFolder {
  /** Brings what the store has to this machine, in place of what is there; where the store has nothing, all stays. @returns whether the store has it */
  bring(): Promise<boolean>;
  /**
   * Makes both hold what is further on by the journals: this machine's or the store's.
   * @throws LesionlabError kind `run` where each has tries that the other lacks
   */
  meet(holder: string): Promise<void>;
  /** Says that `holder` has it from now on: what another one sends afterwards is refused. */
  claim(holder: string): Promise<void>;
  /** Sends what has changed. @returns false where another holder has it */
  send(): Promise<boolean>;
}

/**
 * The folder `run` of a plan. A list names each file by the hash of its content; whoever replaces the list says which one it replaces, so that of two machines that
 * write the same folder, the one that was told to later wins, and the other one learns it.
 */
export function storedFolder(store: ResultStore, opened: OpenedPlan, run: string): StoredFolder {
  const name = `folders/${run}/files.json`;
  const journals = opened.plan.jobs
    .filter((job) => job.run === run)
    .map(({ id }) => journalFile('', id).replaceAll('\\', '/'));
  let list: StoredList = { holder: '', files: {} };
  let tag = 'none';
  const read = async (): Promise<boolean> => {
    const found = await store.read(name);
    if (!found) return false;
    list = listSchema.parse(JSON.parse(new TextDecoder().decode(found.bytes)));
    tag = found.tag;
    return true;
  };
  const write = async (next: StoredList): Promise<boolean> => {
    const now = await store.write(name, new TextEncoder().encode(JSON.stringify(next)), tag);
    if (now === undefined) return false;
    [list, tag] = [next, now];
    return true;
  };
  const bring = async (): Promise<boolean> => {
    if (!(await read())) return false;
    for (const path of await listFiles(opened.folder, run, journals))
      if (list.files[path] === undefined) await removeWhole(join(opened.folder, path));
    for (const [path, hash] of Object.entries(list.files)) await fetchFile(store, join(opened.folder, path), hash);
    return true;
  };
  const folder: StoredFolder = {
    bring,
    async meet(holder) {
      if (!(await read())) list = { holder, files: {} };
      const lengths = await Promise.all(
        journals.map((path) => aheadBy(store, join(opened.folder, path), list.files[path])),
      );
      const [here, there] = [lengths.some((by) => by > 0), lengths.some((by) => by < 0)];
      if (here && there) throw diverged(store, run);
      if (there) await bring();
      else if (here) {
        await folder.claim(holder);
        await folder.send();
      }
    },
    async claim(holder) {
      for (let tries = 0; tries < 5; tries++) {
        await read();
        if (await write({ ...list, holder })) return;
      }
      throw runError('store-busy', `The list of ${run} in ${store.shown} is being replaced all the time.`);
    },
    async send() {
      const contents = await snapshot(opened.folder, run, journals);
      const files: Record<string, string> = {};
      const known = new Set(Object.values(list.files));
      for (const [path, bytes] of contents) {
        const hash = hashOf(bytes);
        files[path] = hash;
        if (!known.has(hash) && !(await store.has(contentName(hash)))) await store.write(contentName(hash), bytes);
        known.add(hash);
      }
      if (JSON.stringify(files) === JSON.stringify(list.files)) return true;
      return await write({ ...list, files });
    },
  };
  return folder;
}

/** How much longer a journal is here than in the store, one being the beginning of the other. */
async function aheadBy(store: ResultStore, path: string, stored: string | undefined): Promise<number> {
  const here = existsSync(path) ? await readFile(path) : Buffer.alloc(0);
  if (stored === hashOf(here)) return 0;
  const there =
    stored === undefined ? Buffer.alloc(0) : Buffer.from((await store.read(contentName(stored)))?.bytes ?? []);
  const common = Math.min(here.length, there.length);
  if (here.subarray(0, common).equals(there.subarray(0, common))) return here.length - there.length;
  throw diverged(store, path);
}

const diverged = (store: ResultStore, what: string) =>
  runError('results-diverged', `${what} was worked on both here and in ${store.shown}, apart from each other.`, {
    hint: 'Name another prefix of the store, or another folder with --run.',
  });

const contentName = (hash: string) => `contents/${hash}`;
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function fetchFile(store: ResultStore, path: string, hash: string): Promise<void> {
  if (existsSync(path) && hashOf(await readFile(path)) === hash) return;
  const found = await store.read(contentName(hash));
  if (!found || hashOf(found.bytes) !== hash)
    throw runError(
      'store-damaged',
      `${store.shown} lacks ${contentName(hash)}, or holds something else under that name.`,
      {
        hint: 'Call the plan again with --overwrite, or remove the prefix from the store.',
      },
    );
  await writeFileWhole(path, found.bytes);
}

/** Tries to read a folder in which nothing is replaced meanwhile. */
const mostReads = 20;

/**
 * What a folder holds at one moment: the checkpoints first, which are replaced now and then, and what is only ever added to after them, so that a training can go on from it as from
 * what a killed one left.
 */
async function snapshot(folder: string, run: string, journals: readonly string[]): Promise<Map<string, Uint8Array>> {
  for (let reads = 1; ; reads++) {
    const paths = await listFiles(folder, run, journals);
    const checkpoints = paths.filter((path) => path.includes('/checkpoints/'));
    const before = await marksOf(folder, checkpoints);
    const found = new Map<string, Uint8Array>();
    try {
      for (const path of [...checkpoints, ...paths.filter((other) => !checkpoints.includes(other))])
        found.set(path, await readFile(join(folder, path)));
    } catch (error) {
      // Removed since it was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || reads >= mostReads) throw error;
      continue;
    }
    if (before === (await marksOf(folder, checkpoints)) || reads >= mostReads) return found;
  }
}

async function marksOf(folder: string, paths: readonly string[]): Promise<string> {
  const marks = paths.map(async (path) => {
    const found = await stat(join(folder, path)).catch(() => undefined);
    return `${path} ${found?.ino} ${found?.mtimeMs} ${found?.size}`;
  });
  return (await Promise.all(marks)).join('\n');
}

/** Paths below the plan's folder, with slashes, in order. */
async function listFiles(folder: string, run: string, journals: readonly string[]): Promise<string[]> {
  const inside = ownFolderOf(folder, run);
  const entries = await readdir(inside, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && !isLeaseName(entry.name) && !isTemporaryName(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  return [...files, ...journals.filter((path) => existsSync(join(folder, path)))].sort();
}
