import { hdf5Reason, hdf5Signature, listHdf5Images } from '../../../src/data/reading/hdf5Images.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { dataError } from '../../../src/errors.js';
import type { LooseFile } from './looseFiles.js';

/** Each file lies in a folder of its own, in the file system of WebAssembly. */
let opened = 0;

/**
 * Lists the encoded images in an HDF5 file. Each is read from the disk when it is asked for, whatever the size of the file. In workers only.
 * @returns undefined where it is no HDF5 file, or one that holds something else
 * @throws LesionlabError kind `data` where it was cut off
 */
export async function listHdf5(archive: LooseFile): Promise<StoredFile[] | undefined> {
  const head = await archive.readHead(hdf5Signature.length);
  if (!hdf5Signature.every((byte, i) => head[i] === byte)) return undefined;
  // Four megabytes of code that nobody else needs.
  const { ready, FS } = await import('h5wasm').then(async (module) => {
    await module.ready;
    return module;
  });
  const library = await ready;
  library.activate_throwing_error_handler();
  const folder = `/opened-${opened++}`;
  try {
    FS!.mkdir(folder);
    FS!.mount(FS!.filesystems.WORKERFS, { files: [archive.file] }, folder);
    const file = library.open(`${folder}/${archive.file.name}`, library.H5F_ACC_RDONLY, false, -1, -1);
    const images = listHdf5Images(library, file, archive);
    return images.length > 0 ? images : undefined;
  } catch (cause) {
    throw dataError(
      'unreadable-hdf5',
      `${archive.location} is no complete HDF5 file (${archive.byteLength} bytes): ${hdf5Reason(cause)}.`,
      { hint: 'The download was probably interrupted: fetch this file again.', cause },
    );
  }
}
