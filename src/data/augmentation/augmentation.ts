import { requireInteger, requireLength, requireOneOf, unexpected, Words } from '../../checks.js';
import { Random } from '../../random.js';
import { channelPlaces } from '../preparation/networkInput.js';
import type { Normalisation } from '../preparation/preprocessing.js';
import { type AugmentationSettings, augmentationSettings } from './augmentationSettings.js';
import { drawPicture } from './drawPicture.js';
import { transforms } from './transforms/registry.js';
import type { Drawn, Frame, Planes } from './transforms/transform.js';

/** What is done to one image in one epoch, in order. */
export type AugmentationParameters = readonly Drawn[];

/** A transform whatever its settings and parameters: which belong to it, its name says. */
interface AnyTransform {
  readonly name: string;
  readonly sharesStream?: true;
  readonly afterNormalisation?: true;
  words(settings: AugmentationSettings): readonly string[];
  draw(settings: AugmentationSettings, frame: Frame, random: Random): unknown;
  change?(picture: Planes, parameters: unknown): void;
}

const all = transforms as unknown as readonly AnyTransform[];
const byName = new Map(all.map((entry) => [entry.name, entry]));
const sharing = all.filter(({ sharesStream }) => sharesStream);

/** Settings are looked at once: images by the thousand are varied with the same. */
const accepted = new WeakMap<AugmentationSettings, readonly AnyTransform[]>();

/** The transforms that settings switch on. */
function switchedOn(settings: AugmentationSettings): readonly AnyTransform[] {
  const known = accepted.get(settings);
  if (known) return known;
  const result = augmentationSettings.safeParse(settings);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw unexpected(`augmentation, ${path.join('.') || 'settings'}`, 'what its range allows', new Words(message));
  }
  const on = all.filter((entry) => entry.words(result.data).length > 0);
  accepted.set(settings, on);
  return on;
}

/** Names of the transforms that settings switch on, in order. */
export const namesOfTransforms = (settings: AugmentationSettings): string[] =>
  switchedOn(settings).map(({ name }) => name);

/**
 * Draws what is done to one image, by the definitions of torchvision where it has them (see each file of `transforms/`). A part can be switched off
 * without changing what is drawn for the others.
 * @param size side of the prepared image, pixels @param target side of what the network sees in training, pixels
 * @throws LesionlabError kind `usage` for settings out of their ranges
 */
export function drawAugmentation(
  settings: AugmentationSettings,
  size: number,
  random: Random,
  target = size,
): AugmentationParameters {
  const on = switchedOn(settings);
  requireInteger('size', size, { min: 1 });
  requireInteger('target', target, { min: 1 });
  const frame = { size, target };
  const shared = new Map(sharing.map((entry) => [entry, entry.draw(settings, frame, random)]));
  const seed = random.uint32();
  return on.flatMap((entry): Drawn[] => {
    const parameters = entry.sharesStream
      ? shared.get(entry)
      : entry.draw(settings, frame, new Random(seed, entry.name));
    if (parameters === null) return [];
    return [entry.name === 'trivialAugment' ? (parameters as Drawn) : { name: entry.name, parameters }];
  });
}

/**
 * Varies and normalises one image: all that moves points in one interpolation, then light and colour, optics, camera and file. Where torchvision
 * cuts the picture off between two moves, what lies beyond is still seen here.
 * @param source HWC, RGB, S * S * 3 bytes, S the side that normalisation names
 * @param target [3, side, side] from `offset` on, normalised; channels in the network's order
 * @param side of what the network sees in training; default S
 * @throws LesionlabError kind `usage` where there are other numbers of pixels than the sizes say, or an unknown transform
 */
export function augmentImage(
  source: Uint8Array,
  parameters: AugmentationParameters,
  fill: AugmentationSettings['fill'],
  { imageSize: size, mean, std, channelOrder }: Normalisation,
  target: Float32Array,
  offset = 0,
  side = size,
): void {
  requireLength('source', source, 3 * size * size, `RGB of ${size} x ${size} pixels`);
  requireInteger('side', side, { min: 1 });
  const plane = side * side;
  requireInteger('offset', offset, { min: 0, max: target.length - 3 * plane });
  for (const { name } of parameters) requireOneOf('transform', name, [...byName.keys()]);
  const outside =
    fill === 'reflect' ? fill : fill === 'mean' ? ([mean[0] * 255, mean[1] * 255, mean[2] * 255] as const) : black;
  drawPicture(source, size, parameters, outside, target, offset, side);
  const picture = { values: target, offset, size: side };
  const change = (afterNormalisation: boolean) => {
    for (const drawn of parameters) {
      const entry = byName.get(drawn.name)!;
      if ((entry.afterNormalisation ?? false) === afterNormalisation) entry.change?.(picture, drawn.parameters);
    }
  };
  change(false);
  for (let c = 0; c < 3; c++) {
    const start = offset + c * plane;
    const scale = 1 / std[c];
    const shift = -mean[c] * scale;
    for (let i = start; i < start + plane; i++) target[i] = target[i] * scale + shift;
  }
  change(true);
  if (channelPlaces({ channelOrder })[0] !== 0) swapPlanes(target, offset, offset + 2 * plane, plane);
}

const black = [0, 0, 0] as const;

function swapPlanes(values: Float32Array, first: number, second: number, plane: number): void {
  const kept = values.slice(first, first + plane);
  values.copyWithin(first, second, second + plane);
  values.set(kept, second);
}
