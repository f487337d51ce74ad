import type { Dirent, Stats } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import { composed, isHiddenName, type StoredFile } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';
import { markOf } from './contentMark.js';

/** A file of a folder. */
export class FolderFile implements StoredFile {
  readonly name: string;
  readonly byteLength: number;
  readonly #mtimeMs: number;
  readonly #ctimeMs: number;
  readonly #inode: number;
  #mark: string | undefined;
  #lasts = false;
  #isNews = false;

  /** @param path where to open it @param location for messages */
  constructor(
    readonly path: string,
    readonly folders: readonly string[],
    readonly location: string,
    { size, mtimeMs, ctimeMs, ino }: Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>,
  ) {
    this.name = composed(basename(path));
    this.byteLength = size;
    this.#mtimeMs = mtimeMs;
    this.#ctimeMs = ctimeMs;
    this.#inode = ino;
  }

  /** What the file system said of it when it was listed; the content of a file for which it says the same is the same. */
  get identity(): string {
    return `${this.byteLength} ${this.#mtimeMs} ${this.#ctimeMs} ${this.#inode}`;
  }

  /** Mark of the content that goes with the identity: where it was read, and a later change would have changed the identity too. */
  get lastingMark(): string | undefined {
    return this.#lasts ? this.#mark : undefined;
  }

  /** Whether the mark is another than what was remembered. */
  get isNews(): boolean {
    return this.#isNews && this.#lasts;
  }

  /** Takes over what is remembered of the content. */
  recall(mark: string): void {
    this.#mark = mark;
    this.#lasts = true;
  }

  get fingerprint(): string {
    return this.#mark ?? `${this.byteLength}-${Math.round(this.#mtimeMs)}`;
  }

  async read(): Promise<Uint8Array> {
    try {
      const bytes = await readFile(this.path);
      const mark = markOf(bytes);
      if (mark !== this.#mark) this.#isNews = true;
      this.#mark = mark;
      // Clocks of file systems tick in up to two seconds: what was just written may be written again within the same tick.
      this.#lasts = Date.now() - Math.max(this.#mtimeMs, this.#ctimeMs) > 3000;
      return bytes;
    } catch (cause) {
      throw this.#unreadable(cause);
    }
  }

  async readHead(bytes: number): Promise<Uint8Array> {
    return await this.readRange(0, Math.min(bytes, this.byteLength));
  }

  async readRange(start: number, bytes: number): Promise<Uint8Array> {
    try {
      const file = await open(this.path);
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(bytes), 0, bytes, start);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw this.#unreadable(cause);
    }
  }

  #unreadable(cause: unknown) {
    return dataError('unreadable-file', `Cannot read ${this.path}: ${(cause as Error).message}`, {
      hint: 'Check that the file is still there and that you may read it.',
      cause,
    });
  }
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
    const folders = foldersOf(folder, current);
    for (const [i, entry] of entries.entries()) {
      const path = join(current, entry.name);
      const found = stats[i];
      if (found?.isDirectory()) await walk(path);
      else if (found?.isFile()) files.push(new FolderFile(path, folders, path, found));
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

const foldersOf = (root: string, path: string) =>
  relative(root, path)
    .split(sep)
    .filter((name) => name !== '')
    .map(composed);

/** A single file, as its folder would list it; its location is the path as given. */
export async function fileAt(path: string): Promise<FolderFile> {
  return new FolderFile(resolve(path), [], path, await stat(path));
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
