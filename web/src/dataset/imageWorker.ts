import { browserCodec } from '../../../src/browser/codec.js';
import {
  generateSyntheticDataset,
  type SyntheticDataset,
  type SyntheticOptions,
} from '../../../src/data/synthetic/index.js';
import { type Fitting, fitImage } from '../../../src/image/fitImage.js';
import { serveCalls, Transferred } from '../browser/workerCalls.js';
import { crc32 } from './crc32.js';

export interface PrepareImage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fitting: Fitting;
}

const functions = {
  /** Size in pixels, for an audit. */
  async measure(bytes: Uint8Array<ArrayBuffer>): Promise<{ width: number; height: number }> {
    const { width, height } = await browserCodec.decode(bytes);
    return { width, height };
  },
  /** Square RGB pixels, and the CRC-32 of the file in 8 hexadecimal digits. */
  async prepare({ bytes, fitting }: PrepareImage): Promise<Transferred<{ pixels: Uint8Array; checksum: string }>> {
    const { data: pixels } = fitImage(await browserCodec.decode(bytes), fitting);
    return new Transferred({ pixels, checksum: crc32(bytes) }, [pixels.buffer as ArrayBuffer]);
  },
  /** A small square picture, to look at. */
  async thumbnail({ bytes, fitting }: PrepareImage): Promise<Blob> {
    const small = fitImage(await browserCodec.decode(bytes), fitting);
    return new Blob([(await browserCodec.encodeJpeg(small, 85)) as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' });
  },
  /** Paints a synthetic image, as a PNG: no decoder can differ about it. */
  async paint({ options, index }: { options: SyntheticOptions; index: number }): Promise<Uint8Array> {
    return await browserCodec.encodePng(datasetOf(options).draw(index).image);
  },
};
export type ImageFunctions = typeof functions;

let planned: { readonly key: string; readonly dataset: SyntheticDataset } | undefined;

function datasetOf(options: SyntheticOptions): SyntheticDataset {
  const key = JSON.stringify(options);
  if (planned?.key !== key) planned = { key, dataset: generateSyntheticDataset(options) };
  return planned.dataset;
}

serveCalls(functions);
