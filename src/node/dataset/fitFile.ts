import { crc32 } from 'node:zlib';
import { type Fitting, fitImage } from '../../image/fitImage.js';
import { sharpCodec } from '../files/codec.js';

/** What becomes of an image's file: its size in pixels, upright, and the squares that were asked for; or why it can't be decoded. */
export type FittedFile =
  | {
      readonly width: number;
      readonly height: number;
      /** RGB, in memory of their own. */
      readonly squares: readonly Uint8Array<ArrayBuffer>[];
      /** CRC-32 of each. */
      readonly checksums: readonly number[];
    }
  | { readonly reason: string };

/** Decodes a file once and makes as many squares of it as are asked for. */
export async function fitFile(bytes: Uint8Array, fittings: readonly Fitting[]): Promise<FittedFile> {
  if (bytes.length === 0) return { reason: 'the file is empty (0 bytes)' };
  try {
    const image = await sharpCodec.decode(bytes);
    const squares = fittings.map((fitting) => {
      const { data } = fitImage(image, fitting);
      // Decoded pixels may lie in sharp's own memory, which can't be transferred, and which all squares of that size would share.
      return data.byteLength === data.buffer.byteLength && data !== image.data
        ? (data as Uint8Array<ArrayBuffer>)
        : new Uint8Array(data);
    });
    const { width, height } = image;
    return { width, height, squares, checksums: squares.map((square) => crc32(square)) };
  } catch (error) {
    return { reason: (error as Error).message.trim().replaceAll(/\s*\n\s*/g, '; ') };
  }
}
