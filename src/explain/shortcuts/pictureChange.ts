import type { Raster } from '../../image/raster.js';
import { requireRaster } from '../../image/requireRaster.js';
import { findSkin, lesionIn } from '../../image/skin/findSkin.js';
import { growFlags } from '../../image/skin/planes.js';
import type { Random } from '../../random.js';
import type { FillMethod } from './fillRegion.js';

/** A picture with its lesion, as changes are made to it. */
export interface MaskedPicture {
  /** RGB. */
  readonly image: Raster;
  /** [width * height], 1 inside the lesion. */
  readonly lesion: Uint8Array;
  /** The same with a margin of 4% of the short side, since a mask's border is drawn by hand. */
  readonly grown: Uint8Array;
  /** Around `grown`; right and bottom are outside of it. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** Mean colour of the skin beside the lesion, without hair, corners and reflections. */
  readonly skin: readonly [red: number, green: number, blue: number];
}

/** What a change may choose. */
export interface ChangeOptions {
  /** A stream of its own for each picture and change. */
  readonly random: Random;
  /** What takes the place of what is erased. */
  readonly fill: FillMethod;
}

/** Something done to a picture, to see what a network's answer rests on. */
export interface PictureChange {
  /** A short name for readers. */
  readonly title: string;
  /** What is done, a sentence. */
  readonly summary: string;
  /** `erases`: evidence is taken away; `adds`: something is drawn that has nothing to do with the lesion. */
  readonly kind: 'erases' | 'adds';
  /** The changed picture; null where the picture has no room for it. */
  apply(picture: MaskedPicture, options: ChangeOptions): Raster | null;
}

/** Margin around the lesion, as a share of the short side. */
const margin = 0.04;

/**
 * Prepares a picture for changes. @param mask light inside the lesion, at any size of the same shape
 * @returns null where the mask shows no lesion
 * @throws LesionlabError kind `usage` where either is no picture
 */
export function maskPicture(image: Raster, mask: Raster): MaskedPicture | null {
  requireRaster('image', image, 3);
  requireRaster('mask', mask);
  const { width, height } = image;
  const lesion = lesionIn(mask, width, height);
  if (!lesion.includes(1)) return null;
  const grown = growFlags({ width, height, values: lesion }, Math.round(margin * Math.min(width, height)));
  return { image, lesion, grown, box: boxOf(grown, width), skin: skinColor(image, mask, grown) };
}

function boxOf(flags: Uint8Array, width: number): MaskedPicture['box'] {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0; i < flags.length; i++) {
    if (!flags[i]) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + 1);
    bottom = Math.max(bottom, y + 1);
  }
  return { left, top, right, bottom };
}

/** Of a picture that shows no skin that counts, all that is not the lesion; of one that is all lesion, the whole. */
function skinColor(image: Raster, mask: Raster, grown: Uint8Array): MaskedPicture['skin'] {
  const { picture, skin } = findSkin(image, mask);
  return (
    meanColor(picture.data, (i) => skin[i] === 1) ??
    meanColor(image.data, (i) => grown[i] === 0) ??
    meanColor(image.data, () => true)!
  );
}

function meanColor(data: Uint8Array, counts: (place: number) => boolean): MaskedPicture['skin'] | undefined {
  const sums = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < data.length / 3; i++) {
    if (!counts(i)) continue;
    for (let c = 0; c < 3; c++) sums[c] += data[3 * i + c];
    count += 1;
  }
  if (count === 0) return undefined;
  const [red, green, blue] = sums.map((sum) => Math.round(sum / count));
  return [red, green, blue];
}

/** A copy of a picture to draw on. */
export const copyOf = ({ image }: Pick<MaskedPicture, 'image'>): Raster => ({ ...image, data: image.data.slice() });
