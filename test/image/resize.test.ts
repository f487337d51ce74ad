import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitToSquare } from '../../src/image/fitToSquare.js';
import type { Raster } from '../../src/image/raster.js';
import { resizeImage } from '../../src/image/resize.js';

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
