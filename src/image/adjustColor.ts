import { requireInteger, requireNumber } from '../checks.js';

/**
 * Colour adjustments on planar RGB floats in [0, 1], in place: three planes of `plane` values each from `offset` on. Defined as
 * torchvision's `functional.adjust_*` for float tensors; results are clamped to [0, 1].
 * @throws LesionlabError kind `usage` where the planes don't lie within the pixels, or the amount is no number of its range
 */
export type ColorAdjustment = (pixels: Float32Array, offset: number, plane: number, amount: number) => void;

// ITU-R 601-2 luma with torchvision's digits.
const redShare = 0.2989;
const greenShare = 0.587;
const blueShare = 0.114;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

const requirePlanes = (pixels: Float32Array, offset: number, plane: number): void => {
  requireInteger('plane', plane, { min: 1 });
  requireInteger('offset', offset, { min: 0, max: pixels.length - 3 * plane });
};

/** Mixes with black: 0 is black, 1 changes nothing. */
export const adjustBrightness: ColorAdjustment = (pixels, offset, plane, factor) => {
  requirePlanes(pixels, offset, plane);
  requireNumber('factor', factor, { min: 0 });
  for (let i = offset; i < offset + 3 * plane; i++) pixels[i] = clamp(pixels[i] * factor);
};

/** Mixes with the mean grey of the picture: 0 is that grey, 1 changes nothing. */
export const adjustContrast: ColorAdjustment = (pixels, offset, plane, factor) => {
  requirePlanes(pixels, offset, plane);
  requireNumber('factor', factor, { min: 0 });
  let sum = 0;
  for (let i = offset; i < offset + plane; i++)
    sum += redShare * pixels[i] + greenShare * pixels[i + plane] + blueShare * pixels[i + 2 * plane];
  const shift = (1 - factor) * (sum / plane);
  for (let i = offset; i < offset + 3 * plane; i++) pixels[i] = clamp(pixels[i] * factor + shift);
};

/** Mixes with the grey of each pixel: 0 is black and white, 1 changes nothing. */
export const adjustSaturation: ColorAdjustment = (pixels, offset, plane, factor) => {
  requirePlanes(pixels, offset, plane);
  requireNumber('factor', factor, { min: 0 });
  for (let i = offset; i < offset + plane; i++) {
    const red = pixels[i];
    const green = pixels[i + plane];
    const blue = pixels[i + 2 * plane];
    const shift = (1 - factor) * (redShare * red + greenShare * green + blueShare * blue);
    pixels[i] = clamp(red * factor + shift);
    pixels[i + plane] = clamp(green * factor + shift);
    pixels[i + 2 * plane] = clamp(blue * factor + shift);
  }
};

/** Turns the colour circle by `turns` (0.5 is the opposite colour); brightness (HSV's value) and saturation stay. */
export const adjustHue: ColorAdjustment = (pixels, offset, plane, turns) => {
  requirePlanes(pixels, offset, plane);
  requireNumber('turns', turns, { min: -0.5, max: 0.5 });
  for (let i = offset; i < offset + plane; i++) {
    const red = pixels[i];
    const green = pixels[i + plane];
    const blue = pixels[i + 2 * plane];
    const high = Math.max(red, green, blue);
    const low = Math.min(red, green, blue);
    const range = high - low;
    if (range === 0) continue; // grey has no hue
    // Hue in sixths of a turn.
    let hue =
      high === red ? (green - blue) / range : high === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
    hue += turns * 6;
    hue -= 6 * Math.floor(hue / 6);
    const sector = hue | 0;
    const part = (hue - sector) * range;
    const rising = low + part;
    const falling = high - part;
    switch (sector) {
      case 1:
        pixels[i] = falling;
        pixels[i + plane] = high;
        pixels[i + 2 * plane] = low;
        break;
      case 2:
        pixels[i] = low;
        pixels[i + plane] = high;
        pixels[i + 2 * plane] = rising;
        break;
      case 3:
        pixels[i] = low;
        pixels[i + plane] = falling;
        pixels[i + 2 * plane] = high;
        break;
      case 4:
        pixels[i] = rising;
        pixels[i + plane] = low;
        pixels[i + 2 * plane] = high;
        break;
      case 5:
        pixels[i] = high;
        pixels[i + plane] = low;
        pixels[i + 2 * plane] = falling;
        break;
      default: // 0, and 6 where rounding closed the circle
        pixels[i] = high;
        pixels[i + plane] = sector === 0 ? rising : low;
        pixels[i + 2 * plane] = low;
    }
  }
};
