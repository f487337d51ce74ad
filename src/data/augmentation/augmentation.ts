import { requireInteger, requireLength, unexpected, Words } from '../../checks.js';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from '../../image/adjustColor.js';
import {
  affineMap,
  type Corners,
  compose,
  flipMap,
  type Homography,
  identity,
  perspectiveMap,
} from '../../image/homography.js';
import { type WarpFill, warpSquare } from '../../image/warp.js';
import type { Random } from '../../random.js';
import { channelPlaces } from '../preparation/networkInput.js';
import type { Normalisation } from '../preparation/preprocessing.js';
import { type AugmentationSettings, augmentationSettings } from './augmentationSettings.js';

/** What is done to one image in one epoch. */
export interface AugmentationParameters {
  readonly horizontalFlip: boolean;
  readonly verticalFlip: boolean;
  /** Degrees, clockwise. */
  readonly rotation: number;
  /** Pixels to the right and down. */
  readonly translate: readonly [number, number];
  readonly scale: number;
  /** Where the corner pixels of the picture go, null where viewpoint stays. */
  readonly corners: Corners | null;
  /** In the order in which they are applied. */
  readonly color: readonly (readonly [adjustment: keyof typeof adjustments, amount: number])[];
}

const adjustments = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const;

/**
 * Draws parameters as torchvision 0.14's RandomHorizontalFlip, RandomVerticalFlip, RandomAffine, RandomPerspective and ColorJitter do.
 * The same numbers are drawn whatever is switched on, so that a part can be switched off without changing the others.
 * @param size side of the image, pixels
 * @throws LesionlabError kind `usage` for settings out of their ranges
 */
export function drawAugmentation(settings: AugmentationSettings, size: number, random: Random): AugmentationParameters {
  requireSettings(settings);
  requireInteger('size', size, { min: 1 });
  const horizontalFlip = random.next() < settings.horizontalFlip;
  const verticalFlip = random.next() < settings.verticalFlip;
  const rotation = random.uniform(-1, 1) * settings.rotationDegrees;
  const shift = (share: number) => Math.round(random.uniform(-1, 1) * share * size) || 0;
  const translate = [shift(settings.translate[0]), shift(settings.translate[1])] as const;
  const scale = random.uniform(...settings.scale);
  const isMoved = random.next() < settings.perspective.probability && settings.perspective.distortion > 0;
  const corners = drawCorners(settings.perspective.distortion, size, random);
  const order = random.shuffle(['brightness', 'contrast', 'saturation', 'hue'] as const satisfies string[]);
  const amounts = new Map<string, number>();
  for (const name of ['brightness', 'contrast', 'saturation'] as const)
    amounts.set(name, random.uniform(Math.max(0, 1 - settings[name]), 1 + settings[name]));
  amounts.set('hue', random.uniform(-settings.hue, settings.hue));
  return {
    horizontalFlip,
    verticalFlip,
    rotation,
    translate,
    scale,
    corners: isMoved ? corners : null,
    color: order.filter((name) => settings[name] > 0).map((name) => [name, amounts.get(name)!] as const),
  };
}

/** Settings are looked at once: images by the thousand are varied with the same. */
const accepted = new WeakSet<AugmentationSettings>();

function requireSettings(settings: AugmentationSettings): void {
  if (accepted.has(settings)) return;
  const result = augmentationSettings.safeParse(settings);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw unexpected(`augmentation, ${path.join('.') || 'settings'}`, 'what its range allows', new Words(message));
  }
  accepted.add(settings);
}

/** Each corner moves inwards by up to `distortion` times half of the side. */
function drawCorners(distortion: number, size: number, random: Random): Corners {
  const most = Math.trunc(distortion * Math.floor(size / 2));
  const near = () => random.integer(most + 1);
  const far = () => size - 1 - random.integer(most + 1);
  return [near(), near(), far(), near(), far(), far(), near(), far()];
}

/** The one map that flips, turns, scales, shifts and tilts, from the result back to the source; undefined for none of these. */
export function augmentationMap(parameters: AugmentationParameters, size: number): Homography | undefined {
  const { horizontalFlip, verticalFlip, rotation, translate, scale, corners } = parameters;
  let map: Homography | undefined;
  if (horizontalFlip || verticalFlip) map = flipMap(size, size, { horizontal: horizontalFlip, vertical: verticalFlip });
  if (rotation !== 0 || translate[0] !== 0 || translate[1] !== 0 || scale !== 1)
    map = compose(map ?? identity, affineMap(size, size, rotation, translate, scale));
  const last = size - 1;
  const tilt = corners && perspectiveMap([0, 0, last, 0, last, last, 0, last], corners);
  if (tilt) map = compose(map ?? identity, tilt);
  return map;
}

/**
 * Varies and normalises one image: flips, affine, perspective in one interpolation, then the colours. Where torchvision
 * cuts the picture off between affine and perspective, what lies beyond is still seen here.
 * @param source HWC, RGB, size * size * 3 bytes
 * @param target [3, size, size] from `offset` on, normalised; channels in the network's order
 * @throws LesionlabError kind `usage` where there are other numbers of pixels than the size says
 */
export function augmentImage(
  source: Uint8Array,
  parameters: AugmentationParameters,
  fill: AugmentationSettings['fill'],
  { imageSize: size, mean, std, channelOrder }: Normalisation,
  target: Float32Array,
  offset = 0,
): void {
  const plane = size * size;
  requireLength('source', source, 3 * plane, `RGB of ${size} x ${size} pixels`);
  requireInteger('offset', offset, { min: 0, max: target.length - 3 * plane });
  const map = augmentationMap(parameters, size);
  if (map) {
    const color: WarpFill =
      fill === 'reflect' ? fill : fill === 'mean' ? [mean[0] * 255, mean[1] * 255, mean[2] * 255] : [0, 0, 0];
    warpSquare(source, size, map, color, target, offset);
  } else {
    for (let i = 0, at = 0; i < plane; i++, at += 3)
      for (let c = 0; c < 3; c++) target[offset + c * plane + i] = source[at + c] / 255;
  }
  for (const [name, amount] of parameters.color) adjustments[name](target, offset, plane, amount);
  for (let c = 0; c < 3; c++) {
    const start = offset + c * plane;
    const scale = 1 / std[c];
    const shift = -mean[c] * scale;
    for (let i = start; i < start + plane; i++) target[i] = target[i] * scale + shift;
  }
  if (channelPlaces({ channelOrder })[0] !== 0) swapPlanes(target, offset, offset + 2 * plane, plane);
}

function swapPlanes(values: Float32Array, first: number, second: number, plane: number): void {
  const kept = values.slice(first, first + plane);
  values.copyWithin(first, second, second + plane);
  values.set(kept, second);
}
