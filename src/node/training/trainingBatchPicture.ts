import type { ClassInfo } from '../../data/dataset.js';
import { denormaliseImage } from '../../data/preparation/denormalise.js';
import type { Batch, Preprocessing } from '../../data/preparation/preprocessing.js';
import { drawMontage, type MontageTile } from '../../image/montage.js';
import type { Raster } from '../../image/raster.js';
import { resizeImage } from '../../image/resize.js';
import { classColour } from '../../report/palette.js';
import { sharpCodec } from '../files/codec.js';
import { writeFileWhole } from '../files/writeFile.js';

export interface TrainingBatchPictureOptions {
  /** A batch as training gets it: augmented and normalised. */
  readonly batch: Batch;
  readonly preprocessing: Preprocessing;
  readonly classes: readonly ClassInfo[];
  /** Image id of each record of the split, shown below the class where given. */
  readonly imageIds?: readonly string[];
  /** Said above the pictures, for example that images are synthetic. */
  readonly note?: string;
  /** Most images shown. Default 24. */
  readonly limit?: number;
}

/** Draws a batch as the network sees it, with the class below each image. */
export function drawTrainingBatch(options: TrainingBatchPictureOptions): Raster {
  const { batch, preprocessing, classes, imageIds, note, limit = 24 } = options;
  const { imageSize } = preprocessing;
  // Small images are enlarged by a whole factor, so that text fits below.
  const side = imageSize * Math.max(1, Math.round(200 / imageSize));
  const shown = Array.from(batch.indices.keys()).filter((i) => batch.indices[i] >= 0);
  const tiles = shown.slice(0, limit).map((i): MontageTile => {
    const { id, name } = classes[batch.labels[i]];
    const lines = [id, name === id ? '' : name, imageIds?.[batch.indices[i]] ?? ''].filter((line) => line !== '');
    const image = resizeImage(denormaliseImage(batch.images, preprocessing, i), side, side);
    return { image, lines, accent: rgb(classColour(batch.labels[i])) };
  });
  const rows = Math.max(1, Math.round(Math.sqrt(tiles.length / 2.5)));
  const columns = Math.ceil(tiles.length / rows);
  const title = `Step ${batch.step}: a training batch as the network sees it${note ? ` - ${note}` : ''}`;
  return drawMontage(tiles, { columns, title, textScale: 2 });
}

const rgb = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

/**
 * Writes `training-batch.png`.
 * @throws LesionlabError kind `run` where the file can't be written
 */
export async function writeTrainingBatchPicture(path: string, options: TrainingBatchPictureOptions): Promise<void> {
  await writeFileWhole(path, await sharpCodec.encodePng(drawTrainingBatch(options)));
}
