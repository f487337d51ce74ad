import { imageIdOf } from '../../../../src/data/storedFile.js';

/** An image that the reader gave. */
export interface InputImage {
  /** File name, with its folders where it came in one. */
  readonly name: string;
  readonly file: File;
}

/** What was dropped, pasted or chosen. */
export interface Collected {
  readonly images: readonly InputImage[];
  /** ONNX files among them. */
  readonly models: readonly File[];
}

/**
 * Sorts what was given into images and models. A file that was named is taken whatever its name, so that a wrong one is
 * named as such; in folders only JPEG and PNG files count, and lesion masks don't: as in `lesionlab predict`.
 */
export function sortFiles(files: readonly File[]): Collected {
  const models = files.filter(isModel);
  const images = files
    .filter((file) => !isModel(file) && (!file.webkitRelativePath || imageIdOf(file.name) !== undefined))
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }));
  return { images, models };
}

const isModel = ({ name }: File) => /\.onnx$/i.test(name);

/** Everything in what was dropped, folders with the folders in them, in the order of their paths. */
export async function collectDropped(transfer: DataTransfer): Promise<Collected> {
  // Entries must be taken before the first pause: the browser empties the list then.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null);
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return sortFiles(files);
  const images: InputImage[] = [];
  const models: File[] = [];
  for (const entry of entries) {
    if (!entry) continue;
    if (entry.isDirectory) images.push(...(await listDirectory(entry as FileSystemDirectoryEntry)));
    else {
      const sorted = sortFiles([await fileOf(entry as FileSystemFileEntry)]);
      images.push(...sorted.images);
      models.push(...sorted.models);
    }
  }
  return { images, models };
}

async function listDirectory(directory: FileSystemDirectoryEntry): Promise<InputImage[]> {
  const reader = directory.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time, and none at its end.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    entries.push(...part);
  }
  entries.sort((a, b) => (a.fullPath < b.fullPath ? -1 : 1));
  const found: InputImage[] = [];
  for (const entry of entries) {
    if (entry.isDirectory) found.push(...(await listDirectory(entry as FileSystemDirectoryEntry)));
    else if (imageIdOf(entry.name) !== undefined)
      found.push({ name: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) });
  }
  return found;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));
