import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AugmentationParameters,
  augmentImage,
  drawAugmentation,
} from '../../src/data/augmentation/augmentation.js';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import type { Affine } from '../../src/data/augmentation/transforms/affine.js';
import type { ColorAdjustments } from '../../src/data/augmentation/transforms/colorJitter.js';
import type { Corners } from '../../src/image/homography.js';
import { warpSquare } from '../../src/image/warp.js';
import { Random } from '../../src/random.js';

interface Warp {
  size: number;
  image: number[];
  rotation: number;
  translate: [number, number];
  scale: number;
  corners: Corners | null;
  result: number[];
}
const fixture = JSON.parse(readFileSync(new URL('../fixtures/data/augmentation.json', import.meta.url), 'utf8')) as {
  warps: Warp[];
  reflected: { size: number; image: number[]; theta: number[]; result: number[] };
  colors: { name: 'brightness' | 'contrast' | 'saturation' | 'hue'; amount: number; result: number[] }[];
  colorImage: number[];
};

const affine = (part: Partial<Affine>) => ({
  name: 'affine',
  parameters: { rotation: 0, translate: [0, 0], scale: 1, ...part },
});
const perspective = (corners: Corners | null) => (corners ? [{ name: 'perspective', parameters: { corners } }] : []);
const flip = (horizontal: boolean, vertical = false) => ({ name: 'flip', parameters: { horizontal, vertical } });
const plain = (imageSize: number) => ({ imageSize, mean: [0, 0, 0], std: [1, 1, 1] }) as const;

function augment(image: ArrayLike<number>, size: number, ...parameters: AugmentationParameters): Float32Array {
  const result = new Float32Array(size * size * 3);
  augmentImage(Uint8Array.from(image), parameters, 'zero', plain(size), result);
  return result;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

describe('augmentImage against torchvision', () => {
  it.each(fixture.warps)(
    'turns by $rotation, shifts by $translate, scales by $scale, moves corners to $corners ($size px)',
    ({ size, image, rotation, translate, scale, corners, result }) => {
      const found = augment(image, size, affine({ rotation, translate, scale }), ...perspective(corners));
      // torch computes its grid in float32: positions are off by some 1e-6 of a pixel, more in the perspective solution.
      expect(largestDifference(found, result)).toBeLessThan(corners ? 1e-4 : 1e-5);
    },
  );

  it.each(fixture.colors)('adjusts $name by $amount', ({ name, amount, result }) => {
    expect(
      largestDifference(augment(fixture.colorImage, 10, { name: 'colorJitter', parameters: [[name, amount]] }), result),
    ).toBeLessThan(2e-6);
  });

  it('mirrors at the edges as grid_sample does', () => {
    const { size, image, theta, result } = fixture.reflected;
    const [a, b, c, d, e, f] = theta;
    const half = size / 2; // theta works on [-1, 1] with the origin in the middle
    const map = [a, b, half * (c + 1 - a - b), d, e, half * (f + 1 - d - e), 0, 0, 1] as const;
    const found = new Float32Array(result.length);
    warpSquare(Uint8Array.from(image), size, map, 'reflect', found);
    expect(largestDifference(found, result)).toBeLessThan(1e-5);
  });
});

describe('augmentImage', () => {
  const size = 8;
  const random = new Random(5, 'augmentation test');
  const image = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256));
  const pixel = (result: Float32Array, x: number, y: number, c: number) => result[c * size * size + y * size + x];
  const sourceAt = (x: number, y: number, c: number) => Math.fround(image[(y * size + x) * 3 + c] / 255);

  it('flips exactly', () => {
    const flipped = augment(image, size, flip(true));
    const both = augment(image, size, flip(true, true));
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        expect(pixel(flipped, x, y, 1)).toBeCloseTo(sourceAt(size - 1 - x, y, 1), 6);
        expect(pixel(both, x, y, 2)).toBeCloseTo(sourceAt(size - 1 - x, size - 1 - y, 2), 6);
      }
  });

  it('flips first, then shifts, and shows the chosen fill', () => {
    const shifted = [flip(true), affine({ translate: [2, 0] })];
    const preprocessing = { imageSize: size, mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.5] } as const;
    const results = { zero: 0, mean: 0, reflect: 0 };
    for (const fill of ['zero', 'mean', 'reflect'] as const) {
      const result = new Float32Array(size * size * 3 + 4);
      augmentImage(image, shifted, fill, preprocessing, result, 4);
      const moved = result.subarray(4);
      expect(pixel(moved, 2, 3, 0)).toBeCloseTo((sourceAt(size - 1, 3, 0) - 0.5) / 0.2, 5);
      expect([...result.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
      results[fill] = pixel(moved, 0, 3, 0);
    }
    expect(results.zero).toBeCloseTo(-0.5 / 0.2, 5);
    expect(results.mean).toBeCloseTo(0, 5);
    expect(results.reflect).toBeCloseTo((sourceAt(size - 2, 3, 0) - 0.5) / 0.2, 5);
  });

  it('survives corners that meet', () => {
    const result = augment(image, size, ...perspective([3, 3, 3, 3, 3, 3, 3, 3]));
    expect(result).toEqual(augment(image, size));
  });
});

