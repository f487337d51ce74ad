import { mapConcurrently } from '../../../src/data/mapConcurrently.js';

/** A file that was picked or dropped, with its path from the folder that it came with. */
export interface PickedFile {
  /** Names of the folders above the file. */
  readonly folders: readonly string[];
  readonly file: File;
}

export interface PickedFiles {
  /** Name of the folder, or words for several files; for messages and config.json. */
  readonly root: string;
  readonly files: readonly PickedFile[];
}

const rootOf = (tops: ReadonlySet<string>, files: number): string => {
  const [only] = tops;
  if (tops.size === 1 && only !== '') return only;
  return files === 1 ? 'the file' : `${files} files`;
};

/**
 * Files of an input or the clipboard, with all their folders: of a whole folder (`webkitdirectory`) in the order of their paths,
 * or one by one as they were given.
 */
export function pickFiles(list: Iterable<File>): PickedFile[] {
  // Asked for once: a file answers slowly.
  return Array.from(list, (file) => ({ path: file.webkitRelativePath, file }))
    .sort((a, b) => byText(a.path, b.path))
    .map(({ path, file }) => ({ folders: path.split('/').slice(0, -1), file }));
}

/** Files of an input, from the folder that all of them lie in. */
export const filesOfInput = (list: FileList): PickedFiles => rooted(pickFiles(list));

/** Files of a drop, from the folder that all of them lie in. */
export const filesOfDrop = async (transfer: DataTransfer): Promise<PickedFiles> => rooted(await pickDropped(transfer));

/**
 * Files of a drop, folders with all that is in them by name. Call it in the event itself: the browser forgets what was dropped after that.
 */
export async function pickDropped({ items, files }: DataTransfer): Promise<PickedFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return pickFiles(files);
  const walk = async (inside: readonly FileSystemEntry[], folders: readonly string[]): Promise<PickedFile[]> => {
    const found = await mapConcurrently(inside, entriesAtATime, async (entry): Promise<PickedFile[]> => {
      if (isFile(entry))
        return [{ folders, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }];
      return isFolder(entry) ? await walk(await readFolder(entry), [...folders, entry.name]) : [];
    });
    return found.flat();
  };
  return await walk(entries, []);
}

/** Of a folder, whose files are asked for together: a hundred thousand one after the other would take minutes. */
const entriesAtATime = 64;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // A hundred at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return entries.sort((a, b) => byText(a.name, b.name));
    entries.push(...some);
  }
}

/** The one folder that all lie in is the root, not a folder above them. */
function rooted(files: readonly PickedFile[]): PickedFiles {
  const tops = new Set(files.map(({ folders }) => folders[0] ?? ''));
  const shared = tops.size === 1 && !tops.has('');
  const root = rootOf(tops, files.length);
  return { root, files: shared ? files.map(({ folders, file }) => ({ folders: folders.slice(1), file })) : files };
}
