import { throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import { isHdf5Name } from '../../../src/data/reading/hdf5Images.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import type { ProgressTask } from '../../../src/progress.js';
import { nextMessage } from '../browser/nextMessage.js';
import type { CallContext } from '../browser/workerCalls.js';
import { listHdf5 } from './hdf5Files.js';
import type { LooseFile } from './looseFiles.js';
import { listZip } from './zippedFiles.js';

/** NumPy's .npz is a zip of arrays. */
const isZip = ({ name }: StoredFile) => /\.(zip|npz)$/i.test(name);

/**
 * Files, with what zips and HDF5 files hold in their place: loose ones first.
 * @throws LesionlabError kind `data` where a zip or HDF5 file can't be read; kind `interrupted`
 */
export async function unpackFiles(
  loose: readonly LooseFile[],
  { progress, signal }: Pick<CallContext, 'progress' | 'signal'>,
): Promise<StoredFile[]> {
  const zips = loose.filter(isZip);
  const files: StoredFile[] = [];
  const inHdf5: StoredFile[] = [];
  for (const file of loose) {
    if (isZip(file)) continue;
    // Its images stand for it.
    const images = isHdf5Name(file.name) ? await listHdf5(file) : undefined;
    if (images) for (const image of images) inHdf5.push(image);
    else files.push(file);
  }
  for (const zip of zips) {
    let task: ProgressTask | undefined;
    const report = async (done: number, total: number) => {
      task ??= progress.start(`Listing ${zip.name}`, total);
      task.update(done);
      await nextMessage();
      throwIfInterrupted(signal, 'reading zips');
    };
    try {
      // One by one: a zip may hold more files than a call can have arguments.
      for (const file of await listZip(zip, report)) files.push(file);
    } finally {
      task?.end();
    }
  }
  for (const image of inHdf5) files.push(image);
  return files;
}