describe('drawAugmentation', () => {
  const full = augmentationSettings.parse({
    horizontalFlip: 0.5,
    verticalFlip: 0.25,
    rotationDegrees: 60,
    translate: [0.1, 0.2],
    scale: [0.8, 1.2],
    perspective: { distortion: 0.4, probability: 0.5 },
    brightness: 0.2,
    contrast: 1.5,
    saturation: 0.3,
    hue: 0.1,
  });
  const draws = Array.from({ length: 4000 }, (_, i) =>
    drawAugmentation(full, 100, new Random(1, 'augmentation', 0, i)),
  );
  const drawnBy = <T>(name: string) =>
    draws.map((drawn) => drawn.find((step) => step.name === name)?.parameters as T | undefined);
  const affines = drawnBy<Affine>('affine').map((drawn) => drawn!);
  const colors = drawnBy<ColorAdjustments>('colorJitter').map((drawn) => drawn!);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('keeps to the ranges and fills them', () => {
    const near = (values: number[], low: number, high: number) => {
      const least = Math.min(...values);
      const most = Math.max(...values);
      expect(least).toBeGreaterThanOrEqual(low);
      expect(most).toBeLessThanOrEqual(high);
      expect(least - low + (high - most)).toBeLessThan(0.02 * (high - low));
    };
    near(
      affines.map((d) => d.rotation),
      -60,
      60,
    );
    near(
      affines.map((d) => d.translate[0]),
      -10,
      10,
    );
    near(
      affines.map((d) => d.translate[1]),
      -20,
      20,
    );
    near(
      affines.map((d) => d.scale),
      0.8,
      1.2,
    );
    const amounts = (name: string) => colors.flatMap((drawn) => drawn.filter(([n]) => n === name).map(([, a]) => a));
    near(amounts('brightness'), 0.8, 1.2);
    near(amounts('contrast'), 0, 2.5);
    near(amounts('hue'), -0.1, 0.1);
    const corners = drawnBy<{ corners: Corners }>('perspective').flatMap((drawn) => (drawn ? [drawn.corners] : []));
    const flips = drawnBy<{ horizontal: boolean; vertical: boolean }>('flip');
    near(
      corners.map((c) => c[0]),
      0,
      20,
    );
    near(
      corners.map((c) => c[4]),
      79,
      99,
    );
    expect(mean(flips.map((drawn) => +(drawn?.horizontal ?? false)))).toBeCloseTo(0.5, 1);
    expect(mean(flips.map((drawn) => +(drawn?.vertical ?? false)))).toBeCloseTo(0.25, 1);
    expect(corners.length / draws.length).toBeCloseTo(0.5, 1);
    for (const name of ['brightness', 'contrast', 'saturation', 'hue'])
      expect(mean(colors.map((drawn) => +(drawn[0][0] === name)))).toBeCloseTo(0.25, 1);
  });

  it('keeps the other parts when one is switched off', () => {
    const without = { ...full, hue: 0, perspective: { distortion: 0, probability: 0 } };
    const one = drawAugmentation(without, 100, new Random(1, 'augmentation', 0, 7));
    expect(one).toEqual(
      draws[7].flatMap((step) => {
        if (step.name === 'perspective') return [];
        if (step.name !== 'colorJitter') return [step];
        return [{ ...step, parameters: colors[7].filter(([name]) => name !== 'hue') }];
      }),
    );
  });

  it('does nothing when all is off', () => {
    expect(drawAugmentation(augmentationSettings.parse({}), 100, new Random(1, 'x'))).toEqual([]);
  });
});
