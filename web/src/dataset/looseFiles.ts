import { composed, isHiddenName, type StoredFile } from '../../../src/data/storedFile.js';
import { dataError } from '../../../src/errors.js';
import type { PickedFiles } from '../browser/pickedFiles.js';

/** A file on the reader's disk; its bytes are read when they are asked for. */
export interface LooseFile extends StoredFile {
  readonly file: File;
}

/** Files as Node lists a folder: in the order of their paths, without hidden ones and what macOS adds to archives. */
export function looseFiles({ root, files }: PickedFiles): LooseFile[] {
  return files
    .filter(({ folders, file }) => ![...folders, file.name].some(isHiddenName))
    .map(({ folders, file }) => looseFile(root, folders.map(composed), file))
    .map((file) => ({ file, path: [...file.folders, file.name] }))
    .sort((a, b) => comparePaths(a.path, b.path))
    .map(({ file }) => file);
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return a.length - b.length;
}

function looseFile(root: string, folders: readonly string[], file: File): LooseFile {
  const location = [...(/^\d+ files$|^the file$/.test(root) ? [] : [root]), ...folders, file.name].join('/');
  const read = async (blob: Blob): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (cause) {
      throw dataError('unreadable-file', `Cannot read ${location}: ${(cause as Error).message}`, {
        hint: 'It was moved, changed or removed since it was chosen: choose the files again.',
        cause,
      });
    }
  };
  return {
    file,
    folders,
    name: composed(file.name),
    location,
    byteLength: file.size,
    fingerprint: `${file.size}-${file.lastModified}`,
    read: () => read(file),
    readHead: (bytes) => read(file.slice(0, bytes)),
  };
}
