import { describe, expect, it } from 'vitest';
import { evenSample } from '../../src/data/evenSample.js';
import { foreignKinds, paintForeignImage } from '../../src/data/foreign/foreignImages.js';

/** Mean over the channels of the standard deviation over the pixels. */
function contrast(data: Uint8Array): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) {
    const values = Array.from({ length: data.length / 3 }, (_, i) => data[i * 3 + c]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    sum += Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  }
  return sum / 3;
}

describe.each(foreignKinds)('foreign images of the kind %s', (kind) => {
  const paint = (index: number, seed = 0) => paintForeignImage(kind, { seed, index, size: [48, 36] });

  it('are RGB, the same for the same seed and index, and else others', () => {
    const all = Array.from({ length: 50 }, (_, index) => paint(index));
    for (const { width, height, channels, data } of all)
      expect([width, height, channels, data.length]).toEqual([48, 36, 3, 48 * 36 * 3]);
    expect(paint(7)).toEqual(all[7]);
    expect(paint(7, 1)).not.toEqual(all[7]);
    expect(new Set(all.map(({ data }) => Buffer.from(data).toString('base64'))).size).toBe(50);
  });

  it('are blank only where they are meant to be', () => {
    for (let index = 0; index < 50; index++) {
      const found = contrast(paint(index).data);
      if (kind === 'blank') expect(found).toBeLessThan(8);
      else expect(found, `${kind} ${index}`).toBeGreaterThan(1);
    }
  });
});

describe('an even sample', () => {
  const labels = [...Array(100).fill(0), ...Array(5).fill(1), ...Array(40).fill(2)];
  const countOf = (chosen: number[]) => [0, 1, 2].map((k) => chosen.filter((i) => labels[i] === k).length);

  it('takes all of the rare classes and equally many of the others', () => {
    expect(countOf(evenSample(labels, 45, 0))).toEqual([20, 5, 20]);
    expect(countOf(evenSample(labels, 100, 0))).toEqual([55, 5, 40]);
    expect(evenSample(labels, 1000, 0)).toEqual(labels.map((_, i) => i));
  });

  it('is the same for the same seed', () => {
    expect(evenSample(labels, 45, 3)).toEqual(evenSample(labels, 45, 3));
    expect(evenSample(labels, 45, 3)).not.toEqual(evenSample(labels, 45, 4));
  });
});
