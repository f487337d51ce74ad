import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normaliseImage } from '../../src/data/augmentation/batches.js';
import { type Fit, type Fitting, fitImage, fittingKey } from '../../src/image/fitImage.js';
import type { Raster } from '../../src/image/raster.js';
import { resizeImage } from '../../src/image/resize.js';
import { type ResizeMethod, resizeMethods } from '../../src/image/resizeFilters.js';
import { drawSeenPart, seenProportion, viewKey, viewZoom } from '../../src/image/seenPart.js';

interface Stored {
  width: number;
  height: number;
  channels: 1 | 3;
  image: string;
}
type Triple = [number, number, number];
interface TimmSettings {
  img_size: number;
  crop_pct: number;
  crop_mode: 'center' | 'squash' | 'border';
  interpolation: string;
  mean: Triple;
  std: Triple;
}
const fixture = JSON.parse(readFileSync(new URL('../fixtures/image/fits.json', import.meta.url), 'utf8')) as {
  resizes: (Stored & { newWidth: number; newHeight: number; resized: Record<string, string> })[];
  inputs: (Stored & {
    timm?: TimmSettings;
    torchvision?: { resize: number; crop: number; mean: Triple; std: Triple };
    values: string;
  })[];
};
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const floats = (text: string) => new Float32Array(bytes(text).buffer);
const raster = ({ width, height, channels, image }: Stored): Raster => ({
  width,
  height,
  channels,
  data: bytes(image),
});
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
};

describe('resizeImage by other filters', () => {
  it.each(fixture.resizes)("gives Pillow's bytes, $width x $height to $newWidth x $newHeight", (stored) => {
    for (const [method, expected] of Object.entries(stored.resized)) {
      const { data } = resizeImage(raster(stored), stored.newWidth, stored.newHeight, method as ResizeMethod);
      const most = largestDifference(data, bytes(expected));
      // Fixed point rounds twice, torch's plain interpolation once.
      expect(most, method).toBeLessThanOrEqual(method === 'bilinear' ? 1 : 0);
    }
  });

  it('keeps a plain colour, and clips what overshoots', () => {
    const image: Raster = { width: 37, height: 29, channels: 3, data: new Uint8Array(37 * 29 * 3).fill(255) };
    for (const method of resizeMethods)
      for (const size of [1, 5, 36, 38, 80])
        expect(resizeImage(image, size, size, method).data.every((value) => value === 255)).toBe(true);
    const edge: Raster = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) };
    const { data } = resizeImage(edge, 9, 1, 'bicubic-antialiased');
    expect([data[0], data[8]]).toEqual([0, 255]);
  });
});

describe('fitImage', () => {
  const fits: Record<TimmSettings['crop_mode'], Fit> = { center: 'crop', squash: 'squash', border: 'pad' };
  const read = ({ timm, torchvision }: (typeof fixture.inputs)[number]): Fitting & { mean: Triple; std: Triple } => {
    if (torchvision)
      return {
        ...torchvision,
        imageSize: torchvision.crop,
        fit: 'crop',
        resize: 'bilinear-antialiased',
        resizeTo: torchvision.resize,
      };
    const { img_size: imageSize, crop_pct, crop_mode, interpolation, mean, std } = timm!;
    const resize = `${interpolation}-antialiased` as ResizeMethod;
    const padFill = mean.map((value) => Math.round(value * 255)) as Triple;
    return { imageSize, fit: fits[crop_mode], resize, resizeTo: Math.floor(imageSize / crop_pct), padFill, mean, std };
  };

  it.each(fixture.inputs)(
    "gives the network's input of timm's and torchvision's transforms, $width x $height, $timm $torchvision",
    (stored) => {
      const { mean, std, ...fitting } = read(stored);
      const { data } = fitImage(raster(stored), fitting);
      const values = new Float32Array(data.length);
      normaliseImage(data, { imageSize: fitting.imageSize, mean, std }, values);
      expect(largestDifference(values, floats(stored.values))).toBeLessThan(1e-5);
      const flipped = new Float32Array(data.length);
      normaliseImage(data, { imageSize: fitting.imageSize, mean, std, channelOrder: 'bgr' }, flipped);
      const plane = fitting.imageSize ** 2;
      for (const [c, place] of [2, 1, 0].entries())
        expect(flipped.subarray(place * plane, (place + 1) * plane)).toEqual(
          values.subarray(c * plane, (c + 1) * plane),
        );
    },
  );

  it('adds no colour beyond a mask', () => {
    const mask: Raster = { width: 4, height: 2, channels: 1, data: new Uint8Array(8).fill(255) };
    const { data } = fitImage(mask, { imageSize: 4, fit: 'pad', padFill: [255, 255, 255] });
    expect([...data]).toEqual([0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]);
  });
});

