import { describe, expect, it } from 'vitest';
import { cutLikewise, findInsideBorder, withoutBorder } from '../../src/image/darkBorder.js';
import { fitImage, fittingKey } from '../../src/image/fitImage.js';
import type { Raster } from '../../src/image/raster.js';
import { drawSeenPart, viewKey } from '../../src/image/seenPart.js';

/** Skin where a place is inside, else the dark inside of a dermatoscope. */
function picture(width: number, height: number, isInside: (x: number, y: number) => boolean): Raster {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(isInside(x, y) ? [210, 160, 140] : [12, 9, 8], 3 * (y * width + x));
  return { width, height, channels: 3, data };
}

describe('a dark border', () => {
  const bars = picture(90, 60, (x, y) => x >= 11 && x < 80 && y >= 7);

  it('is found as bars, to the pixel', () => {
    expect(findInsideBorder(bars)).toEqual({ left: 11, top: 7, width: 69, height: 53 });
    expect(withoutBorder(bars)).toMatchObject({ width: 69, height: 53 });
  });

  it('is cut off around a round field, and what is no border stays', () => {
    const round = picture(120, 80, (x, y) => (x - 60) ** 2 + (y - 40) ** 2 < 39 ** 2);
    const { left, top, width, height } = findInsideBorder(round);
    expect(Math.abs(left - 21)).toBeLessThanOrEqual(2);
    expect(Math.abs(width - 78)).toBeLessThanOrEqual(4);
    expect(top + height).toBeLessThanOrEqual(80);
    for (const whole of [picture(50, 40, () => true), picture(50, 40, () => false), picture(50, 40, (x) => x < 12)])
      expect(withoutBorder(whole)).toBe(whole);
  });

  it('is found in a large picture as in a small one', () => {
    const large = picture(1800, 1200, (x, y) => x >= 220 && x < 1600 && y >= 140);
    const { left, top, width } = findInsideBorder(large);
    expect([left, top]).toEqual([220, 141]);
    expect(Math.abs(width - 1380)).toBeLessThanOrEqual(4);
  });

  it('is cut off of a mask at another size, too', () => {
    const mask: Raster = { width: 45, height: 30, channels: 1, data: new Uint8Array(45 * 30) };
    expect(cutLikewise(mask, bars)).toMatchObject({ width: 34, height: 26, channels: 1 });
  });

  it('is gone from what a network sees, and from what readers are shown of it', () => {
    const fitting = { imageSize: 20, fit: 'squash', border: 'removed' } as const;
    expect(fitImage(bars, fitting).data.every((value) => value > 100)).toBe(true);
    expect(fitImage(bars, { ...fitting, border: 'kept' }).data.some((value) => value < 20)).toBe(true);
    expect(drawSeenPart(bars, fitting, 53)).toMatchObject({ width: 69, height: 53 });
    expect(viewKey(fitting)).toBe('squash, without dark border');
  });
});

describe('the colour of the light', () => {
  it('is taken away from colour pictures, and not from masks', () => {
    const yellow: Raster = {
      width: 8,
      height: 8,
      channels: 3,
      data: new Uint8Array(192).map((_, i) => [200, 180, 100][i % 3]),
    };
    const fitting = { imageSize: 8, fit: 'squash', light: 'shades-of-gray' } as const;
    const { data } = fitImage(yellow, fitting);
    expect(Math.max(...data) - Math.min(...data)).toBeLessThanOrEqual(1);
    // The brightness of grey of these three.
    expect(Math.abs(data[0] - Math.sqrt((200 ** 2 + 180 ** 2 + 100 ** 2) / 3))).toBeLessThanOrEqual(1);
    const mask: Raster = { width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(200) };
    expect(fitImage(mask, fitting).data).toEqual(mask.data);
  });

  it('has its place in the key that tells prepared images apart', () => {
    expect(fittingKey({ imageSize: 8, fit: 'squash', border: 'removed', light: 'shades-of-gray' })).toBe(
      'squash 8 border removed shades-of-gray',
    );
    expect(fittingKey({ imageSize: 8, fit: 'squash', border: 'kept', light: 'kept' })).toBe('squash 8');
  });
});
