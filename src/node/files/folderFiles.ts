import type { Dirent, Stats } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import { composed, isHiddenName, type StoredFile } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';

/** A file of a folder; `path` is where to open it. */
export interface FolderFile extends StoredFile {
  readonly path: string;
}

/**
 * Lists all files of a folder and of the folders in it, in the order of their paths. Links are followed; hidden files
 * and what macOS adds to archives are left out.
 * @throws LesionlabError kind `data` where the folder doesn't exist, is none, or can't be read
 */
export async function listFolder(folder: string): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  const visited = new Set<string>();

  const walk = async (current: string): Promise<void> => {
    // A link back to a folder above would never end.
    const real = await realpath(current);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await readdir(current, { withFileTypes: true })).filter(({ name }) => !isHiddenName(name));
    entries.sort((a, b) => (composed(a.name) < composed(b.name) ? -1 : 1));
    const stats = await mapConcurrently(entries, 32, (entry) => statOf(current, entry));
    for (const [i, entry] of entries.entries()) {
      const path = join(current, entry.name);
      const found = stats[i];
      if (found?.isDirectory()) await walk(path);
      else if (found?.isFile()) files.push(folderFile(path, foldersOf(folder, path), found));
    }
  };

  try {
    const root = await stat(folder);
    if (!root.isDirectory()) {
      throw dataError('not-a-folder', `${folder} is a file; expected the folder that holds the dataset.`, {
        hint: 'Name the folder that the metadata and the images or their zips are in.',
      });
    }
    await walk(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw dataError('no-folder', `There is no folder ${folder}.`, { hint: 'Check the spelling of the path.', cause });
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw dataError('unreadable-folder', `Cannot read ${(cause as NodeJS.ErrnoException).path ?? folder}.`, {
        hint: 'Give yourself the right to read it.',
        cause,
      });
    }
    throw cause;
  }
  return files;
}

const foldersOf = (root: string, path: string) => relative(root, path).split(sep).slice(0, -1).map(composed);

/** A single file, as its folder would list it; its location is the path as given. */
export async function fileAt(path: string): Promise<FolderFile> {
  return { ...folderFile(path, [], await stat(path)), path: resolve(path) };
}

/** Undefined for a link that leads nowhere. */
async function statOf(folder: string, entry: Dirent): Promise<Stats | undefined> {
  try {
    return await stat(join(folder, entry.name));
  } catch (cause) {
    if (entry.isSymbolicLink()) return undefined;
    throw cause;
  }
}

function folderFile(path: string, folders: readonly string[], { size, mtimeMs }: Stats): FolderFile {
  const unreadable = (cause: unknown) =>
    dataError('unreadable-file', `Cannot read ${path}: ${(cause as Error).message}`, {
      hint: 'Check that the file is still there and that you may read it.',
      cause,
    });
  return {
    path,
    folders,
    name: composed(basename(path)),
    location: path,
    byteLength: size,
    fingerprint: `${size}-${Math.round(mtimeMs)}`,
    read: async () => {
      try {
        return await readFile(path);
      } catch (cause) {
        throw unreadable(cause);
      }
    },
    readHead: async (bytes) => {
      try {
        const file = await open(path);
        try {
          const { buffer, bytesRead } = await file.read(new Uint8Array(Math.min(bytes, size)), 0);
          return buffer.subarray(0, bytesRead);
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw unreadable(cause);
      }
    },
  };
}
