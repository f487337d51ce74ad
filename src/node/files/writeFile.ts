import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runError } from '../../errors.js';
import { makeFolders } from './makeFolders.js';
import { removeAbandoned, temporarySuffix } from './temporaryFiles.js';

/**
 * Writes a file whole: to a temporary name beside it, synced, then renamed. Nobody ever sees half of it, and an
 * interruption leaves the earlier version. What killed processes left of such files in the folder is removed.
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeFileWhole(path: string, content: string | Uint8Array): Promise<void> {
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
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw runError('not-writable', `Cannot write ${path}: ${(cause as Error).message}`, {
      hint: 'Choose a folder that exists on a disk with space and that you may write to.',
      cause,
    });
  }
}

/** The same for a value as indented JSON with a final newline. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}
