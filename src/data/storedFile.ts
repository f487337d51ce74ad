import { dataError } from '../errors.js';
import type { ImageFiles } from './dataset.js';

/** A file in a folder or inside a zip, or one that a browser was handed. */
export interface StoredFile {
  /** Folders above the file, from the dataset's root; the name of a zip is not one of them. */
  readonly folders: readonly string[];
  /** File name with its extension. */
  readonly name: string;
  /** For messages: path, or `archive.zip: entry`. */
  readonly location: string;
  /** Size in bytes, unpacked. */
  readonly byteLength: number;
  /** Cheap mark of the content: see ImageFiles.fingerprint. */
  readonly fingerprint: string;
  /** The whole file. @throws LesionlabError kind `data` where it can't be read */
  read(): Promise<Uint8Array>;
  /** At least the first `bytes` bytes, or all of a shorter file. */
  readHead(bytes: number): Promise<Uint8Array>;
}

const imageExtension = /\.(jpe?g|png)$/i;
const maskName = /^(.+)_segmentation\.png$/i;

/** Image id of a file by its name, or undefined where it is no image (or a mask). */
export function imageIdOf(name: string): string | undefined {
  return maskName.test(name) || !imageExtension.test(name) ? undefined : name.replace(imageExtension, '');
}

/** Id of the image whose lesion mask the file is, or undefined where it is none. */
export function maskedImageIdOf(name: string): string | undefined {
  return maskName.exec(name)?.[1];
}

/**
 * Image files by id.
 * @param close closes what the files are read from
 */
export function imageFiles(files: ReadonlyMap<string, StoredFile>, close: () => Promise<void>): ImageFiles {
  const file = (imageId: string): StoredFile => {
    const found = files.get(imageId);
    if (found) return found;
    throw dataError('missing-image', `There is no file for image ${imageId}.`, {
      hint: 'Check that all of the dataset is in the folder.',
    });
  };
  return {
    imageIds: [...files.keys()],
    has: (imageId) => files.has(imageId),
    location: (imageId) => file(imageId).location,
    byteLength: (imageId) => file(imageId).byteLength,
    fingerprint: (imageId) => file(imageId).fingerprint,
    read: async (imageId) => await file(imageId).read(),
    close,
  };
}
