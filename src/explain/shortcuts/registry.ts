import { requireOneOf } from '../../checks.js';
import type { Raster } from '../../image/raster.js';
import { Random } from '../../random.js';
import { borderOnly } from './changes/borderOnly.js';
import { boxErased } from './changes/boxErased.js';
import { darkCorners } from './changes/darkCorners.js';
import { inkMark } from './changes/inkMark.js';
import { lesionErased } from './changes/lesionErased.js';
import { lesionOnly } from './changes/lesionOnly.js';
import { ruler } from './changes/ruler.js';
import { type FillMethod, fillMethods } from './fillRegion.js';
import { type MaskedPicture, maskPicture, type PictureChange } from './pictureChange.js';

/** All changes by their names, in the order in which they are shown. */
export const pictureChanges = {
  'lesion-erased': lesionErased,
  'box-erased': boxErased,
  'border-only': borderOnly,
  'lesion-only': lesionOnly,
  ruler,
  ink: inkMark,
  'dark-corners': darkCorners,
} satisfies Record<string, PictureChange>;

/** The name of a change. */
export type ChangeId = keyof typeof pictureChanges;
/** The names of all changes, in order. */
export const changeIds = Object.keys(pictureChanges) as ChangeId[];

/** How pictures are changed. */
export interface ChangePictureOptions {
  /** Which changes; default all. */
  readonly changes?: readonly ChangeId[];
  /** Default `inpaint`. */
  readonly fill?: FillMethod;
  /** Default 0. With `name` it says where things are drawn. */
  readonly seed?: number;
  /** The picture's id: what is drawn depends on no other picture. Default empty. */
  readonly name?: string;
}

/**
 * Changes a picture in each of several ways: the lesion erased, nothing but it left, a ruler, ink or dark corners drawn in.
 * @param image RGB @param mask light inside the lesion, at any size of the same shape
 * @returns one an asked change, null where the picture has no room for it; null in all where the mask shows no lesion
 * @throws LesionlabError kind `usage` where either is no picture, or a change or fill is unknown
 */
export function changePicture(
  image: Raster,
  mask: Raster,
  { changes = changeIds, fill = 'inpaint', seed = 0, name = '' }: ChangePictureOptions = {},
): (Raster | null)[] {
  requireOneOf('fill', fill, fillMethods);
  for (const [c, change] of changes.entries()) requireOneOf(`changes[${c}]`, change, changeIds);
  const picture = maskPicture(image, mask);
  return changes.map((change) => picture && applyChange(picture, change, { fill, seed, name }));
}

const applyChange = (
  picture: MaskedPicture,
  change: ChangeId,
  { fill, seed, name }: { readonly fill: FillMethod; readonly seed: number; readonly name: string },
) => (pictureChanges[change] as PictureChange).apply(picture, { fill, random: new Random(seed, `${change} ${name}`) });
