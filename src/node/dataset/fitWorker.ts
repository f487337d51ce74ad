import type { Fitting } from '../../image/fitImage.js';
import { serveRequests } from '../machine/workerPool.js';
import { type FittedFile, fitFile } from './fitFile.js';

export interface FitRequest {
  /** The encoded file. */
  readonly bytes: Uint8Array;
  readonly fittings: readonly Fitting[];
}

serveRequests<FitRequest, FittedFile>(
  ({ bytes, fittings }) => fitFile(bytes, fittings),
  (response) => ('squares' in response ? response.squares.map(({ buffer }) => buffer) : []),
);
