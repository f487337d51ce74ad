import type { Raster } from '../raster.js';
import { requireRaster } from '../requireRaster.js';
import { resizeImage } from '../resize.js';
import { closeAlong, connectedToEdge, growFlags, type Plane } from './planes.js';

/** Why a pixel beside the lesion says nothing about the skin. */
export const notSkin = ['lesion', 'border', 'dark-corner', 'hair', 'glare'] as const;
/** What a pixel shows in place of skin. */
export type NotSkin = (typeof notSkin)[number];

/** Pixels that show skin, and how many were left out for what. */
export interface FoundSkin {
  /** The picture with no more than `longestSide` pixels a side: pixels of the file as they are, none of them averaged. */
  readonly picture: Raster;
  /** [width * height], 1 where skin is seen. */
  readonly skin: Uint8Array;
  /** Share of the picture that is skin, [0, 1]. */
  readonly share: number;
  /** Share of the picture that was left out, each pixel under the first reason that holds. */
  readonly leftOut: Readonly<Record<NotSkin, number>>;
}

/** More pixels would say no more of a median. */
const longestSide = 512;
/** A mask is lesion from this value on, as for heat. */
const lesionThreshold = 128;
/** Shares of the short side: what lies around a lesion is reddened or pigmented, frames and shadows reach in from the edge. */
const margins = { lesion: 0.04, border: 0.04, darkCorner: 0.04 };
/** Grey levels: the tube of a dermatoscope is black; the darkest skin in photographs is lighter than this. */
const darkest = 38;
/** Reflections are white, pale skin is not: all three channels are this light. */
const glare = 240;
/** Hairs are narrower than this share of the short side, and darker than the skin beside them by so many grey levels. */
const hair = { width: 1 / 14, depth: 10 };

/**
 * Finds the pixels of a picture that show skin: outside the lesion and a margin around it, away from the picture's border (4% of the short side),
 * from dark corners that hang together with the edge, from hair (dark and narrow: a black top-hat along rows and columns, after Lee et al. 1997), and
 * from white reflections.
 * @param image RGB, as decoded: colour constancy and augmentation would change what is measured
 * @param mask light inside the lesion, at any size of the same shape; the first channel counts
 * @throws LesionlabError kind `usage` where either is no picture
 */
export function findSkin(image: Raster, mask: Raster): FoundSkin {
  requireRaster('image', image, 3);
  requireRaster('mask', mask);
  const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const picture = resizeImage(image, width, height, 'nearest');
  const short = Math.min(width, height);
  const pixels = width * height;
  const { data } = picture;
  const grey = Uint8Array.from({ length: pixels }, (_, i) =>
    Math.round(0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]),
  );
  const size = { width, height };
  const grow = (values: Uint8Array, share: number) => growFlags({ ...size, values }, Math.round(share * short));
  const edge = Math.round(margins.border * short);
  const isBorder = (i: number) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.min(x, y, width - 1 - x, height - 1 - y) < edge;
  };
  const reasons: Readonly<Record<NotSkin, (i: number) => boolean>> = {
    lesion: flagged(grow(lesionIn(mask, width, height), margins.lesion)),
    border: isBorder,
    'dark-corner': flagged(
      grow(
        connectedToEdge(size, (i) => grey[i] < darkest),
        margins.darkCorner,
      ),
    ),
    hair: flagged(hairIn({ ...size, values: grey }, Math.max(1, Math.round((hair.width * short) / 2)))),
    glare: (i) => Math.min(data[3 * i], data[3 * i + 1], data[3 * i + 2]) >= glare,
  };
  const skin = new Uint8Array(pixels);
  const counts = Object.fromEntries(notSkin.map((reason) => [reason, 0])) as Record<NotSkin, number>;
  let seen = 0;
  for (let i = 0; i < pixels; i++) {
    const reason = notSkin.find((name) => reasons[name](i));
    if (reason) counts[reason] += 1;
    else seen += skin[i] = 1;
  }
  for (const reason of notSkin) counts[reason] /= pixels;
  return { picture, skin, share: seen / pixels, leftOut: counts };
}

const flagged = (flags: Uint8Array) => (i: number) => flags[i] === 1;

/** The lesion at a picture's size, 1 inside. */
export function lesionIn(mask: Raster, width: number, height: number): Uint8Array {
  const { data, channels } = resizeImage(mask, width, height, 'nearest');
  return Uint8Array.from({ length: width * height }, (_, i) => (data[i * channels] >= lesionThreshold ? 1 : 0));
}

/** A hair is filled by closing across it; rows and columns between them cross every direction. */
function hairIn(grey: Plane, reach: number): Uint8Array {
  const [rows, columns] = (['rows', 'columns'] as const).map((along) => closeAlong(grey, reach, along));
  const { width, height, values } = grey;
  const found = values.map((value, i) => (Math.max(rows[i], columns[i]) - value > hair.depth ? 1 : 0));
  return growFlags({ width, height, values: found }, 1);
}
