import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { z } from 'zod';
import type { PreparedImages } from '../../data/preparation/preprocessing.js';
import { dataError } from '../../errors.js';
import { fits } from '../../image/fitImage.js';
import { resizeMethods } from '../../image/resizeFilters.js';

/** Raised whenever the same images would give other bytes, or the files' layout changes. */
export const preparedFormat = 3;

export const preparedDescription = z.object({
  format: z.literal(preparedFormat),
  imageSize: z.int().positive(),
  fit: z.enum(fits),
  resize: z.enum(resizeMethods).optional(),
  resizeTo: z.int().positive().optional(),
  padFill: z.tuple([z.int(), z.int(), z.int()]).optional(),
  imageIds: z.array(z.string()),
  /** CRC-32 of each image's file, 8 hexadecimal digits; empty for failures. */
  checksums: z.array(z.string().regex(/^([0-9a-f]{8})?$/)),
  /** Images that can't be had; their pixels are zero. `read`: the file is there but couldn't be read, which may pass. */
  failures: z.array(
    z.object({ imageId: z.string(), reason: z.string(), stage: z.enum(['missing', 'read', 'decode']) }),
  ),
});
export type PreparedDescription = z.infer<typeof preparedDescription>;

/** Prepared images in a file; `path` is all that another thread needs to open it as well. */
export interface PreparedFile extends PreparedImages {
  readonly path: string;
  readonly description: PreparedDescription;
  /**
   * CRC-32 of the image's file, 8 hexadecimal digits; empty where the image couldn't be had.
   * @throws RangeError where the file holds no image of this id
   */
  checksum(imageId: string): string;
  close(): void;
}

export const descriptionPath = (path: string): string => path.replace(/\.u8$/, '.json');

/**
 * Opens a cache file of prepared images, `<key>.u8` beside `<key>.json`; images are read by offset when asked for.
 * @throws LesionlabError kind `data` where the file is not whole or of another version
 */
export function openPreparedFile(path: string): PreparedFile {
  let file: number | undefined;
  try {
    const description = preparedDescription.parse(JSON.parse(readFileSync(descriptionPath(path), 'utf8')));
    file = openSync(path, 'r');
    const { imageSize, imageIds, checksums } = description;
    if (checksums.length !== imageIds.length)
      throw new Error(`its description has ${checksums.length} checksums for ${imageIds.length} images`);
    const stride = imageSize * imageSize * 3;
    const { size } = fstatSync(file);
    if (size !== stride * imageIds.length)
      throw new Error(`it has ${size} bytes, ${stride * imageIds.length} were expected`);
    return wrapFile(path, file, description, stride);
  } catch (cause) {
    if (file !== undefined) closeSync(file);
    throw dataError('prepared-images', `Cannot use the prepared images in ${path}: ${(cause as Error).message}`, {
      hint: 'Delete the file; it is made again from the images.',
      cause,
    });
  }
}

function wrapFile(path: string, file: number, description: PreparedDescription, stride: number): PreparedFile {
  let open = true;
  const { imageIds, checksums } = description;
  const checksumOf = new Map(imageIds.map((imageId, index) => [imageId, checksums[index]]));
  return {
    path,
    description,
    imageSize: description.imageSize,
    imageIds: description.imageIds,
    read(index, target, offset = 0) {
      if (!(index >= 0 && index < description.imageIds.length))
        throw new RangeError(`Image ${index} asked for, ${path} holds ${description.imageIds.length}.`);
      let done = 0;
      while (done < stride) {
        const got = readSync(file, target, offset + done, stride - done, index * stride + done);
        if (got === 0) throw dataError('prepared-images', `${path} was cut short while it was in use.`);
        done += got;
      }
    },
    checksum(imageId) {
      const checksum = checksumOf.get(imageId);
      if (checksum === undefined) throw new RangeError(`${path} holds no image ${imageId}.`);
      return checksum;
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}
