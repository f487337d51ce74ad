import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { listImages, type StoredFile } from '../../data/storedFile.js';
import { unreadFiles, unreadFormatOf } from '../../data/unreadFormats.js';
import { dataError } from '../../errors.js';
import { FolderFile, fileAt, listFolder } from '../files/folderFiles.js';
import type { ZipArchive } from '../files/zipFiles.js';

export interface ImageInputs {
  /** In the order in which they were named, folders and zips in the order of their paths. */
  readonly files: readonly StoredFile[];
  /** Archives that were found and not opened. */
  readonly unopened: readonly StoredFile[];
  close(): Promise<void>;
}

/**
 * Lists the images in files, folders (with the folders in them) and zips. A file that is named is taken whatever its name; in folders and zips
 * only images count, those of formats that can't be read too, since they are to be told; lesion masks and the like don't.
 * @throws LesionlabError kind `data` where something named doesn't exist, or there is no image at all
 */
export async function openImageInputs(paths: readonly string[]): Promise<ImageInputs> {
  const archives: ZipArchive[] = [];
  const files: StoredFile[] = [];
  const unopened: StoredFile[] = [];
  const close = async () => {
    await Promise.all(archives.map((archive) => archive.close()));
  };
  const addImages = (listed: readonly StoredFile[]) => {
    const { images, unread } = listImages(listed);
    const wanted = new Set([...images, ...unread]);
    files.push(...listed.filter((file) => wanted.has(file)));
    unopened.push(...listed.filter(({ name }) => unreadFormatOf(name)?.holds === 'archive'));
  };
  const addZip = async (file: FolderFile) => {
    const { openZip } = await import('../files/zipFiles.js');
    const archive = await openZip(file);
    archives.push(archive);
    addImages(archive.files);
  };
  try {
    for (const path of paths) {
      if ((await kindOf(path)) === 'folder') {
        const listed = await listFolder(path);
        addImages(listed.filter(({ name }) => !isZip(name)));
        for (const file of listed) if (isZip(file.name)) await addZip(file);
      } else if (isZip(path)) await addZip(await fileAt(path));
      else files.push(await fileAt(path));
    }
    if (files.length === 0) {
      const [unread, hint] = unreadFiles(unopened);
      throw dataError('no-images', `There is no image in ${paths.join(', ')}.${unread}`, {
        hint: hint ?? 'Name image files, folders that hold some, or zips of them.',
      });
    }
    return { files: withoutRepeats(files), unopened, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const isZip = (path: string) => /\.zip$/i.test(path);

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

/** A file that is named twice, or named and in a folder that is named too, is one image. */
function withoutRepeats(files: readonly StoredFile[]): StoredFile[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    const key = file instanceof FolderFile ? resolve(file.path) : file.location;
    return !seen.has(key) && seen.add(key);
  });
}
