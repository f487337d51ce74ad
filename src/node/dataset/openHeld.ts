import { statSync, utimesSync } from 'node:fs';
import { dataError } from '../../errors.js';
import { holdEntry } from '../files/cacheLease.js';
import { hexadecimal } from '../files/contentMark.js';
import type { ImageTable } from './imageTable.js';
import { openPreparedFile, type PreparedFile, tablePath } from './preparedFile.js';

/**
 * Opens prepared images of the cache with what is known of their files, and keeps them from being pruned until they are closed.
 * @throws LesionlabError kind `data` where the file is not whole, or of other images
 */
export function openHeld(path: string, table: ImageTable): PreparedFile {
  const release = holdEntry(path);
  try {
    const pixels = openPreparedFile(path);
    markUsed(path);
    markUsed(tablePath(path));
    const { imageIds, checksums, failures } = table;
    if (pixels.description.images !== imageIds.length) {
      pixels.close();
      throw dataError(
        'prepared-images',
        `Cannot use the prepared images in ${path}: it holds ${pixels.description.images} images, ${imageIds.length} were expected.`,
        { hint: 'Delete the file; it is made again from the images.' },
      );
    }
    return {
      ...pixels,
      imageIds,
      checksum(imageId) {
        const index = placesOf(table).get(imageId);
        if (index === undefined) throw new RangeError(`${path} holds no image ${imageId}.`);
        return failures.has(index) ? '' : hexadecimal(checksums[index]);
      },
      indexOf: (imageId) => placesOf(table).get(imageId),
      close() {
        pixels.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** The time of access says when it was last used, whatever the file system keeps of it by itself; that of change stays. */
function markUsed(path: string): void {
  try {
    utimesSync(path, new Date(), statSync(path).mtime);
  } catch {
    // A cache that others own is used all the same.
  }
}

const places = new WeakMap<ImageTable, Map<string, number>>();

/** Made when first asked for, once for all sizes of the same images. */
function placesOf(table: ImageTable): Map<string, number> {
  const known = places.get(table) ?? new Map(table.imageIds.map((imageId, index) => [imageId, index]));
  places.set(table, known);
  return known;
}
