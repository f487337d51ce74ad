import { evenSample } from '../../../src/data/evenSample.js';
import { dataError } from '../../../src/errors.js';
import type { Fitting } from '../../../src/image/fitImage.js';
import type { ImagePool } from './imagePool.js';
import type { OpenedData } from './openedData.js';

export interface SampleRequest {
  readonly fitting: Fitting;
  /** Images, of as many classes as there are. */
  readonly count: number;
  readonly seed: number;
}

/** Some images as a network sees them; plain data. */
export interface SampledImages {
  readonly imageIds: readonly string[];
  /** Class index of each. */
  readonly labels: readonly number[];
  readonly classes: readonly string[];
  /** [S, S, 3] of each. */
  readonly squares: readonly Uint8Array[];
}

/** Chooses and fits images as `lesionlab preview` does. @throws LesionlabError kind `data` where one can't be read */
export async function sampleImages(
  { dataset }: OpenedData,
  { fitting, count, seed }: SampleRequest,
  pool: ImagePool,
): Promise<SampledImages> {
  const { records, images, info } = dataset;
  const labelsOfAll = records.map(({ label }) => label);
  const chosen = evenSample(labelsOfAll, count, seed).map((i) => records[i]);
  chosen.sort((a, b) => a.label - b.label);
  const squares = await Promise.all(
    chosen.map(async ({ imageId }) => {
      try {
        const bytes = (await images.read(imageId)).slice();
        return (await pool.run('prepare', { bytes, fitting }, [bytes.buffer])).pixels;
      } catch (cause) {
        throw dataError('unusable-images', `${imageId} can't be shown: ${(cause as Error).message}`, { cause });
      }
    }),
  );
  return {
    imageIds: chosen.map(({ imageId }) => imageId),
    labels: chosen.map(({ label }) => label),
    classes: info.classes.map(({ id }) => id),
    squares,
  };
}
