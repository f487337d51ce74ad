import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { fitToSquare } from '../../src/image/fitToSquare.js';
import type { Raster } from '../../src/image/raster.js';
import { resizeImage } from '../../src/image/resize.js';
import { resizeMethods } from '../../src/image/resizeFilters.js';
import { Random } from '../../src/random.js';

interface Stored {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  image: string;
}
const fixture = JSON.parse(readFileSync(new URL('../fixtures/image/resize.json', import.meta.url), 'utf8')) as {
  cases: (Stored & { newWidth: number; newHeight: number; resized: string })[];
  fits: (Stored & { size: number; crop: string; squash: string })[];
};
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const raster = ({ width, height, channels, image }: Stored): Raster => ({
  width,
  height,
  channels,
  data: bytes(image),
});

describe('resizeImage', () => {
  it.each(fixture.cases)("gives Pillow's bytes, $width x $height x $channels to $newWidth x $newHeight", (stored) => {
    const resized = resizeImage(raster(stored), stored.newWidth, stored.newHeight);
    expect([resized.width, resized.height, resized.channels]).toEqual([
      stored.newWidth,
      stored.newHeight,
      stored.channels,
    ]);
    expect(resized.data).toEqual(bytes(stored.resized));
  });

  // One channel is resized by plain loops, three at once by SIMD.
  it.each(resizeMethods)('gives three channels the bytes that each gets alone: %s', (method) => {
    const random = new Random(1, 'resize', method);
    for (let i = 0; i < 40; i++) {
      const most = i < 30 ? 40 : 400;
      const [width, height, newWidth, newHeight] = [0, 1, 2, 3].map(() => 1 + random.integer(most));
      const extreme = i % 3 === 0; // so that filters overshoot
      const data = Uint8Array.from({ length: width * height * 3 }, () =>
        extreme ? 255 * random.integer(2) : random.integer(256),
      );
      const together = resizeImage({ width, height, channels: 3, data }, newWidth, newHeight, method).data;
      for (let channel = 0; channel < 3; channel++) {
        const own = data.filter((_, at) => at % 3 === channel);
        const alone = resizeImage({ width, height, channels: 1, data: own }, newWidth, newHeight, method).data;
        expect(
          Buffer.compare(
            together.filter((_, at) => at % 3 === channel),
            alone,
          ),
        ).toBe(0);
      }
    }
  });

  it('gives an engine without SIMD the same bytes', async () => {
    const [image] = fixture.fits;
    const usual = resizeImage(raster(image), 20, 30).data;
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    try {
      const { resizeImage: resizePlainly } = await import('../../src/image/resize.js');
      expect(resizePlainly(raster(image), 20, 30).data).toEqual(usual);
    } finally {
      vi.unstubAllGlobals();
      vi.resetModules();
    }
  });

  it('keeps a plain colour at every size', () => {
    const image: Raster = { width: 37, height: 29, channels: 3, data: new Uint8Array(37 * 29 * 3).fill(255) };
    for (let size = 1; size < 90; size += 4)
      expect(resizeImage(image, size, size).data.every((value) => value === 255)).toBe(true);
  });
});

describe('fitToSquare', () => {
  it.each(fixture.fits)("is torchvision's Resize and CenterCrop, $width x $height to $size", (stored) => {
    const cropped = fitToSquare(raster(stored), stored.size, 'crop');
    expect([cropped.width, cropped.height]).toEqual([stored.size, stored.size]);
    expect(cropped.data).toEqual(bytes(stored.crop));
    expect(fitToSquare(raster(stored), stored.size, 'squash').data).toEqual(bytes(stored.squash));
  });
});
