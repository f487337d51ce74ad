import { type Fitting, fitImage } from '../image/fitImage.js';
import type { Raster } from '../image/raster.js';
import { enlargeHeatMap, type HeatMap } from './heatmap.js';

/**
 * How the image was made square for the network (of its preprocessing): the mask is treated likewise, and heat and lesion are compared on a square
 * of `imageSize`.
 */
export type LocalisationOptions = Omit<Fitting, 'padFill'>;

/** How a heat map and a lesion mask lie on each other, within the square that the network saw. */
export interface Localisation {
  /** Share of all heat that lies inside the lesion, [0, 1]; null where the map is empty. */
  readonly heatInside: number | null;
  /** The lesion's share of the square, [0, 1]: what heat spread evenly would reach. */
  readonly lesionShare: number;
  /** `heatInside / lesionShare`: 1 is no better than evenly spread; null where either is undefined or 0 pixels of lesion are seen. */
  readonly ratio: number | null;
  /**
   * Pointing game: whether the hottest place lies inside the lesion (Zhang et al. 2016, without their tolerance of 15
   * pixels); null where the map is empty.
   */
  readonly hit: boolean | null;
}

/** A mask's pixels are lesion from this value on; JPEG and resizing leave greys at the border. */
const lesionThreshold = 128;

/**
 * Measures how much of a heat map lies inside the lesion. Lesions tend to be in the middle of the picture, so that a model
 * that only looks at the middle does well too: compare with the same model before training.
 *
 * @param heat of the network's whole input, at any resolution
 * @param mask the lesion mask of the original image, light inside; the first channel counts
 */
export function localiseHeat(heat: HeatMap, mask: Raster, fitting: LocalisationOptions): Localisation {
  const { imageSize } = fitting;
  const { values } =
    heat.width === imageSize && heat.height === imageSize ? heat : enlargeHeatMap(heat, imageSize, imageSize);
  const lesion = fitImage(firstChannel(mask), fitting).data;
  let total = 0;
  let inside = 0;
  let lesionPixels = 0;
  let hottest = 0;
  let hottestPixels = 0;
  let hottestInside = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const isLesion = lesion[i] >= lesionThreshold ? 1 : 0;
    lesionPixels += isLesion;
    total += value;
    inside += value * isLesion;
    if (value > hottest) {
      hottest = value;
      hottestPixels = 0;
      hottestInside = 0;
    }
    if (value === hottest) {
      hottestPixels++;
      hottestInside += isLesion;
    }
  }
  const lesionShare = lesionPixels / values.length;
  const heatInside = total > 0 ? inside / total : null;
  return {
    heatInside,
    lesionShare,
    ratio: heatInside !== null && lesionPixels > 0 ? heatInside / lesionShare : null,
    // At the edge the hottest place of a coarse map is a patch of equal pixels: most of it counts.
    hit: total > 0 ? hottestInside * 2 > hottestPixels : null,
  };
}

/** How heat lies on lesions, over many images. */
export interface LocalisationSummary {
  readonly images: number;
  /** Images whose map was empty; they are in no mean but that of `lesionShare`. */
  readonly emptyMaps: number;
  /** Means over images; null where there is nothing to average. */
  readonly heatInside: number | null;
  /** Also the hit rate of pointing anywhere at random. */
  readonly lesionShare: number | null;
  readonly ratio: number | null;
  /** Share of images whose hottest place lies inside the lesion. */
  readonly hitRate: number | null;
}

/** Averages localisation over images. */
export function summariseLocalisation(localisations: readonly Localisation[]): LocalisationSummary {
  return {
    images: localisations.length,
    emptyMaps: localisations.filter(({ heatInside }) => heatInside === null).length,
    heatInside: mean(localisations.map(({ heatInside }) => heatInside)),
    lesionShare: mean(localisations.map(({ lesionShare }) => lesionShare)),
    ratio: mean(localisations.map(({ ratio }) => ratio)),
    hitRate: mean(localisations.map(({ hit }) => (hit === null ? null : Number(hit)))),
  };
}

function mean(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length > 0 ? defined.reduce((sum, value) => sum + value, 0) / defined.length : null;
}

function firstChannel({ width, height, channels, data }: Raster): Raster {
  if (channels === 1) return { width, height, channels, data };
  const first = new Uint8Array(width * height);
  for (let i = 0; i < first.length; i++) first[i] = data[i * channels];
  return { width, height, channels: 1, data: first };
}
