import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { hdf5Reason, hdf5Signature, imagesAtPlaces, listHdf5Images } from '../../data/reading/hdf5Images.js';
import { findHdf5Places } from '../../data/reading/hdf5Places.js';
import { dataError } from '../../errors.js';
import { contentMark } from './contentMark.js';
import type { FolderFile } from './folderFiles.js';
import type { ZipArchive } from './zipFiles.js';

/**
 * Opens an HDF5 file that holds encoded images, such as Kaggle's train-image.hdf5, and lists them; each is read by its place in the file.
 * @returns undefined where it is no HDF5 file, or one that holds something else
 * @throws LesionlabError kind `data` where it was cut off
 */
export async function openHdf5(archive: FolderFile): Promise<ZipArchive | undefined> {
  const head = await archive.readHead(hdf5Signature.length);
  if (!hdf5Signature.every((byte, i) => head[i] === byte)) return undefined;
  const placed = await openPlaced(archive);
  if (placed) return placed;
  // Four megabytes of code that nobody else needs.
  const { ready } = await import('h5wasm/node');
  const library = await ready;
  library.activate_throwing_error_handler();
  let file: bigint | undefined;
  try {
    file = library.open(archive.path, library.H5F_ACC_RDONLY, false, -1, -1);
    const files = listHdf5Images(library, file, archive);
    const opened = file;
    const close = async () => {
      library.close_file(opened);
    };
    if (files.length > 0) return { files, close };
    await close();
    return undefined;
  } catch (cause) {
    if (file !== undefined) library.close_file(file);
    throw dataError(
      'unreadable-hdf5',
      `${archive.location} is no complete HDF5 file (${archive.byteLength} bytes): ${hdf5Reason(cause)}.`,
      { hint: 'The download was probably interrupted: fetch this file again.', cause },
    );
  }
}

/** Opens it by its own directory, where that is laid out as usual; the images are known by their contents then. */
async function openPlaced(archive: FolderFile): Promise<ZipArchive | undefined> {
  const file = await open(archive.path);
  const readRange = async (start: number, bytes: number) => {
    const { buffer, bytesRead } = await file.read(new Uint8Array(bytes), 0, bytes, start);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const places = await findHdf5Places(readRange, (bytes) => crc32(bytes));
    const files = places && (await imagesAtPlaces(places, archive, { readRange, markOf: contentMark }));
    if (files) return { files, close: () => file.close() };
    await file.close();
    return undefined;
  } catch (error) {
    await file.close();
    throw error;
  }
}
