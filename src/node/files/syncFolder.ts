import { open } from 'node:fs/promises';

/** What systems say that sync no folders (Windows), or not this one. */
const notSynced = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF']);

/**
 * Waits until the disk has the names in a folder: a file that was synced is lost all the same with a name that was not.
 * @throws Error of the file system
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!notSynced.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
