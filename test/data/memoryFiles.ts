import type { Dataset } from '../../src/data/dataset.js';
import { type DatasetFilesOptions, datasetFromFiles } from '../../src/data/formats/datasetFromFiles.js';
import { type StoredFile, splitPath } from '../../src/data/storedFile.js';
import { LesionlabError } from '../../src/errors.js';

/** Files in memory by path; text stands for its UTF-8. `a.zip: b/c.jpg` is in a zip. */
export function memoryFiles(contents: Record<string, string | Uint8Array>): StoredFile[] {
  return Object.entries(contents).flatMap(([path, content]) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const [archive, entry] = path.includes(': ') ? path.split(': ') : [undefined, path];
    const named = splitPath(entry);
    if (!named) return [];
    return [
      {
        ...named,
        location: path,
        archive,
        byteLength: bytes.length,
        fingerprint: `size-${bytes.length}`,
        read: async () => bytes,
        readHead: async (length: number) => bytes.subarray(0, length),
      },
    ];
  });
}

/** A dataset of files in memory, which lie in the folder `data`. */
export const openMemory = (
  contents: Record<string, string | Uint8Array>,
  options: DatasetFilesOptions = {},
): Promise<Dataset> => datasetFromFiles('data', memoryFiles(contents), options, async () => {});

/** The error that opening them ends with. */
export async function refusal(
  contents: Record<string, string | Uint8Array>,
  options: DatasetFilesOptions = {},
): Promise<LesionlabError> {
  const error = await openMemory(contents, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LesionlabError)) throw new Error('expected a LesionlabError', { cause: error });
  return error;
}

/** Image ids with the class of each. */
export const classesById = ({ records, info }: Dataset): Record<string, string> =>
  Object.fromEntries(records.map(({ imageId, label }) => [imageId, info.classes[label].id]));
