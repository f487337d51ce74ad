import { type Fitting, fittingKey } from '../../image/fitImage.js';
import type { PreparedFile } from './preparedFile.js';

/** Images that are prepared, by id. */
export interface PreparedRecords {
  readonly prepared: PreparedFile;
  /** Index of an image in `prepared`. */
  preparedIndex(imageId: string): number;
}

/** Images of a dataset, at the size that they were opened with, and at any other that a network wants. */
export interface SizedImages extends PreparedRecords {
  /** Prepares them where that wasn't done before. Closed with the others. */
  sizedFor(size: Fitting): Promise<PreparedRecords>;
}

/**
 * Images at one size, and at any other that is asked for. `closeSizes` closes what `sizedFor` opened; what was given stays the giver's.
 * @param first prepared images, and their size
 * @param prepare makes the same images at another size
 */
export function createSizedImages(
  first: { readonly size: Fitting; readonly images: PreparedFile },
  prepare: (size: Fitting) => Promise<PreparedFile>,
): SizedImages & { closeSizes(): void } {
  const given = byId(first.images);
  const known = new Map([[fittingKey(first.size), given]]);
  return {
    ...given,
    async sizedFor(size) {
      const key = fittingKey(size);
      const found = known.get(key) ?? byId(await prepare(size));
      known.set(key, found);
      return found;
    },
    closeSizes() {
      for (const found of known.values()) if (found !== given) found.prepared.close();
    },
  };
}

const byId = (prepared: PreparedFile): PreparedRecords => ({
  prepared,
  preparedIndex: (imageId) => prepared.indexOf(imageId)!,
});
