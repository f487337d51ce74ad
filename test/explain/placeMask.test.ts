import { describe, expect, it } from 'vitest';
import { placeMask } from '../../src/explain/index.js';
import type { Orientation, Raster } from '../../src/image/index.js';

/** Lesion in the top left pixel alone. */
const maskOf = (width: number, height: number): Raster => {
  const data = new Uint8Array(width * height);
  data[0] = 255;
  return { width, height, channels: 1, data };
};
const place = (
  mask: [number, number],
  image: [number, number, Orientation],
  own: Orientation = 1,
): ReturnType<typeof placeMask> =>
  placeMask(
    { image: maskOf(...mask), header: { orientation: own } },
    { width: image[0], height: image[1], orientation: image[2] },
  );
const lesionAt = (found: ReturnType<typeof placeMask>) => {
  if ('reason' in found) return found.reason;
  const at = found.data.indexOf(255);
  return [at % found.width, Math.floor(at / found.width), found.width, found.height];
};

describe('placeMask', () => {
  it('leaves the mask of an image that is stored upright, at any size of the same shape', () => {
    expect(lesionAt(place([96, 72], [96, 72, 1]))).toEqual([0, 0, 96, 72]);
    expect(lesionAt(place([200, 150], [298, 224, 1]))).toEqual([0, 0, 200, 150]);
  });

  it('turns a mask of the stored picture with its image', () => {
    expect(lesionAt(place([96, 72], [96, 72, 6]))).toEqual([71, 0, 72, 96]);
    expect(lesionAt(place([48, 36], [96, 72, 8]))).toEqual([0, 47, 36, 48]);
  });

  it('leaves a mask of the upright picture, and one that is turned itself', () => {
    expect(lesionAt(place([72, 96], [96, 72, 6]))).toEqual([0, 0, 72, 96]);
    expect(lesionAt(place([72, 96], [96, 72, 6], 6))).toEqual([0, 0, 72, 96]);
    expect(lesionAt(place([96, 72], [96, 72, 3], 3))).toEqual([0, 0, 96, 72]);
  });

  it('goes by the exact size where pictures are nearly square', () => {
    expect(lesionAt(place([100, 99], [100, 99, 6]))).toEqual([98, 0, 99, 100]);
    expect(lesionAt(place([99, 100], [100, 99, 6]))).toEqual([0, 0, 99, 100]);
  });

  it('says so where the sizes do not tell', () => {
    for (const found of [place([90, 90], [90, 90, 6]), place([96, 72], [96, 72, 3]), place([50, 50], [100, 99, 5])])
      expect(lesionAt(found)).toMatch(/does not tell whether it was drawn on the turned picture or on the stored one/);
  });

  it('refuses a mask of another shape', () => {
    expect(lesionAt(place([64, 64], [96, 72, 1]))).toBe(
      'the mask has another shape (64 x 64 pixels) than the image (96 x 72)',
    );
    expect(lesionAt(place([72, 96], [96, 72, 1]))).toMatch(/another shape/);
    expect(lesionAt(place([64, 64], [96, 72, 6]))).toMatch(/64 x 64 pixels\) than the image \(72 x 96\)/);
  });
});
