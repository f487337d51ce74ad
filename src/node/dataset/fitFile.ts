import { crc32 } from 'node:zlib';
import { type Fitting, fitImage } from '../../image/fitImage.js';
import type { Raster } from '../../image/raster.js';
import { sharpCodec } from '../files/codec.js';

/** What becomes of an image's file: its size in pixels, upright, and the squares that were asked for; or why it can't be decoded. */
export type FittedFile =
  | {
      readonly width: number;
      readonly height: number;
      /** RGB. */
      readonly squares: readonly Uint8Array[];
      /** CRC-32 of each. */
      readonly checksums: readonly number[];
      /** Where one was asked for. */
      readonly picture?: Raster;
    }
  | { readonly reason: string };

/** Decodes a file once and makes as many squares of it as are asked for. @param shown also makes a picture of it */
export async function fitFile(bytes: Uint8Array, fittings: readonly Fitting[], shown?: Fitting): Promise<FittedFile> {
  if (bytes.length === 0) return { reason: 'the file is empty (0 bytes)' };
  try {
    const image = await sharpCodec.decode(bytes);
    const squares = fittings.map((fitting) => fitImage(image, fitting).data as Uint8Array);
    const { width, height } = image;
    const checksums = squares.map((square) => crc32(square));
    return { width, height, squares, checksums, ...(shown && { picture: fitImage(image, shown) }) };
  } catch (error) {
    return { reason: (error as Error).message.trim().replaceAll(/\s*\n\s*/g, '; ') };
  }
}
