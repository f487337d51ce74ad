import { type ImageHeader, uprightSize } from '../image/header/imageHeader.js';
import type { Raster } from '../image/raster.js';
import { turnImage } from '../image/turnImage.js';

/** How far two shapes may differ and still be one picture at two sizes: pixels of rounding, and the share of a side. */
const rounding = { pixels: 1.5, share: 0.02 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A mask's file: pixels as the codec decodes them, and what its header says. */
export interface DecodedMask {
  readonly image: Raster;
  readonly header: Pick<ImageHeader, 'orientation'>;
}

/**
 * Lays a lesion mask on its image. Masks seldom say how they are to be turned: one of an image that EXIF turns was drawn either on the upright
 * picture or on the stored one, and only the sizes tell which.
 * @returns the mask as the upright image is seen, at its own size, or why it can't be laid on the image
 */
export function placeMask(
  { image: mask, header: own }: DecodedMask,
  image: Pick<ImageHeader, 'width' | 'height' | 'orientation'>,
): Raster | { readonly reason: string } {
  const stored = { width: image.width, height: image.height };
  const upright = uprightSize(image);
  const fits = { upright: isOneShape(mask, upright), stored: isOneShape(mask, stored) };
  // A mask that is turned itself is upright now, like its image.
  if (image.orientation === 1 || own.orientation !== 1) return fits.upright ? mask : otherShape(mask, upright);
  // Nearly square pictures fit both ways; a size that is met exactly decides.
  const exactly = { upright: isSameSize(mask, upright), stored: isSameSize(mask, stored) };
  const certain = exactly.upright !== exactly.stored ? exactly : fits;
  if (certain.upright && certain.stored)
    return {
      reason:
        `EXIF turns the image (orientation ${image.orientation}), and the mask's size of ${sizeOf(mask)} does not tell ` +
        'whether it was drawn on the turned picture or on the stored one',
    };
  if (certain.upright) return mask;
  return certain.stored ? turnImage(mask, image.orientation) : otherShape(mask, upright);
}

const otherShape = (mask: Size, image: Size) => ({
  reason: `the mask has another shape (${sizeOf(mask)} pixels) than the image (${sizeOf(image)})`,
});

const sizeOf = ({ width, height }: Size) => `${width} x ${height}`;

const isSameSize = (a: Size, b: Size) => a.width === b.width && a.height === b.height;

/** Whether one is the other made larger or smaller as a whole. */
function isOneShape(a: Size, b: Size): boolean {
  const [small, large] = a.width * a.height < b.width * b.height ? [a, b] : [b, a];
  const off = (side: number, scaled: number) =>
    Math.abs(side - scaled) <= Math.max(rounding.pixels, rounding.share * side);
  return (
    off(small.height, (large.height * small.width) / large.width) ||
    off(small.width, (large.width * small.height) / large.height)
  );
}
