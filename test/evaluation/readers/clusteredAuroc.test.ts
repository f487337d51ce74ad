import { describe, expect, it } from 'vitest';
import { clusteredAuroc } from '../../../src/evaluation/readers/clusteredAuroc.js';

const labels = [1, 1, 1, 1, 0, 0, 0, 0, 0];
const scores = [0.9, 0.8, 0.35, 0.6, 0.5, 0.4, 0.3, 0.2, 0.85];

describe('the AUROC of images in lesions', () => {
  it('has DeLong’s error where each image is a lesion', () => {
    // Placement values by hand: of positives 1, 0.8, 0.4, 0.8; of negatives 0.75, 0.75, 1, 1, 0.25.
    const variance = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length;
    };
    const found = clusteredAuroc(scores, labels)!;
    expect(found.value).toBeCloseTo(0.75, 12);
    expect(found.standardError ** 2).toBeCloseTo(variance([1, 0.8, 0.4, 0.8]) + variance([0.75, 0.75, 1, 1, 0.25]), 12);
    expect(found.interval![0]).toBeLessThan(0.75);
  });

  it('is no surer for images that are shown twice', () => {
    const twice = <T>(values: readonly T[]) => values.flatMap((value) => [value, value]);
    const once = clusteredAuroc(scores, labels)!;
    const doubled = clusteredAuroc(twice(scores), twice(labels), twice(labels.map((_, i) => i)))!;
    expect(doubled.standardError).toBeCloseTo(once.standardError, 12);
    expect(doubled.interval).toEqual(once.interval!.map((bound) => expect.closeTo(bound, 12)));
    expect(clusteredAuroc(twice(scores), twice(labels))!.standardError).toBeLessThan(once.standardError);
  });

  it('isn’t there of too little', () => {
    expect(clusteredAuroc([0.1, 0.2, 0.3], [1, 0, 0])).toBeNull();
    expect(clusteredAuroc([0, 1, 1, 0], [1, 1, 0, 0])).toBeNull();
    expect(() => clusteredAuroc([0.1, Number.NaN], [1, 0])).toThrow(/scores\[1\]/);
    expect(() => clusteredAuroc([0.1, 0.2], [1, 2])).toThrow(/labels\[1\]/);
  });
});
