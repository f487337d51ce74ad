import { hdf5Reason, hdf5Signature, listHdf5Images } from '../../../src/data/reading/hdf5Images.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { dataError } from '../../../src/errors.js';
import type { LooseFile } from './looseFiles.js';

/**
 * h5wasm as its package has it, four megabytes that only these files need: `web/vite.config.ts` gives it a folder of its own. The first file imports
 * the others from beside it.
 */
const library = [
  new URL('../../../node_modules/h5wasm/dist/esm/hdf5_hl.js', import.meta.url),
  new URL('../../../node_modules/h5wasm/dist/esm/hdf5_util.js', import.meta.url),
  new URL('../../../node_modules/h5wasm/dist/esm/file_handlers.js', import.meta.url),
];

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
  const h5wasm: typeof import('h5wasm') = await import(/* @vite-ignore */ library[0].href);
  const hdf5 = await h5wasm.ready;
  // Its file system is there once it is ready.
  const { FS } = h5wasm;
  hdf5.activate_throwing_error_handler();
  const folder = `/opened-${opened++}`;
  try {
    FS!.mkdir(folder);
    FS!.mount(FS!.filesystems.WORKERFS, { files: [archive.file] }, folder);
    const file = hdf5.open(`${folder}/${archive.file.name}`, hdf5.H5F_ACC_RDONLY, false, -1, -1);
    const images = listHdf5Images(hdf5, file, archive);
    return images.length > 0 ? images : undefined;
  } catch (cause) {
    throw dataError(
      'unreadable-hdf5',
      `${archive.location} is no complete HDF5 file (${archive.byteLength} bytes): ${hdf5Reason(cause)}.`,
      { hint: 'The download was probably interrupted: fetch this file again.', cause },
    );
  }
}
