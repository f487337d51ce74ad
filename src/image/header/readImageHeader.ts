import { dataError } from '../../errors.js';
import type { ImageFormat } from '../formats/imageFormat.js';
import { formatNames, imageFormats } from '../formats/registry.js';
import { type ByteReader, readerOf } from './byteReader.js';
import { nameContent } from './fileContents.js';
import { decodingBytes, type ImageHeader, usualBytesPerPixel } from './imageHeader.js';

/** More than any camera or dermatoscope makes; 300 MB of RGB. */
export const mostPixels = 100_000_000;
/** Of what decoders hold at once: most pixels of the usual kind. What they hold more of, progressive files say, may have fewer pixels. */
const mostBytes = mostPixels * usualBytesPerPixel;

/**
 * Reads a file's header, and refuses what Node's and browsers' decoders don't see alike: other formats, animations, files that end early, rare kinds
 * of JPEG and TIFF, images above 100 megapixels, or whose kind takes as much memory. Goes by content, not by name.
 * @throws LesionlabError kind `data` that says what the file is
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const file = readerOf(bytes);
  const header = findHeader(file, bytes);
  if (!header) {
    const { name, hint } = nameContent(file);
    throw dataError('image-format', `The file holds ${name}; ${formatNames} images are read.`, {
      hint: hint ?? 'Convert it to PNG or JPEG with a program for pictures; a new name alone changes nothing.',
    });
  }
  const { width, height } = header;
  if (!(width > 0 && height > 0))
    throw dataError('image-damaged', `The image is damaged: its header gives a size of ${width} x ${height} pixels.`);
  if (width * height > mostPixels)
    throw dataError('image-too-large', `The image has ${width} x ${height} pixels; at most 100 million are read.`, {
      hint: 'Make it smaller first: networks see a few hundred pixels a side.',
    });
  const needed = decodingBytes(header);
  if (needed > mostBytes) {
    const most = Math.floor((mostBytes / needed) * (width * height) * 1e-6);
    throw dataError(
      'image-too-large',
      `The image has ${width} x ${height} pixels; of its kind (${imageFormats[header.format].name}, ${header.bytesPerPixel} bytes of memory a pixel), at most ${most} million are read.`,
      { hint: 'Make it smaller first, or save it as a plain JPEG: neither progressive nor interlaced.' },
    );
  }
  return header;
}

function findHeader(file: ByteReader, bytes: Uint8Array): ImageHeader | undefined {
  for (const format of Object.values<ImageFormat>(imageFormats)) {
    const header = format.readHeader(file, bytes);
    if (header) return header;
  }
  return undefined;
}

/** Whether a file is, or claims to be, an image of a format that is read. */
export function holdsImage(bytes: Uint8Array): boolean {
  try {
    return findHeader(readerOf(bytes), bytes) !== undefined;
  } catch {
    return true;
  }
}
