import { readFile } from 'node:fs/promises';
import type { ImageFiles } from '../../data/dataset.js';
import { type Fitting, fitImage } from '../../image/fitImage.js';
import type { ImageCodec, Raster } from '../../image/raster.js';
import { resizeImage } from '../../image/resize.js';
import { dataUrl } from '../../report/html.js';

/** A picture inside a page, without its words. */
export interface EmbeddedPicture {
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

async function embed(image: Raster, codec: ImageCodec, quality: number): Promise<EmbeddedPicture> {
  const { width, height } = image;
  return { source: dataUrl(await codec.encodeJpeg(image, quality), 'image/jpeg'), width, height };
}

/** Reads images of a dataset as small squares; those that can't be read are left out. @param known squares that are there already */
export async function readThumbnails(
  images: Pick<ImageFiles, 'read'>,
  imageIds: Iterable<string>,
  codec: ImageCodec,
  fitting: Fitting,
  known: ReadonlyMap<string, Raster> = new Map(),
): Promise<Map<string, EmbeddedPicture>> {
  const pictures = new Map<string, EmbeddedPicture>();
  for (const imageId of new Set(imageIds)) {
    try {
      const square = known.get(imageId) ?? fitImage(await codec.decode(await images.read(imageId)), fitting);
      pictures.set(imageId, await embed(square, codec, 82));
    } catch {
      // The audit is what lists images that can't be read; a page shows the others.
    }
  }
  return pictures;
}

/**
 * Reads a picture file for a page, made smaller where it is wider than `widest` pixels, as JPEG to keep the page small.
 * @returns null where there is no such file, or it is no picture
 */
export async function readPicture(path: string, codec: ImageCodec, widest: number): Promise<EmbeddedPicture | null> {
  try {
    const image = await codec.decode(await readFile(path));
    if (image.width <= widest) return await embed(image, codec, 88);
    return await embed(resizeImage(image, widest, Math.round((image.height * widest) / image.width)), codec, 84);
  } catch {
    return null;
  }
}
