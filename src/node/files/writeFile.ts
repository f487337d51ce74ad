import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LesionlabError, runError } from '../../errors.js';
import { writeUnderLease } from './lease/holdFolder.js';
import { makeFolders } from './makeFolders.js';
import { syncFolder } from './syncFolder.js';
import { isTemporaryName, removeAbandoned, temporarySuffix } from './temporaryFiles.js';

/**
 * Writes a file whole: to a temporary name beside it, synced, then renamed, and the new name synced too. Nobody ever sees half of it, and an
 * interruption or a loss of power leaves the earlier version or the new one. What killed processes left of such files in the folder is removed. Below the folder of a run only the process that
 * holds it writes.
 * @throws LesionlabError kind `run` where the folder can't be written, or is another process's
 */
export async function writeFileWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeUnderLease(path, async (check) => {
    const folder = dirname(path);
    const temporary = join(folder, `.${basename(path)}.${temporarySuffix(randomBytes(4).toString('hex'))}`);
    try {
      await makeFolders(folder);
      await removeAbandoned(folder);
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      // In one go: asked of the thread pool, a rename may wait behind other writes while the process is suspended and its folder taken over.
      check();
      renameSync(temporary, path);
      await syncFolder(folder);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw notWritten(path, cause as Error);
    }
  });
}

/**
 * Copies the files of a folder and of the folders in it, each written whole. What a killed process left half written stays behind.
 * @throws LesionlabError kind `run` as `writeFileWhole` does @throws Error where the folder can't be read
 */
export async function copyFolderWhole(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isDirectory()) await copyFolderWhole(join(from, name), join(to, name));
    else if (!isTemporaryName(name)) await writeFileWhole(join(to, name), await readFile(join(from, name)));
  }
}

/** Removes a file, or a folder with all that is in it; one that isn't there is no mistake. @throws LesionlabError kind `run` as `writeFileWhole` does */
export async function removeWhole(path: string): Promise<void> {
  await writeUnderLease(path, async (check) => {
    check();
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (cause) {
      throw notWritten(path, cause as Error);
    }
  });
}

/** What a write failed with: a refusal of ours as it is, else that of the disk in words. */
export function notWritten(path: string, cause: Error): LesionlabError {
  if (cause instanceof LesionlabError) return cause;
  return runError('not-writable', `Cannot write ${path}: ${cause.message}`, {
    hint: 'Choose a folder that exists on a disk with space and that you may write to.',
    cause,
  });
}

/** The same for a value as indented JSON with a final newline. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}
