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
  // Loops without a function a pixel: a dataset has thousands of pictures of a hundred thousand each.
  const grey = new Uint8Array(pixels);
  const bright = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = [data[3 * i], data[3 * i + 1], data[3 * i + 2]];
    grey[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    if (r >= glare && g >= glare && b >= glare) bright[i] = 1;
  }
  const size = { width, height };
  const grow = (values: Uint8Array, share: number) => growFlags({ ...size, values }, Math.round(share * short));
  const edge = Math.round(margins.border * short);
  const dark = connectedToEdge(size, (i) => grey[i] < darkest);
  const flags: Readonly<Record<NotSkin, Uint8Array>> = {
    lesion: grow(lesionIn(mask, width, height), margins.lesion),
    border: frame(width, height, edge),
    'dark-corner': grow(dark, margins.darkCorner),
    hair: hairIn({ ...size, values: grey }, Math.max(1, Math.round((hair.width * short) / 2))),
    glare: bright,
  };
  const skin = new Uint8Array(pixels).fill(1);
  const leftOut = {} as Record<NotSkin, number>;
  let seen = pixels;
  for (const reason of notSkin) {
    const found = flags[reason];
    const before = seen;
    for (let i = 0; i < pixels; i++)
      if (found[i] && skin[i]) {
        skin[i] = 0;
        seen -= 1;
      }
    leftOut[reason] = (before - seen) / pixels;
  }
  return { picture, skin, share: seen / pixels, leftOut };
}

/** 1 within so many pixels from the edge of a picture. */
function frame(width: number, height: number, edge: number): Uint8Array {
  const found = new Uint8Array(width * height).fill(1);
  for (let y = edge; y < height - edge; y++)
    found.fill(0, y * width + edge, Math.max(y * width + edge, (y + 1) * width - edge));
  return found;
}

/** The lesion at a picture's size, 1 inside. */
export function lesionIn(mask: Raster, width: number, height: number): Uint8Array {
  const { data, channels } = resizeImage(mask, width, height, 'nearest');
  const found = new Uint8Array(width * height);
  for (let i = 0; i < found.length; i++) if (data[i * channels] >= lesionThreshold) found[i] = 1;
  return found;
}

/** A hair is filled by closing across it; rows and columns between them cross every direction. */
function hairIn(grey: Plane, reach: number): Uint8Array {
  const [rows, columns] = (['rows', 'columns'] as const).map((along) => closeAlong(grey, reach, along));
  const { width, height, values } = grey;
  const found = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) if (Math.max(rows[i], columns[i]) - values[i] > hair.depth) found[i] = 1;
  return growFlags({ width, height, values: found }, 1);
}
