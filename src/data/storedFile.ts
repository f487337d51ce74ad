import { dataError } from '../errors.js';
import type { ImageFormat } from '../image/formats/imageFormat.js';
import { imageFormats } from '../image/formats/registry.js';
import type { ImageFiles } from './dataset.js';
import { folderRole } from './folderNames.js';
import { unreadFormatOf } from './unreadFormats.js';

/** A file in a folder or inside a zip, or one that a browser was handed. */
export interface StoredFile {
  /** Folders above the file, from the dataset's root, composed (NFC); the name of a zip is not one of them. */
  readonly folders: readonly string[];
  /** File name with its extension, composed (NFC). */
  readonly name: string;
  /** For messages: path, or `archive.zip: entry`. */
  readonly location: string;
  /** Location of the zip that it is in, if it is in one. */
  readonly archive?: string;
  /** Size in bytes, unpacked. */
  readonly byteLength: number;
  /** Cheap mark of the content: see ImageFiles.fingerprint. */
  readonly fingerprint: string;
  /** The whole file. @throws LesionlabError kind `data` where it can't be read */
  read(): Promise<Uint8Array>;
  /** At least the first `bytes` bytes, or all of a shorter file. */
  readHead(bytes: number): Promise<Uint8Array>;
  /** A part of the file from a place on, where that can be had without reading the whole. */
  readRange?(start: number, bytes: number): Promise<Uint8Array>;
}

type NamedFile = Pick<StoredFile, 'folders' | 'name'>;

const endingsOf = (formats: readonly ImageFormat[]) =>
  new RegExp(`\\.(${formats.flatMap(({ endings }) => endings).join('|')})$`, 'i');

const imageExtension = endingsOf(Object.values(imageFormats));
/** Of several versions of a picture under one name, those in these formats count. */
const commonExtension = endingsOf([imageFormats.jpeg, imageFormats.png]);
/** Whether a file is a JPEG or PNG by its name: all that version 0.1 read. */
export const isCommonImage = (name: string): boolean => commonExtension.test(name);
/** Masks and other pictures that were made of an image and carry its name: ISIC's and what people make themselves. */
const sideProduct =
  /[_-](segmentations?|superpixels?|attribute[_-]\w+)\.\w+$|[_-](masks?|seg)\.(?!jpe?g$|jpe$|jfif$)\w+$/i;
/** In formats without loss: others would blur its border. */
const maskExtension = /\.(png|bmp|tiff?|webp)$/i;
const lesionMask = /^(.+)[_-](segmentation|mask)$/i;

/** Names differ by where they were written, composed or decomposed: one form for all. */
export const composed = (text: string): string => text.normalize('NFC');

/** Hidden files, and what macOS adds to archives. */
export const isHiddenName = (name: string): boolean => name.startsWith('.') || name === '__MACOSX';

/**
 * Folders and name of a path inside an archive or as a table writes it: with slashes or backslashes, in composed form.
 * @returns undefined for a folder's own entry and for what is hidden
 */
export function splitPath(path: string): NamedFile | undefined {
  const parts = composed(path)
    .split(/[/\\]/)
    .filter((part) => part !== '.');
  const name = parts.pop();
  if (!name || [...parts, name].some(isHiddenName)) return undefined;
  return { folders: parts.filter((part) => part !== ''), name };
}

/** Image id of a file by its name, or undefined where it is no image (or a mask or other side product). */
export function imageIdOf(name: string): string | undefined {
  return sideProduct.test(name) || !imageExtension.test(name) ? undefined : composed(name.replace(imageExtension, ''));
}

/** Image id of a file by its name and where it lies: files in a folder of masks are no images. */
export function imageIdOfFile({ folders, name }: NamedFile): string | undefined {
  return inMaskFolder(folders) ? undefined : imageIdOf(name);
}

/** The stem of an image in a format that is not read, by which a table may name it. */
export function unreadImageIdOf({ folders, name }: NamedFile): string | undefined {
  if (unreadFormatOf(name)?.holds !== 'image' || sideProduct.test(name) || inMaskFolder(folders)) return undefined;
  return composed(name.replace(/\.[^.]+$/, ''));
}

/**
 * Images among files: those that are read, and those of formats that are not. What was converted and kept beside its original is there
 * once: as a JPEG or PNG, else as what else is read.
 */
export function listImages<T extends NamedFile>(files: readonly T[]): { readonly images: T[]; readonly unread: T[] } {
  const readable = files.filter((file) => imageIdOfFile(file) !== undefined);
  const common = readable.filter(({ name }) => isCommonImage(name));
  const others = files.filter((file) => unreadImageIdOf(file) !== undefined);
  const pathOf = ({ folders }: T, id: string | undefined) => [...folders, id].join('/');
  const pathsOf = (of: readonly T[]) => new Set(of.map((file) => pathOf(file, imageIdOfFile(file))));
  let images = readable;
  if (common.length > 0 && common.length < readable.length) {
    const paths = pathsOf(common);
    images = readable.filter((file) => isCommonImage(file.name) || !paths.has(pathOf(file, imageIdOfFile(file))));
  }
  if (others.length === 0) return { images, unread: [] };
  const paths = pathsOf(images);
  return { images, unread: others.filter((file) => !paths.has(pathOf(file, unreadImageIdOf(file)))) };
}

/** Id of the image whose lesion mask the file is, or undefined where it is none. */
export function maskedImageIdOf(name: string): string | undefined {
  if (!maskExtension.test(name)) return undefined;
  const id = lesionMask.exec(name.replace(maskExtension, ''))?.[1];
  return id === undefined ? undefined : composed(id);
}

/** The same by where it lies: in a folder of masks, a file may have the image's own name. */
export function maskedImageIdOfFile({ folders, name }: NamedFile): string | undefined {
  return maskedImageIdOf(name) ?? (inMaskFolder(folders) && maskExtension.test(name) ? imageIdOf(name) : undefined);
}

const inMaskFolder = (folders: readonly string[]): boolean => folders.some((name) => folderRole(name) === 'masks');

/**
 * Image files by id.
 * @param close closes what the files are read from
 */
export function imageFiles(files: ReadonlyMap<string, StoredFile>, close: () => Promise<void>): ImageFiles {
  const find = (imageId: string) => files.get(imageId) ?? files.get(composed(imageId));
  const file = (imageId: string): StoredFile => {
    const found = find(imageId);
    if (found) return found;
    throw dataError('missing-image', `There is no file for image ${imageId}.`, {
      hint: 'Check that all of the dataset is in the folder.',
    });
  };
  return {
    imageIds: [...files.keys()],
    has: (imageId) => find(imageId) !== undefined,
    location: (imageId) => file(imageId).location,
    byteLength: (imageId) => file(imageId).byteLength,
    fingerprint: (imageId) => file(imageId).fingerprint,
    read: async (imageId) => await file(imageId).read(),
    readHead: async (imageId, bytes) => await file(imageId).readHead(bytes),
    close,
  };
}