describe('fittingKey', () => {
  it('is the same for the same pixels, and another for each thing that changes them', () => {
    const plain: Fitting = { imageSize: 8, fit: 'crop' };
    expect(fittingKey({ ...plain, resize: 'bilinear-antialiased', resizeTo: 8, padFill: [1, 2, 3] })).toBe('crop 8');
    const changes: Partial<Fitting>[] = [
      {},
      { imageSize: 9 },
      { fit: 'squash' },
      { fit: 'pad' },
      { fit: 'pad', padFill: [0, 0, 1] },
      { resize: 'nearest' },
      { resizeTo: 9 },
    ];
    expect(new Set(changes.map((change) => fittingKey({ ...plain, ...change }))).size).toBe(changes.length);
  });
});

describe('the part that a network sees', () => {
  /** Red, its middle white: where the white lies in the network's square, it lies in the picture. */
  const image: Raster = { width: 80, height: 40, channels: 3, data: new Uint8Array(80 * 40 * 3) };
  for (let y = 0; y < 40; y++)
    for (let x = 0; x < 80; x++)
      image.data.set(x >= 30 && x < 50 && y >= 10 && y < 30 ? [255, 255, 255] : [255, 0, 0], (y * 80 + x) * 3);
  const whiteShare = ({ data, width, height }: Raster) => {
    let white = 0;
    for (let i = 1; i < data.length; i += 3) white += data[i] / 255;
    return white / (width * height);
  };

  it.each<[Fitting, number]>([
    [{ imageSize: 40, fit: 'squash' }, 2],
    [{ imageSize: 40, fit: 'squash', resizeTo: 50 }, 2],
    [{ imageSize: 40, fit: 'crop' }, 1],
    [{ imageSize: 40, fit: 'crop', resizeTo: 60 }, 1],
    [{ imageSize: 40, fit: 'pad' }, 1],
    [{ imageSize: 40, fit: 'pad', resizeTo: 60 }, 1],
  ])('lies under a heat map edge to edge: %o', (fitting, proportion) => {
    const drawn = drawSeenPart(image, fitting, 100);
    expect(drawn.width / drawn.height).toBeCloseTo(proportion, 1);
    expect(seenProportion(fitting, image)).toBe(proportion);
    expect(whiteShare(drawn)).toBeCloseTo(whiteShare(fitImage(image, fitting)), 1);
  });

  it('is told apart by fit and zoom, whatever the size', () => {
    expect(viewZoom({ imageSize: 224, fit: 'crop', resizeTo: 256 })).toBeCloseTo(8 / 7);
    expect(viewKey({ imageSize: 224, fit: 'crop' })).toBe(viewKey({ imageSize: 112, fit: 'crop' }));
    expect(viewKey({ imageSize: 224, fit: 'crop', resizeTo: 256 })).toBe(
      viewKey({ imageSize: 448, fit: 'crop', resizeTo: 512 }),
    );
    expect(viewKey({ imageSize: 224, fit: 'crop' })).not.toBe(viewKey({ imageSize: 224, fit: 'crop', resizeTo: 256 }));
  });
});
