import type { StoredFile } from '../../data/storedFile.js';
import { openZip, type ZipArchive } from '../files/zipFiles.js';

/** NumPy's `.npz` is a zip of arrays. */
const isZip = ({ name }: StoredFile): boolean => /\.(zip|npz)$/i.test(name);

/** Zips that were opened among the files of a dataset, to be closed together. */
export class OpenedZips {
  readonly #archives: ZipArchive[] = [];

  /** Loose files, then what is in the zips among them; the zips stay open. @throws LesionlabError kind `data` where one is damaged */
  async unpack(files: readonly Parameters<typeof openZip>[0][]): Promise<StoredFile[]> {
    const unpacked: StoredFile[] = files.filter((file) => !isZip(file));
    for (const file of files.filter(isZip)) {
      const archive = await openZip(file);
      this.#archives.push(archive);
      unpacked.push(...archive.files);
    }
    return unpacked;
  }

  async close(): Promise<void> {
    await Promise.all(this.#archives.map((archive) => archive.close()));
  }
}
