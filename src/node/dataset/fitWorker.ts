import { openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { workerData } from 'node:worker_threads';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import { countValues } from '../../data/preparation/normalisation.js';
import type { Fitting } from '../../image/fitImage.js';
import type { Raster } from '../../image/raster.js';
import { cacheNotWritable } from '../files/cacheFolder.js';
import { serveRequests } from '../machine/workerPool.js';
import { fitFile } from './fitFile.js';

/** Files that squares are written into, one for each size. */
export interface FitWorkerData {
  readonly targets: readonly { readonly path: string; readonly fitting: Fitting }[];
  /** Of images to be shown. */
  readonly picture?: Fitting;
}

/** Some images: small ones come in numbers, since each message has a price. */
export interface FitRequest {
  /** The encoded files. */
  readonly files: readonly Uint8Array[];
  /** Place of each one's squares. */
  readonly indices: readonly number[];
  /** Whether a picture of each is wanted. */
  readonly shown: readonly boolean[];
  /** Whether the values in each one's first square are to be counted. */
  readonly counted: readonly boolean[];
}

/** Size of an image in pixels, upright, and the CRC-32 of each square; or why it can't be decoded. */
export type FittedImage =
  | {
      readonly width: number;
      readonly height: number;
      readonly checksums: readonly number[];
      readonly picture?: Raster;
      /** [3 * 256], see `countValues`. */
      readonly counts?: Uint32Array;
    }
  | { readonly reason: string };

const { targets, picture } = workerData as FitWorkerData;
const files = targets.map(({ path }) => openSync(path, 'r+'));
const fittings = targets.map(({ fitting }) => fitting);

// Squares are written from here and nothing is transferred, neither in nor out: once a buffer of a thread was detached, V8 checks at every access
// to a typed array whether its buffer is still there, and resizing takes half as long again.
serveRequests<FitRequest, FittedImage[]>(({ files: encoded, indices, shown, counted }) =>
  // Two at a time: one is decoded while the other is resized.
  mapConcurrently(encoded, 2, async (bytes, i) => {
    const fitted = await fitFile(bytes, fittings, shown[i] ? picture : undefined);
    if ('reason' in fitted) return fitted;
    const { squares, ...told } = fitted;
    for (const [target, square] of squares.entries()) writeWhole(target, square, indices[i] * square.length);
    return counted[i] ? { ...told, counts: countValues(squares[0]) } : told;
  }),
);

function writeWhole(target: number, bytes: Uint8Array, position: number): void {
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(files[target], bytes, done, bytes.length - done, position + done);
  } catch (cause) {
    throw cacheNotWritable(dirname(targets[target].path), cause as Error);
  }
}
