import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { PreparedImages } from '../../data/preparation/preprocessing.js';
import { dataError } from '../../errors.js';
import { borders, type Fitting, fits, fittingKey, lights } from '../../image/fitImage.js';
import { resizeMethods } from '../../image/resizeFilters.js';
import { cacheFormat } from './imageTable.js';

/** What stands at the end of a file of prepared images. */
const preparedDescription = z.object({
  format: z.literal(cacheFormat),
  images: z.int().nonnegative(),
  imageSize: z.int().positive(),
  fit: z.enum(fits),
  resize: z.enum(resizeMethods).optional(),
  resizeTo: z.int().positive().optional(),
  padFill: z.tuple([z.int(), z.int(), z.int()]).optional(),
  border: z.enum(borders).optional(),
  light: z.enum(lights).optional(),
  /** CRC-32 of the images' checksums. */
  checksums: z.int(),
});
export type PreparedDescription = z.infer<typeof preparedDescription>;

/** The pixels of prepared images in a file; `path` is all that another thread needs to open it as well. */
export interface PreparedPixels extends Omit<PreparedImages, 'imageIds'> {
  readonly path: string;
  readonly description: PreparedDescription;
  /** CRC-32 of each image's pixels. @throws Error where they are damaged themselves */
  pixelChecksums(): Uint32Array;
  close(): void;
}

/** Prepared images, and what is known of their files. */
export interface PreparedFile extends PreparedPixels, PreparedImages {
  /**
   * CRC-32 of the image's file, 8 hexadecimal digits; empty where the image couldn't be had.
   * @throws RangeError where the file holds no image of this id
   */
  checksum(imageId: string): string;
  /** Place of an image; undefined where the file doesn't hold it. */
  indexOf(imageId: string): number | undefined;
}

/** End of the name of a file: how its images became squares. */
export const fittingSuffix = (fitting: Fitting): string => `${fittingKey(fitting).replaceAll(/[^a-z0-9]+/g, '-')}.u8`;

/** Where the table of the images of a file is. */
export const tablePath = (path: string): string => join(dirname(path), `${basename(path).slice(0, 33)}.images`);

const magic = Buffer.from('lesionlab');

/**
 * What follows the pixels [N, S, S, 3] in a file: a CRC-32 for each image's pixels, then the description, its length and a mark.
 * @param pixelChecksums [N]
 */
export function preparedTrailer(
  { imageSize, fit, resize, resizeTo, padFill, border, light }: Fitting,
  pixelChecksums: Uint32Array,
): Uint8Array {
  const checksums = littleEndian(pixelChecksums);
  const description = {
    format: cacheFormat,
    images: pixelChecksums.length,
    imageSize,
    fit,
    resize,
    resizeTo,
    padFill: padFill && [...padFill],
    border,
    light,
    checksums: crc32(checksums),
  } satisfies PreparedDescription;
  const text = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([checksums, text, length, magic]);
}

function littleEndian(values: Uint32Array): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (let i = 0; i < values.length; i++) bytes.writeUInt32LE(values[i], 4 * i);
  return bytes;
}

/**
 * Opens a file of prepared images; they are read by offset when asked for.
 * @throws LesionlabError kind `data` where the file is not whole or of another version
 */
export function openPreparedFile(path: string): PreparedPixels {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const description = readDescription(file, size);
    const { images, imageSize } = description;
    const stride = imageSize * imageSize * 3;
    const expected = images * (stride + 4) + descriptionLength(file, size) + 4 + magic.length;
    if (size !== expected) throw new Error(`it has ${size} bytes, ${expected} were expected`);
    return wrapFile(path, file, description, stride);
  } catch (cause) {
    if (file !== undefined) closeSync(file);
    throw dataError('prepared-images', `Cannot use the prepared images in ${path}: ${(cause as Error).message}`, {
      hint: 'Delete the file; it is made again from the images.',
      cause,
    });
  }
}

/** @throws Error where the file ends otherwise */
function descriptionLength(file: number, size: number): number {
  const end = Buffer.alloc(4 + magic.length);
  if (size > end.length) readSync(file, end, 0, end.length, size - end.length);
  if (!end.subarray(4).equals(magic)) throw new Error(`it has ${size} bytes and no description at its end`);
  return end.readUInt32LE(0);
}

function readDescription(file: number, size: number): PreparedDescription {
  const length = descriptionLength(file, size);
  const text = Buffer.alloc(Math.min(length, size, 4096));
  readSync(file, text, 0, text.length, Math.max(0, size - 4 - magic.length - length));
  return preparedDescription.parse(JSON.parse(text.toString('utf8')));
}

function wrapFile(path: string, file: number, description: PreparedDescription, stride: number): PreparedPixels {
  let open = true;
  const { images, imageSize } = description;
  return {
    path,
    description,
    imageSize,
    read(index, target, offset = 0) {
      if (!(index >= 0 && index < images)) throw new RangeError(`Image ${index} asked for, ${path} holds ${images}.`);
      readFully(path, file, target, offset, stride, index * stride);
    },
    pixelChecksums() {
      const bytes = Buffer.alloc(4 * images);
      readFully(path, file, bytes, 0, bytes.length, images * stride);
      if (crc32(bytes) !== description.checksums) throw new Error('the checksums of its images are damaged');
      return Uint32Array.from({ length: images }, (_, i) => bytes.readUInt32LE(4 * i));
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

function readFully(
  path: string,
  file: number,
  target: Uint8Array,
  offset: number,
  length: number,
  position: number,
): void {
  let done = 0;
  while (done < length) {
    const got = readSync(file, target, offset + done, length - done, position + done);
    if (got === 0) throw dataError('prepared-images', `${path} was cut short while it was in use.`);
    done += got;
  }
}

/** Puts pixels in the place of those of an image that are damaged. @throws Error of the file system */
export function mendPreparedImage({ path, imageSize }: PreparedPixels, index: number, pixels: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    let done = 0;
    while (done < pixels.length)
      done += writeSync(file, pixels, done, pixels.length - done, index * imageSize ** 2 * 3 + done);
  } finally {
    closeSync(file);
  }
}
