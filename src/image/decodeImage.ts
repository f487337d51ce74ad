import { dataError, LesionlabError } from '../errors.js';
import { type ImageHeader, uprightSize } from './header/imageHeader.js';
import { readImageHeader } from './header/readImageHeader.js';
import type { Raster } from './raster.js';

/** Pixels as a platform's decoder gives them, upright, 8 bits a channel, numbers as in the file: no profile applied. */
export interface DecodedPixels {
  readonly width: number;
  readonly height: number;
  /**
   * 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (not multiplied with the colours); where the header says `inks`, 4 is CMYK, 255 full ink, unless
   * the decoder has made RGB of it.
   */
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Whether the pixels still are inks. */
  readonly inks?: boolean;
}

/**
 * Makes RGB pixels of a file by the one rule that holds everywhere (docs/decisions/0012-pixels-of-a-file.md): upright by EXIF, colours as
 * their numbers stand in the file whatever its profile, 16 bits cut to 8, what is transparent on black, inks multiplied.
 * @throws LesionlabError kind `data` where the file is none of those that are read alike everywhere, or is damaged
 */
export async function decodeImage(
  bytes: Uint8Array,
  decodePixels: (bytes: Uint8Array, header: ImageHeader) => Promise<DecodedPixels>,
): Promise<Raster> {
  const header = readImageHeader(bytes);
  let pixels: DecodedPixels;
  try {
    pixels = await decodePixels(bytes, header);
  } catch (cause) {
    if (cause instanceof LesionlabError) throw cause;
    const format = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP' }[header.format];
    const reason = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause);
    throw dataError('image-damaged', `The ${format} is damaged or was cut off: ${reason}`, {
      hint: 'Copy or download the file again.',
      cause,
    });
  }
  const { width, height } = uprightSize(header);
  if (pixels.width !== width || pixels.height !== height)
    throw dataError(
      'image-damaged',
      `The image was decoded to ${pixels.width} x ${pixels.height} pixels, where its header says ${width} x ${height}.`,
    );
  return toRgb(pixels);
}

function toRgb({ width, height, channels, data, inks = false }: DecodedPixels): Raster {
  if (channels === 3 && data instanceof Uint8Array) return { width, height, channels, data };
  const rgb = new Uint8Array(width * height * 3);
  const colours = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  const alpha = channels % 2 === 0 && !inks ? channels - 1 : undefined;
  for (let from = 0, to = 0; to < rgb.length; from += channels) {
    for (const colour of colours) {
      const value = data[from + colour];
      if (inks) rgb[to++] = Math.trunc(((255 - value) * (255 - data[from + 3])) / 255);
      else rgb[to++] = alpha === undefined ? value : Math.round((value * data[from + alpha]) / 255);
    }
  }
  return { width, height, channels: 3, data: rgb };
}
