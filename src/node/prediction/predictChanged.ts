import type { Dataset, ImageRecord } from '../../data/dataset.js';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import { metadataValues } from '../../data/preparation/metadataInput.js';
import { interruptedError } from '../../errors.js';
import { type ChangeId, type ChangePictureOptions, changePicture } from '../../explain/shortcuts/registry.js';
import type { Raster } from '../../image/raster.js';
import { readMask } from '../dataset/lesionMask.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import { askNetworks, columnsOf, type FittedImage, fitForNetworks } from './networkAnswers.js';
import type { OpenModel } from './openModel.js';
import { pause, predictionBatchSize } from './predictionBatches.js';

/** What a model says of a picture as it is and after changes. */
export interface ChangedAnswers {
  readonly record: ImageRecord;
  /** [1 + changes] rows of K probabilities: of the picture as it is, then a row a change, null where there was no room. */
  readonly probabilities: readonly (Float32Array | null)[];
}

export interface PredictChangedOptions extends Required<Omit<ChangePictureOptions, 'name'>> {
  readonly changes: readonly ChangeId[];
}

/** An image that could not be asked about, and why. */
export interface UnaskedImage {
  readonly imageId: string;
  readonly reason: string;
  /** Whether it is the image itself that can't be used, and not its mask. */
  readonly unreadable: boolean;
}

/** A picture of an image, and its changed ones. */
export interface ChangedPictures {
  readonly image: Raster;
  readonly changed: readonly (Raster | null)[];
}

/** Decodes an image with its mask and changes it; a reason where that can't be. */
export async function readChanged(
  imageId: string,
  dataset: Pick<Dataset, 'images' | 'masks'>,
  options: PredictChangedOptions,
): Promise<ChangedPictures | UnaskedImage> {
  let file: Uint8Array;
  let image: Raster;
  try {
    file = await dataset.images.read(imageId);
    image = await sharpCodec.decode(file);
  } catch (error) {
    return { imageId, reason: (error as Error).message.split('\n')[0], unreadable: true };
  }
  const mask = await readMask(imageId, dataset, file);
  if ('reason' in mask) return { imageId, reason: mask.reason, unreadable: false };
  const changed = changePicture(image, mask, { ...options, name: imageId });
  if (changed.every((picture) => picture === null))
    return { imageId, reason: 'its mask shows no lesion, or nothing besides it', unreadable: false };
  return { image, changed };
}

/**
 * Asks a model about images as they are and after each change, told the same of both beside the pixels, every image being read and decoded once.
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function predictChanged(
  { progress, signal, threads }: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  model: Pick<OpenModel, 'networks' | 'classes'>,
  dataset: Pick<Dataset, 'images' | 'masks'>,
  records: readonly ImageRecord[],
  options: PredictChangedOptions,
): Promise<{ readonly answers: readonly ChangedAnswers[]; readonly unasked: readonly UnaskedImage[] }> {
  const columns = columnsOf(model);
  const answers: { record: ImageRecord; probabilities: (Float32Array | null)[] }[] = [];
  const unasked: UnaskedImage[] = [];
  const waiting: { readonly of: (typeof answers)[number]; readonly row: number; readonly image: FittedImage }[] = [];
  const ask = async (least: number) => {
    while (waiting.length >= least && waiting.length > 0) {
      await pause();
      if (signal.aborted)
        throw interruptedError('Interrupted while changed pictures were predicted; nothing was written.');
      const batch = waiting.splice(0, predictionBatchSize);
      const { probabilities } = await askNetworks(
        model,
        batch.map(({ image }) => image),
        batch.map(({ of }) => metadataValues(of.record, columns)),
      );
      const size = model.classes.length;
      for (const [b, { of, row }] of batch.entries())
        of.probabilities[row] = probabilities.slice(b * size, (b + 1) * size);
    }
  };
  const task = progress.start('Changing and predicting images', records.length);
  try {
    for (let first = 0; first < records.length; first += threads) {
      const part = records.slice(first, first + threads);
      const read = await mapConcurrently(part, threads, ({ imageId }) => readChanged(imageId, dataset, options));
      for (const [r, found] of read.entries()) {
        if ('reason' in found) {
          unasked.push(found);
          continue;
        }
        const pictures = [found.image, ...found.changed];
        const of = { record: part[r], probabilities: pictures.map(() => null as Float32Array | null) };
        answers.push(of);
        for (const [row, picture] of pictures.entries())
          if (picture) waiting.push({ of, row, image: fitForNetworks(picture, model.networks) });
        await ask(predictionBatchSize);
      }
      task.update(first + part.length);
    }
    await ask(1);
  } finally {
    task.end();
  }
  return { answers, unasked };
}
