import { dataError, LesionlabError } from '../errors.js';
import type { DecodedPixels } from './decodedPixels.js';
import type { ImageFormat } from './formats/imageFormat.js';
import { imageFormats } from './formats/registry.js';
import { decodingBytes, type ImageHeader, uprightSize } from './header/imageHeader.js';
import { readImageHeader } from './header/readImageHeader.js';
import type { Raster } from './raster.js';
import { turnImage } from './turnImage.js';

/** Waits until there is so much memory, bytes, to decode an image beside what other threads decode, and runs the work. */
export type SharedMemory = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

/**
 * Makes RGB pixels of a file by the one rule that holds everywhere (docs/decisions/0012-pixels-of-a-file.md): upright by EXIF, colours as
 * their numbers stand in the file whatever its profile, 16 bits cut to 8, what is transparent on black, inks multiplied. What the file is, its content says. Its header is read, and
 * its size is known, before anything is decoded.
 * @param decodePixels the platform's decoder, for JPEG, PNG, WebP and AVIF; its pixels are upright
 * @throws LesionlabError kind `data` where the file is none of those that are read alike everywhere, is too large, or is damaged
 */
export async function decodeImage(
  bytes: Uint8Array,
  decodePixels: (bytes: Uint8Array, header: ImageHeader) => Promise<DecodedPixels>,
  sharedMemory: SharedMemory = (_, work) => work(),
): Promise<Raster> {
  const header = readImageHeader(bytes);
  return await sharedMemory(decodingBytes(header), () => decodeKnown(bytes, header, decodePixels));
}

async function decodeKnown(
  bytes: Uint8Array,
  header: ImageHeader,
  decodePixels: (bytes: Uint8Array, header: ImageHeader) => Promise<DecodedPixels>,
): Promise<Raster> {
  const format: ImageFormat = imageFormats[header.format];
  let pixels: DecodedPixels;
  try {
    pixels = format.decode
      ? await format.decode(bytes, header, (inner) => decodeKnown(inner, readImageHeader(inner), decodePixels))
      : await decodePixels(bytes, header);
  } catch (cause) {
    if (cause instanceof LesionlabError) throw cause;
    throw dataError('image-damaged', `The ${format.name} is damaged or was cut off: ${reasonOf(cause)}`, {
      hint: 'Copy or download the file again.',
      cause,
    });
  }
  const { width, height } = format.decode ? header : uprightSize(header);
  if (pixels.width !== width || pixels.height !== height)
    throw dataError(
      'image-damaged',
      `The image was decoded to ${pixels.width} x ${pixels.height} pixels, where its header says ${width} x ${height}.`,
    );
  const rgb = toRgb(pixels);
  return format.decode ? turnImage(rgb, header.orientation) : rgb;
}

/** What the decoder says, in words of its readers where it is the usual thing. */
function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause);
  if (
    /premature end|unexpected end|end of (file|stream)|truncated|not enough data|read error|out of order read/i.test(
      reason,
    )
  )
    return 'its end is missing.';
  // Names of the library's parts tell nobody anything.
  return `its decoder says "${reason.replace(/^\w*(vips|jpeg|png|webp|heif)\w*: /i, '')}".`;
}

function toRgb({ width, height, channels, data, inks = false }: DecodedPixels): Raster {
  if (channels === 3 && data instanceof Uint8Array) return { width, height, channels, data };
  const rgb = new Uint8Array(width * height * 3);
  // Where the next colours of a pixel are, and how much of them there is.
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const share = inks ? 3 : channels - 1;
  const isWhole = channels % 2 === 1;
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const part = isWhole ? 255 : data[from + share];
    if (!inks && part === 255) {
      rgb[to] = data[from];
      rgb[to + 1] = data[from + green];
      rgb[to + 2] = data[from + blue];
    } else if (inks) {
      rgb[to] = withInk(data[from], part);
      rgb[to + 1] = withInk(data[from + green], part);
      rgb[to + 2] = withInk(data[from + blue], part);
    } else {
      rgb[to] = Math.round((data[from] * part) / 255);
      rgb[to + 1] = Math.round((data[from + green] * part) / 255);
      rgb[to + 2] = Math.round((data[from + blue] * part) / 255);
    }
  }
  return { width, height, channels: 3, data: rgb };
}

const withInk = (ink: number, black: number): number => Math.trunc(((255 - ink) * (255 - black)) / 255);
