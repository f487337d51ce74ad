import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import type { PreparedFile } from './preparedFile.js';

/** How an image is made square; what images are prepared by. */
export type ImageSize = Pick<Preprocessing, 'imageSize' | 'fit'>;

/** Images that are prepared, by id. */
export interface PreparedRecords {
  readonly prepared: PreparedFile;
  /** Index of an image in `prepared`. */
  preparedIndex(imageId: string): number;
}

/** Images of a dataset, at the size that they were opened with, and at any other that a network wants. */
export interface SizedImages extends PreparedRecords {
  /** Prepares them where that wasn't done before. Closed with the others. */
  sizedFor(size: ImageSize): Promise<PreparedRecords>;
}

/**
 * Images at one size, and at any other that is asked for. `closeSizes` closes what `sizedFor` opened; what was given stays the giver's.
 * @param first prepared images, and their size
 * @param prepare makes the same images at another size
 */
export function createSizedImages(
  first: { readonly size: ImageSize; readonly images: PreparedFile },
  prepare: (size: ImageSize) => Promise<PreparedFile>,
): SizedImages & { closeSizes(): void } {
  const given = byId(first.images);
  const known = new Map([[keyOf(first.size), given]]);
  return {
    ...given,
    async sizedFor(size) {
      const key = keyOf(size);
      const found = known.get(key) ?? byId(await prepare(size));
      known.set(key, found);
      return found;
    },
    closeSizes() {
      for (const found of known.values()) if (found !== given) found.prepared.close();
    },
  };
}

const keyOf = ({ imageSize, fit }: ImageSize) => `${fit} ${imageSize}`;

function byId(prepared: PreparedFile): PreparedRecords {
  const indexOf = new Map(prepared.imageIds.map((imageId, index) => [imageId, index] as const));
  return { prepared, preparedIndex: (imageId) => indexOf.get(imageId)! };
}
