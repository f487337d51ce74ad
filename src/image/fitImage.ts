import { requireInteger, requireLength, requireOneOf } from '../checks.js';
import { cropImage } from './crop.js';
import { withoutBorder } from './darkBorder.js';
import { balanceLight } from './filters/shadesOfGray.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';
import { resizeImage } from './resize.js';
import { type ResizeMethod, standardResize } from './resizeFilters.js';

/** Ways in which an image becomes a square. */
export const fits = ['squash', 'crop', 'pad'] as const;
/** How an image becomes a square. */
export type Fit = (typeof fits)[number];

/** What becomes of a dark border. */
export const borders = ['kept', 'removed'] as const;
/** What becomes of the colour of the light. */
export const lights = ['kept', 'shades-of-gray'] as const;

/** How an image becomes the square that a network sees: resized to one side, then its middle cut out. */
export interface Fitting {
  /** Side of the square network input, pixels. */
  readonly imageSize: number;
  /**
   * What is resized to `resizeTo`: `squash` both sides (aspect ratio lost), `crop` the short side, `pad` the long side, so that nothing is lost
   * and borders are added.
   */
  readonly fit: Fit;
  /** Default `bilinear-antialiased`. */
  readonly resize?: ResizeMethod;
  /**
   * Side to which the image is resized before the middle of `imageSize` is cut out, pixels; default `imageSize`. Less of it leaves black
   * borders with `crop`, and is refused with `squash`. What timm calls `crop_pct` is `imageSize / resizeTo`.
   */
  readonly resizeTo?: number;
  /** Colour of the borders that `pad` adds, a byte for each of red, green and blue; default black. */
  readonly padFill?: readonly [number, number, number];
  /** Whether a dark border is cut off before anything else (of pictures in colour). Default `kept`. */
  readonly border?: (typeof borders)[number];
  /** Whether the square is made to look as under white light, at last. Default `kept`. */
  readonly light?: (typeof lights)[number];
}

/** Half way goes to the even number, as Python's `round` has it; torchvision's CenterCrop depends on it. */
function roundHalfToEven(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/**
 * Makes an image the square that a network sees: torchvision's `Resize((r, r))` for `squash`, `Resize(r)` for `crop`, timm's `ResizeKeepRatio` with
 * `longest=1` for `pad`, each followed by `CenterCrop(s)`, which adds borders to what is smaller.
 * @throws LesionlabError kind `usage` for a picture that is none, or a fitting that can't be
 */
export function fitImage(image: Raster, fitting: Fitting): Raster {
  const { imageSize, fit, resize = standardResize, resizeTo = imageSize, padFill = [0, 0, 0] } = fitting;
  const { border = 'kept', light = 'kept' } = fitting;
  requireRaster('image', image);
  requireOneOf('border', border, borders);
  requireOneOf('light', light, lights);
  requireInteger('imageSize', imageSize, { min: 1 });
  requireOneOf('fit', fit, fits);
  requireInteger('resizeTo', resizeTo, { min: fit === 'squash' ? imageSize : 1 });
  requireLength('padFill', padFill, 3, 'red, green and blue');
  // Masks have neither border nor light.
  const inColour = image.channels === 3;
  const seen = border === 'removed' && inColour ? withoutBorder(image) : image;
  const [width, height] = resizedSides(seen, fit, resizeTo);
  const square = cutMiddle(resizeImage(seen, width, height, resize), imageSize, fit === 'pad' ? padFill : [0, 0, 0]);
  return light === 'shades-of-gray' && inColour ? { ...square, data: balanceLight(square.data) } : square;
}

function resizedSides({ width, height }: Raster, fit: Fit, side: number): [number, number] {
  if (fit === 'squash') return [side, side];
  if (fit === 'crop') {
    const long = Math.trunc((side * Math.max(width, height)) / Math.min(width, height));
    return width <= height ? [side, long] : [long, side];
  }
  const ratio = Math.max(width, height) / side;
  return [Math.max(1, roundHalfToEven(width / ratio)), Math.max(1, roundHalfToEven(height / ratio))];
}

/** The middle square; borders are added first where a side is shorter. */
function cutMiddle(image: Raster, size: number, fill: readonly [number, number, number]): Raster {
  if (image.width === size && image.height === size) return image;
  const wide = addBorders(image, Math.max(size, image.width), Math.max(size, image.height), fill);
  const left = roundHalfToEven((wide.width - size) / 2);
  const top = roundHalfToEven((wide.height - size) / 2);
  return cropImage(wide, left, top, size, size);
}

function addBorders(image: Raster, width: number, height: number, fill: readonly [number, number, number]): Raster {
  if (width === image.width && height === image.height) return image;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  // Masks have one channel, and no lesion beyond the picture.
  if (channels === 3 && fill.some((value) => value !== 0)) for (let i = 0; i < data.length; i++) data[i] = fill[i % 3];
  const left = (width - image.width) >> 1;
  const top = (height - image.height) >> 1;
  const row = image.width * channels;
  for (let y = 0; y < image.height; y++)
    data.set(image.data.subarray(y * row, (y + 1) * row), ((y + top) * width + left) * channels);
  return { width, height, channels, data };
}

/** All that decides what a network sees of an image, as text: two fittings with the same key give the same pixels. */
export function fittingKey({
  imageSize,
  fit,
  resize = standardResize,
  resizeTo = imageSize,
  padFill,
  border = 'kept',
  light = 'kept',
}: Fitting): string {
  return [
    fit,
    imageSize,
    ...(resize === standardResize ? [] : [resize]),
    ...(resizeTo === imageSize ? [] : [`from ${resizeTo}`]),
    ...(fit === 'pad' ? [`on ${padFill ?? [0, 0, 0]}`] : []),
    ...(border === 'kept' ? [] : [`border ${border}`]),
    ...(light === 'kept' ? [] : [light]),
  ].join(' ');
}
