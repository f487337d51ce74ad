import type { Dataset } from '../../data/dataset.js';
import { placeMask } from '../../explain/placeMask.js';
import { readImageHeader } from '../../image/header/readImageHeader.js';
import type { Raster } from '../../image/raster.js';
import { sharpCodec } from '../files/codec.js';

/** A mask that can't be used, and why. */
export interface NoMask {
  readonly reason: string;
}

/** Decodes a mask's file and lays it on its image. @param image the image's file, whose header says how it is turned */
export async function decodeMask(file: Uint8Array, image: Uint8Array): Promise<Raster | NoMask> {
  try {
    const mask = { image: await sharpCodec.decode(file), header: readImageHeader(file) };
    return placeMask(mask, readImageHeader(image));
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Reads an image's mask and lays it on the image. @param image its file, where it has been read already */
export async function readMask(
  imageId: string,
  { images, masks }: Pick<Dataset, 'images' | 'masks'>,
  image?: Uint8Array,
): Promise<Raster | NoMask> {
  if (!masks?.has(imageId)) return { reason: `there is no mask of ${imageId}` };
  const located = (reason: string): NoMask => ({ reason: `${masks.location(imageId)}: ${reason}` });
  try {
    const placed = await decodeMask(await masks.read(imageId), image ?? (await images.read(imageId)));
    return 'reason' in placed ? located(placed.reason) : placed;
  } catch (error) {
    return located((error as Error).message);
  }
}
