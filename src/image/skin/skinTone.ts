import { requireNumber } from '../../checks.js';
import type { Raster } from '../raster.js';
import { cieLab } from './cieLab.js';
import { type FoundSkin, findSkin } from './findSkin.js';

/** A group of skin tones by the individual typology angle. */
export interface SkinToneBand {
  /** For readers, with its angles: `tan (10° to 28°)`. */
  readonly name: string;
  /** The largest angle in it, degrees; undefined of the lightest. */
  readonly upTo?: number;
}

/**
 * Bands of the individual typology angle, from dark to light (Chardon et al. 1991, with `dark` by Del Bino and Bernerd 2013,
 * doi:10.1111/bjd.12529). They are no Fitzpatrick types, which are about burning and tanning.
 */
export const skinToneBands: readonly SkinToneBand[] = [
  { name: 'dark (-30° and less)', upTo: -30 },
  { name: 'brown (-30° to 10°)', upTo: 10 },
  { name: 'tan (10° to 28°)', upTo: 28 },
  { name: 'intermediate (28° to 41°)', upTo: 41 },
  { name: 'light (41° to 55°)', upTo: 55 },
  { name: 'very light (more than 55°)' },
];

/** The band of an angle. @param angle degrees, -90 to 90 @throws LesionlabError kind `usage` for another number */
export function skinToneBand(angle: number): SkinToneBand {
  requireNumber('angle', angle, { min: -90, max: 90 });
  return skinToneBands.find(({ upTo }) => upTo === undefined || angle <= upTo)!;
}

/** What the skin beside a lesion looks like. */
export interface SkinToneEstimate {
  /** Individual typology angle, degrees: larger is lighter. */
  readonly angle: number;
  /** Medians of CIELAB's L* and b* over the skin. */
  readonly lightness: number;
  readonly yellowness: number;
  /** Share of the picture that was measured, [0, 1], and what was left out. */
  readonly share: number;
  readonly leftOut: FoundSkin['leftOut'];
}

/** Why no skin tone can be told: too little skin is seen, or its colour is no skin's (b* of 0 or less: the white balance is off). */
export interface NoSkinTone {
  readonly reason: 'no-lesion' | 'little-skin' | 'bluish';
}

/** Share of the picture that has to be skin. */
const leastSkin = 0.03;

/**
 * Estimates the individual typology angle (ITA) of the skin beside a lesion: arctan((L* - 50) / b*) of the medians of L* and b* over what
 * `findSkin` finds, after leaving out pixels more than one standard deviation from them (Kinyanjui et al. 2020, arXiv:1910.13268; Benčević et al. 2025, arXiv:2504.04494). It is an
 * estimate under unknown light and an unknown camera, for comparing groups of images; estimates by other ways disagree (Kalb et al. 2023, arXiv:2308.09640), and none is a Fitzpatrick type.
 * @param image RGB, as decoded from its file, neither resized nor changed in colour
 * @param mask light inside the lesion, at any size of the same shape
 * @throws LesionlabError kind `usage` where either is no picture
 */
export function estimateSkinTone(image: Raster, mask: Raster): SkinToneEstimate | NoSkinTone {
  const { picture, skin, share, leftOut } = findSkin(image, mask);
  if (leftOut.lesion === 0) return { reason: 'no-lesion' };
  if (share < leastSkin) return { reason: 'little-skin' };
  const { data } = picture;
  const colours = [new Float64Array(skin.length), new Float64Array(skin.length)];
  let count = 0;
  for (let i = 0; i < skin.length; i++) {
    if (!skin[i]) continue;
    [colours[0][count], , colours[1][count]] = cieLab(data[3 * i], data[3 * i + 1], data[3 * i + 2]);
    count += 1;
  }
  const all = colours.map((values) => values.subarray(0, count));
  const around = all.map(spreadOf);
  const near = nearBoth(all, around);
  // Of two colours none need be near both medians.
  const [lightness, yellowness] = (near[0].length > 0 ? near : all).map((values) => spreadOf(values).median);
  if (yellowness <= 0) return { reason: 'bluish' };
  return { angle: typologyAngle(lightness, yellowness), lightness, yellowness, share, leftOut };
}

/**
 * The individual typology angle of a colour, degrees (Chardon et al. 1991). @param lightness L*, 0 to 100 @param yellowness b*, above 0
 * @throws LesionlabError kind `usage` for numbers that are none
 */
export function typologyAngle(lightness: number, yellowness: number): number {
  requireNumber('lightness', lightness, { min: 0, max: 100.001 });
  requireNumber('yellowness', yellowness, { above: 0 });
  return (Math.atan((lightness - 50) / yellowness) * 180) / Math.PI;
}

/** Colours that are at most one standard deviation from the median in each of their parts. */
function nearBoth(all: readonly Float64Array[], around: readonly ReturnType<typeof spreadOf>[]): Float64Array[] {
  const near = all.map((values) => new Float64Array(values.length));
  let count = 0;
  for (let i = 0; i < all[0].length; i++) {
    let isNear = true;
    for (let c = 0; c < all.length; c++)
      if (!(Math.abs(all[c][i] - around[c].median) <= around[c].spread)) isNear = false;
    if (!isNear) continue;
    for (let c = 0; c < all.length; c++) near[c][count] = all[c][i];
    count += 1;
  }
  return near.map((values) => values.subarray(0, count));
}

/** Median (the mean of the middle two) and standard deviation. */
function spreadOf(values: Float64Array): { readonly median: number; readonly spread: number } {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  let sum = 0;
  for (const value of sorted) sum += value;
  const mean = sum / sorted.length;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  return { median, spread: Math.sqrt(squares / sorted.length) };
}
