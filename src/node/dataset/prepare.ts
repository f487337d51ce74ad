import type { Fitting } from '../../image/fitImage.js';
import { passImages } from './imagePass.js';
import type { ImagePassOptions } from './imagePassOptions.js';
import type { ImageFailure } from './imageTable.js';
import type { PreparedFile } from './preparedFile.js';

export interface PrepareOptions extends Omit<ImagePassOptions, 'fittings'> {
  /** How images become squares; preprocessing says it. */
  readonly fitting: Fitting;
}

export interface PrepareResult {
  readonly images: PreparedFile;
  /** The cache file; `openPreparedFile` opens it again, in other threads too. */
  readonly file: string;
  /** Images that are missing or unreadable, in the order of the records; their pixels are zero. */
  readonly failures: readonly ImageFailure[];
  /** Whether the images had been prepared before. */
  readonly reused: boolean;
}

/** Prepares images at one size: a pass for those who need nothing else. @throws LesionlabError as `passImages` does */
export async function prepareImages({ fitting, ...options }: PrepareOptions): Promise<PrepareResult> {
  const { prepared, failures, reused } = await passImages({ ...options, fittings: [fitting] });
  return { images: prepared[0], file: prepared[0].path, failures, reused };
}
