import { cropImage } from '../../image/crop.js';
import { compose, type Homography, identity, type Part } from '../../image/homography.js';
import { resizeImage } from '../../image/resize.js';
import { type WarpFill, warpSquare } from '../../image/warp.js';
import type { Drawn } from './transforms/transform.js';
import { variations } from './transforms/variations.js';

/** A transform that moves points, whatever its parameters. */
interface Moving {
  readonly movesWholePixels?: true;
  map(parameters: unknown, size: number): Homography | undefined;
}

const moving = new Map(
  variations.flatMap((entry) =>
    'map' in entry && entry.map ? [[entry.name as string, entry as unknown as Moving]] : [],
  ),
);

/** How many source pixels a pixel may stand for before several are looked at. */
const mostShrinking = 1.5;

/**
 * Draws an image after all that moves its points, in one interpolation. A crop that is at most mirrored and turned by quarters, and a whole image made
 * smaller, are resized with antialiasing, as torchvision's RandomResizedCrop does it; all else is sampled bilinearly, as its RandomAffine does.
 * @param source HWC, RGB, size * size * 3 bytes @param steps in order; those that move no points are passed over
 * @param target [3, side, side] in [0, 1] from `offset` on
 */
export function drawPicture(
  source: Uint8Array,
  size: number,
  steps: readonly Drawn[],
  outside: WarpFill,
  target: Float32Array,
  offset: number,
  side: number,
): void {
  const moves = steps.filter(({ name }) => moving.has(name));
  const first = moves[0]?.name === 'crop' ? (moves[0].parameters as Part) : undefined;
  const others = first ? moves.slice(1) : moves;
  const isResized = (first || side !== size) && others.every(({ name }) => moving.get(name)!.movesWholePixels);
  const map = isResized ? undefined : combine(moves, size);
  const smaller = (map: Homography, to: number) => compose(map, [size / to, 0, 0, 0, size / to, 0, 0, 0, 1]);
  if (isResized) placePixels(resizePart(source, size, first, side), combine(others, side), target, offset, side);
  else if (!map) placePixels(source, undefined, target, offset, side);
  else if (side === size) warpSquare(source, size, map, outside, target, offset);
  else if (size <= mostShrinking * side) warpSquare(source, size, smaller(map, side), outside, target, offset, side);
  else {
    const fine = new Float32Array(12 * side * side);
    warpSquare(source, size, smaller(map, 2 * side), outside, fine, 0, 2 * side);
    averageFours(fine, target, offset, side);
  }
}

/** The one map of all that moves an image's points, from the result back to the source; undefined for none. @param size side of the image, pixels */
export const augmentationMap = (parameters: readonly Drawn[], size: number): Homography | undefined =>
  combine(
    parameters.filter(({ name }) => moving.has(name)),
    size,
  );

/** All maps as one, from the result back to the source; undefined for none. */
function combine(moves: readonly Drawn[], size: number): Homography | undefined {
  let whole: Homography | undefined;
  for (const { name, parameters } of moves) {
    const map = moving.get(name)!.map(parameters, size);
    if (map) whole = compose(whole ?? identity, map);
  }
  return whole;
}

function resizePart(source: Uint8Array, size: number, part: Part | undefined, side: number): Uint8Array {
  const whole = { width: size, height: size, channels: 3, data: source } as const;
  const cut = part ? cropImage(whole, part.left, part.top, part.width, part.height) : whole;
  return resizeImage(cut, side, side).data;
}

/** Bytes as values in [0, 1]. */
const shares = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** Bytes to planes in [0, 1]. @param map that lets pixels fall onto pixels; undefined where they stay */
function placePixels(
  pixels: Uint8Array,
  map: Homography | undefined,
  target: Float32Array,
  offset: number,
  side: number,
): void {
  const plane = side * side;
  if (!map) {
    for (let c = 0; c < 3; c++)
      for (let i = 0, at = c, to = offset + c * plane; i < plane; i++, at += 3) target[to + i] = shares[pixels[at]];
    return;
  }
  const [a, b, c, d, e, f] = map;
  for (let y = 0, i = offset; y < side; y++)
    for (let x = 0; x < side; x++, i++) {
      const column = Math.floor(a * (x + 0.5) + b * (y + 0.5) + c);
      const row = Math.floor(d * (x + 0.5) + e * (y + 0.5) + f);
      const at = 3 * (row * side + column);
      target[i] = shares[pixels[at]];
      target[i + plane] = shares[pixels[at + 1]];
      target[i + 2 * plane] = shares[pixels[at + 2]];
    }
}

/** Means of 2 x 2 values. */
function averageFours(fine: Float32Array, target: Float32Array, offset: number, side: number): void {
  const wide = 2 * side;
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const at = c * wide * wide + 2 * y * wide + 2 * x;
        const sum = fine[at] + fine[at + 1] + fine[at + wide] + fine[at + wide + 1];
        target[offset + (c * side + y) * side + x] = sum / 4;
      }
}
