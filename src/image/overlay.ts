import { requireInteger, requireNumber } from '../checks.js';
import { type ColormapName, colormapTable } from './colormap.js';
import { enlargeField } from './enlargeField.js';
import type { Raster } from './raster.js';
import { requireRaster } from './requireRaster.js';

/** Values in [0, 1], rows from the top left: `values[y * width + x]`. */
export interface Heat {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

/** How heat is laid over a picture. */
export interface OverlayOptions {
  /** Share of the heat's colour in every pixel. Default 0.45. */
  readonly opacity?: number;
  /** Let cold places show the picture alone: opacity is multiplied by the heat. Default false. */
  readonly fade?: boolean;
  /** Default turbo, which stands out from skin. */
  readonly colormap?: ColormapName;
}

/** Lays a heat map over an RGB picture; the map may be smaller and is enlarged bilinearly. Returns a new raster. @throws LesionlabError kind `usage` where the picture isn't RGB, or the map not as large as it says */
export function overlayHeat(image: Raster, heat: Heat, options: OverlayOptions = {}): Raster {
  const { opacity = 0.45, fade = false, colormap = 'turbo' } = options;
  requireRaster('image', image, 3);
  requireNumber('opacity', opacity, { min: 0, max: 1 });
  const { width, height } = image;
  const values = enlargeField(heat.values, heat.width, heat.height, width, height);
  const table = colormapTable(colormap);
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < width * height; i++) {
    const value = Math.min(1, Math.max(0, values[i]));
    const share = fade ? opacity * value : opacity;
    const level = Math.round(value * 255) * 3;
    for (let c = 0; c < 3; c++) {
      const at = i * 3 + c;
      data[at] = Math.round(image.data[at] * (1 - share) + table[level + c] * share);
    }
  }
  return { width, height, channels: 3, data };
}

/** The heat map alone, in colour, enlarged to `width` x `height`. */
export function colorHeat(heat: Heat, width: number, height: number, colormap: ColormapName = 'turbo'): Raster {
  requireInteger('width', width, { min: 1 });
  requireInteger('height', height, { min: 1 });
  const black: Raster = { width, height, channels: 3, data: new Uint8Array(width * height * 3) };
  return overlayHeat(black, heat, { opacity: 1, colormap });
}
