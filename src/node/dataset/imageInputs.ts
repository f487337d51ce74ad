import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { imageIdOf, type StoredFile } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';
import { type FolderFile, listFolder } from '../files/folderFiles.js';
import { openZip, type ZipArchive } from '../files/zipFiles.js';

export interface ImageInputs {
  /** In the order in which they were named, folders and zips in the order of their paths. */
  readonly files: readonly StoredFile[];
  close(): Promise<void>;
}

/**
 * Lists the images in files, folders (with the folders in them) and zips. A file that is named is taken whatever its name;
 * in folders and zips only JPEG and PNG files count, and lesion masks don't.
 * @throws LesionlabError kind `data` where something named doesn't exist, or there is no image at all
 */
export async function openImageInputs(paths: readonly string[]): Promise<ImageInputs> {
  const archives: ZipArchive[] = [];
  const files: StoredFile[] = [];
  const close = async () => {
    await Promise.all(archives.map((archive) => archive.close()));
  };
  const addZip = async (file: FolderFile) => {
    const archive = await openZip(file);
    archives.push(archive);
    files.push(...archive.files.filter(({ name }) => imageIdOf(name) !== undefined));
  };
  try {
    for (const path of paths) {
      const kind = await kindOf(path);
      if (kind === 'folder') {
        for (const file of await listFolder(path)) {
          if (/\.zip$/i.test(file.name)) await addZip(file);
          else if (imageIdOf(file.name) !== undefined) files.push(file);
        }
      } else {
        const file = await fileAt(path);
        if (/\.zip$/i.test(path)) await addZip(file);
        else files.push(file);
      }
    }
    if (files.length === 0)
      throw dataError('no-images', `There is no JPEG or PNG in ${paths.join(', ')}.`, {
        hint: 'Name image files, folders that hold some, or zips of them.',
      });
    return { files: withoutRepeats(files), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function kindOf(path: string): Promise<'folder' | 'file'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const gone = code === 'ENOENT' || code === 'ENOTDIR';
    throw dataError('no-input', gone ? `There is no file or folder ${path}.` : `Cannot read ${path}: ${message}`, {
      hint: 'Check the spelling of the path.',
      cause,
    });
  }
}

/** The file as its folder lists it, under the name that the user gave. */
async function fileAt(path: string): Promise<FolderFile> {
  const { size, mtimeMs } = await stat(path);
  const read = async () => {
    try {
      return await readFile(path);
    } catch (cause) {
      throw dataError('unreadable-file', `Cannot read ${path}: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    path: resolve(path),
    folders: [dirname(path)],
    name: basename(path),
    location: path,
    byteLength: size,
    fingerprint: `${size}-${Math.round(mtimeMs)}`,
    read,
    readHead: async (bytes) => (await read()).subarray(0, bytes),
  };
}

/** A file that is named twice, or named and in a folder that is named too, is one image. */
function withoutRepeats(files: readonly StoredFile[]): StoredFile[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    const key = 'path' in file ? resolve((file as FolderFile).path) : file.location;
    return !seen.has(key) && seen.add(key);
  });
}
