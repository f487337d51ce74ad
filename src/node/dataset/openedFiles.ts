import { isHdf5Name } from '../../data/reading/hdf5Images.js';
import type { StoredFile } from '../../data/storedFile.js';
import { type ContentMemory, recallContents } from '../files/contentMemory.js';
import type { FolderFile } from '../files/folderFiles.js';
import { openHdf5 } from '../files/hdf5Files.js';
import { openZip, type ZipArchive } from '../files/zipFiles.js';

/** A zip by its name; NumPy's `.npz` is a zip of arrays. */
export const isZipName = (name: string): boolean => /\.(zip|npz)$/i.test(name);

/** The files of a dataset with the zips and HDF5 files among them opened, to be closed together. */
export class OpenedFiles {
  readonly #archives: ZipArchive[] = [];
  readonly #memories: ContentMemory[] = [];

  /**
   * Loose files, then what is in the zips and in the HDF5 files of images among them, which stay open.
   * @param folder that they lie in, whose contents may be known from before
   * @throws LesionlabError kind `data` where a zip is damaged
   */
  async unpack(folder: string, loose: readonly FolderFile[]): Promise<StoredFile[]> {
    const plain = loose.filter(({ name }) => !isZipName(name));
    this.#memories.push(await recallContents(folder, plain));
    const files: StoredFile[] = [...plain];
    for (const file of loose.filter(({ name }) => isZipName(name))) {
      const archive = await openZip(file);
      this.#archives.push(archive);
      for (const file of archive.files) files.push(file);
    }
    for (const file of plain.filter(({ name }) => isHdf5Name(name))) {
      const archive = await openHdf5(file);
      if (!archive) continue;
      this.#archives.push(archive);
      // Its images stand for it.
      files.splice(files.indexOf(file), 1);
      for (const image of archive.files) files.push(image);
    }
    return files;
  }

  async close(): Promise<void> {
    await Promise.all(this.#memories.map((memory) => memory.save()));
    await Promise.all(this.#archives.map((archive) => archive.close()));
  }
}
