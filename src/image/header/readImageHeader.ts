import { dataError } from '../../errors.js';
import { readerOf } from './byteReader.js';
import { nameContent } from './fileContents.js';
import type { ImageHeader } from './imageHeader.js';
import { readJpegHeader } from './jpegHeader.js';
import { readPngHeader } from './pngHeader.js';
import { readWebpHeader } from './webpHeader.js';

/** As many pixels as decoders take: sharp's limit, and a little less than the largest canvas. */
const largestImage = 0x3fff ** 2;

/**
 * Reads a file's header, and refuses what Node's and browsers' decoders don't see alike: other formats, animations, files that end early, rare kinds
 * of JPEG, images above 268 megapixels. Goes by content, not by name.
 * @throws LesionlabError kind `data` that says what the file is
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const file = readerOf(bytes);
  const header = readJpegHeader(file) ?? readPngHeader(file) ?? readWebpHeader(file);
  if (!header)
    throw dataError('image-format', `The file holds ${nameContent(file)}; JPEG, PNG and WebP images are read.`, {
      hint: 'Convert it to PNG or JPEG with a program for pictures; a new name alone changes nothing.',
    });
  const { width, height } = header;
  if (!(width > 0 && height > 0))
    throw dataError('image-damaged', `The image is damaged: its header gives a size of ${width} x ${height} pixels.`);
  if (width * height > largestImage)
    throw dataError('image-too-large', `The image has ${width} x ${height} pixels; at most 268 million are read.`, {
      hint: 'Make it smaller first: networks see a few hundred pixels a side.',
    });
  return header;
}
