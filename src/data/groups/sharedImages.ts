import type { ImageFiles } from '../dataset.js';
import { findIdenticalImages, type Interruption } from './identicalImages.js';

/** Images of one dataset. */
export interface SomeImages {
  readonly images: ImageFiles;
  readonly imageIds: readonly string[];
}

/**
 * Finds images whose files are in two datasets, byte by byte. Reads only files whose size occurs in both.
 * @returns by id in `second`, the ids of the same file in `first`; images that are in both only
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function findSharedImages(
  first: SomeImages,
  second: SomeImages,
  signal?: Interruption,
): Promise<Map<string, string[]>> {
  const sizesOf = ({ images, imageIds }: SomeImages) =>
    new Set(imageIds.filter((id) => images.has(id)).map((id) => images.byteLength(id)));
  const [firstSizes, secondSizes] = [sizesOf(first), sizesOf(second)];
  const candidates = (side: SomeImages, otherSizes: ReadonlySet<number>, name: string) =>
    side.imageIds
      .filter((id) => side.images.has(id) && otherSizes.has(side.images.byteLength(id)))
      .map((id) => `${name}${id}`);
  const ids = [...candidates(first, secondSizes, '1'), ...candidates(second, firstSizes, '2')];
  const shared = new Map<string, string[]>();
  for (const same of await findIdenticalImages(bothOf(first.images, second.images), ids, signal)) {
    const [ours, theirs] = ['1', '2'].map((name) =>
      same.filter((id) => id.startsWith(name)).map((id) => id.slice(name.length)),
    );
    if (ours.length > 0) for (const id of theirs) shared.set(id, ours);
  }
  return shared;
}

/** Files of two datasets as one: ids begin with 1 or 2, since both may have an image of the same name. */
function bothOf(first: ImageFiles, second: ImageFiles): ImageFiles {
  const sideOf = (id: string) => (id.startsWith('1') ? first : second);
  const own = (id: string) => id.slice(1);
  return {
    imageIds: [...first.imageIds.map((id) => `1${id}`), ...second.imageIds.map((id) => `2${id}`)],
    has: (id) => sideOf(id).has(own(id)),
    location: (id) => sideOf(id).location(own(id)),
    byteLength: (id) => sideOf(id).byteLength(own(id)),
    fingerprint: (id) => sideOf(id).fingerprint(own(id)),
    read: (id) => sideOf(id).read(own(id)),
    // Whoever opened the datasets closes them.
    close: async () => {},
  };
}
