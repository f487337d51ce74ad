import { describe, expect, it } from 'vitest';
import { channelStatistics } from '../../src/data/preparation/normalisation.js';
import type { PreparedImages } from '../../src/data/preparation/preprocessing.js';
import { Random } from '../../src/random.js';

function inMemory(imageSize: number, images: Uint8Array[]): PreparedImages {
  return {
    imageSize,
    imageIds: images.map((_, i) => `image${i}`),
    read: (index, target, offset = 0) => target.set(images[index], offset),
  };
}

describe('channelStatistics', () => {
  it('is the mean and spread of the named images only', () => {
    const random = new Random(2, 'statistics');
    const images = Array.from({ length: 5 }, (_, i) =>
      Uint8Array.from({ length: 6 * 6 * 3 }, (_, at) => random.integer(40 * (i + 1)) + (at % 3) * 10),
    );
    const chosen = [0, 3, 4];
    const { mean, std } = channelStatistics(inMemory(6, images), chosen);
    for (let c = 0; c < 3; c++) {
      const values = chosen.flatMap((i) => [...images[i]].filter((_, at) => at % 3 === c).map((value) => value / 255));
      const m = values.reduce((sum, value) => sum + value, 0) / values.length;
      const s = Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0) / values.length);
      expect(mean[c]).toBeCloseTo(m, 12);
      expect(std[c]).toBeCloseTo(s, 12);
    }
  });

  it('stays positive where nothing changes, and refuses no images', () => {
    const images = inMemory(2, [new Uint8Array(12).fill(51)]);
    const { mean, std } = channelStatistics(images, [0]);
    expect(mean).toEqual([0.2, 0.2, 0.2]);
    expect(std.every((value) => value > 0)).toBe(true);
    expect(() => channelStatistics(images, [])).toThrow(/at least one/);
  });
});
