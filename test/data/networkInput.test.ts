import { describe, expect, it } from 'vitest';
import { augmentImage, drawAugmentation } from '../../src/data/augmentation/augmentation.js';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import { normaliseImage } from '../../src/data/augmentation/batches.js';
import { denormaliseImage } from '../../src/data/preparation/denormalise.js';
import { inputShape, inputStatistics, networkInput } from '../../src/data/preparation/networkInput.js';
import { Random } from '../../src/random.js';

const size = 3;
const plane = size ** 2;
const rgb = { imageSize: size, mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7] } as const;
const bgr = { ...rgb, channelOrder: 'bgr' } as const;
const pixels = Uint8Array.from({ length: plane * 3 }, (_, i) => (i * 37) % 256);

describe('networks that take blue first', () => {
  const swapped = (values: Float32Array) => [
    ...values.subarray(2 * plane),
    ...values.subarray(plane, 2 * plane),
    ...values.subarray(0, plane),
  ];

  it('get the planes of the same pixels the other way round, with augmentation too, and give the picture back', () => {
    const [first, second] = [rgb, bgr].map((preprocessing) => {
      const values = new Float32Array(plane * 3);
      normaliseImage(pixels, preprocessing, values);
      expect(denormaliseImage(values, preprocessing).data).toEqual(pixels);
      return values;
    });
    expect([...second]).toEqual(swapped(first));
    const settings = augmentationSettings.parse({ rotationDegrees: 20, saturation: 0.3, fill: 'mean' });
    const parameters = drawAugmentation(settings, size, new Random(3));
    const [varied, variedToo] = [rgb, bgr].map((preprocessing) => {
      // Beside another image, which stays as it is.
      const values = new Float32Array(plane * 6).fill(9);
      augmentImage(pixels, parameters, 'mean', preprocessing, values, plane * 3);
      expect(values.subarray(0, plane * 3).every((value) => value === 9)).toBe(true);
      return values.subarray(plane * 3);
    });
    expect([...variedToo]).toEqual(swapped(varied));
    expect([...varied]).not.toEqual([...first]);
  });

  it('have their statistics in the order of their channels', () => {
    expect(inputStatistics(rgb)).toEqual({ mean: rgb.mean, std: rgb.std });
    expect(inputStatistics(bgr)).toEqual({ mean: [0.3, 0.2, 0.1], std: [0.7, 0.6, 0.5] });
  });
});

describe('networkInput', () => {
  it('leaves [N, 3, S, S] as it is, and makes [N, S, S, 3] of it', () => {
    const images = Float32Array.from({ length: 2 * 3 * plane }, (_, i) => i);
    expect(networkInput(images, { imageSize: size }, 2)).toEqual({ data: images, shape: [2, 3, size, size] });
    const { data, shape } = networkInput(images, { imageSize: size, layout: 'nhwc' }, 2);
    expect(shape).toEqual([2, size, size, 3]);
    for (let n = 0; n < 2; n++)
      for (let c = 0; c < 3; c++)
        for (let i = 0; i < plane; i++) expect(data[(n * plane + i) * 3 + c]).toBe(images[(n * 3 + c) * plane + i]);
    expect(inputShape({ imageSize: 5, layout: 'nhwc' }, 'batch')).toEqual(['batch', 5, 5, 3]);
  });

  it('refuses other numbers of values', () => {
    expect(() => networkInput(new Float32Array(5), { imageSize: size }, 1)).toThrow(/27 values/);
    expect(() => networkInput(new Float32Array(27), { imageSize: size }, 0)).toThrow(/count/);
  });
});
