import type { ImageFiles } from '../dataset.js';

/** Files of one of several datasets. */
export interface FilesToJoin {
  readonly files: ImageFiles;
  /** What an image is called among those of all. */
  idOf(imageId: string): string;
  /** Whether the file of an image (by its id among all) is taken from here; where left out, from the first that has it. */
  takes?(imageId: string): boolean;
}

/** Image files of several datasets as one. Reads none of them. */
export function joinFiles(parts: readonly FilesToJoin[], close: () => Promise<void>): ImageFiles {
  const whereOf = new Map<string, { readonly files: ImageFiles; readonly imageId: string }>();
  for (const { files, idOf, takes } of parts)
    for (const imageId of files.imageIds) {
      const id = idOf(imageId);
      if (!whereOf.has(id) && (takes?.(id) ?? true)) whereOf.set(id, { files, imageId });
    }
  const at = (id: string) => {
    const found = whereOf.get(id);
    if (!found) throw new RangeError(`There is no image ${id}.`);
    return found;
  };
  return {
    imageIds: [...whereOf.keys()],
    has: (id) => whereOf.has(id),
    location: (id) => at(id).files.location(at(id).imageId),
    byteLength: (id) => at(id).files.byteLength(at(id).imageId),
    fingerprint: (id) => at(id).files.fingerprint(at(id).imageId),
    read: (id) => at(id).files.read(at(id).imageId),
    async readHead(id, bytes) {
      const { files, imageId } = at(id);
      return files.readHead ? await files.readHead(imageId, bytes) : await files.read(imageId);
    },
    close,
  };
}
