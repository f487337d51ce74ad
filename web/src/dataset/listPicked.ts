import { throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import { isHdf5Name } from '../../../src/data/reading/hdf5Images.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import type { PickedFiles } from '../browser/pickedFiles.js';
import type { CallContext } from '../browser/workerCalls.js';
import { listHdf5 } from './hdf5Files.js';
import { looseFiles } from './looseFiles.js';
import { listZip } from './zippedFiles.js';

/** Files that were picked, loose ones before those in zips, which stand for the zips; likewise images in HDF5. */
export async function listPicked(
  picked: PickedFiles,
  { progress, signal }: Pick<CallContext, 'progress' | 'signal'>,
): Promise<StoredFile[]> {
  const loose = looseFiles(picked);
  // NumPy's .npz is a zip of arrays.
  const isZip = ({ name }: StoredFile) => /\.(zip|npz)$/i.test(name);
  const zips = loose.filter(isZip);
  const files: StoredFile[] = loose.filter((file) => !isZip(file));
  const task = progress.start('Reading the contents of zips', zips.length);
  try {
    for (const [i, zip] of zips.entries()) {
      throwIfInterrupted(signal, 'reading zips');
      files.push(...(await listZip(zip)));
      task.update(i + 1);
    }
  } finally {
    task.end();
  }
  for (const file of loose.filter(({ name }) => isHdf5Name(name))) {
    const images = await listHdf5(file);
    // Its images stand for it.
    if (images) files.splice(files.indexOf(file), 1);
    for (const image of images ?? []) files.push(image);
  }
  return files;
}
