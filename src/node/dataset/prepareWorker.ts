import { crc32 } from 'node:zlib';
import { type Fitting, fitImage } from '../../image/fitImage.js';
import { sharpCodec } from '../files/codec.js';
import { serveRequests } from '../machine/workerPool.js';

export interface PrepareRequest {
  /** The encoded file. */
  readonly bytes: Uint8Array;
  readonly fitting: Fitting;
}

/** Square RGB pixels and the CRC-32 of the file (8 hexadecimal digits), or why there are none. */
export type PrepareResponse = { readonly pixels: Uint8Array; readonly checksum: string } | { readonly reason: string };

async function prepareImage({ bytes, fitting }: PrepareRequest): Promise<PrepareResponse> {
  if (bytes.length === 0) return { reason: 'the file is empty (0 bytes)' };
  try {
    const image = fitImage(await sharpCodec.decode(bytes), fitting);
    // Decoded pixels may lie in sharp's own memory, which can't be transferred.
    const pixels = image.data.byteLength === image.data.buffer.byteLength ? image.data : image.data.slice();
    return { pixels, checksum: crc32(bytes).toString(16).padStart(8, '0') };
  } catch (error) {
    return { reason: (error as Error).message.trim().replaceAll(/\s*\n\s*/g, '; ') };
  }
}

serveRequests(prepareImage, (response) => ('pixels' in response ? [response.pixels.buffer as ArrayBuffer] : []));
