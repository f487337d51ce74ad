import type { Raster } from '../../../image/raster.js';
import { inpaint, paintOver } from '../fillRegion.js';
import type { ChangeOptions, MaskedPicture } from '../pictureChange.js';

/** Share of a picture that has to be left after something was erased: of less, nothing can be carried into the gap. */
const leastLeft = 0.02;

/** Erases a region as it was asked for; null where hardly anything would be left. */
export function eraseRegion(
  { image, skin }: Pick<MaskedPicture, 'image' | 'skin'>,
  region: Uint8Array,
  { fill }: Pick<ChangeOptions, 'fill'>,
): Raster | null {
  const left = region.reduce((count, flag) => count - flag, region.length);
  if (left < leastLeft * region.length) return null;
  return fill === 'mean' ? paintOver(image, region, skin) : inpaint(image, region);
}

/** Flags of a rectangle; right and bottom are outside of it. */
export function boxFlags({ image: { width, height }, box }: Pick<MaskedPicture, 'image' | 'box'>): Uint8Array {
  const flags = new Uint8Array(width * height);
  for (let y = box.top; y < box.bottom; y++) flags.fill(1, y * width + box.left, y * width + box.right);
  return flags;
}
