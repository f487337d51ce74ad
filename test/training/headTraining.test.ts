import { describe, expect, it } from 'vitest';
import { findModel, initialWeights } from '../../src/models/index.js';
import { featureBatches, featureStatistics } from '../../src/training/featureTable.js';
import { withFeatureStatistics } from '../../src/training/headTraining.js';

import { testHead } from './testHead.js';

const classCount = 3;
const imageSize = 32;

testHead('lenet');

describe('features', () => {
  it('are standardised by their own mean and variance', () => {
    const table = { views: 2, count: 2, width: 2, values: Float32Array.of(1, 10, 2, 10, 3, 10, 6, 10) };
    const { mean, variance } = featureStatistics(table);
    expect([...mean]).toEqual([3, 10]);
    expect([...variance]).toEqual([3.5, 0]);
    const size = { model: findModel('mobilenet_v2_levels'), classCount, imageSize };
    const weights = initialWeights(size, 0);
    const wide = { views: 1, count: 2, width: 752, values: new Float32Array(2 * 752).fill(2, 752) };
    const found = withFeatureStatistics(weights, size.model, wide);
    expect([...found.keys()]).toEqual([...weights.keys()]);
    expect(found.get('head.norm.running_mean')!.data.every((value) => value === 1)).toBe(true);
    expect(withFeatureStatistics(weights, findModel('lenet'), wide)).toBe(weights);
  });

  it('come in batches that follow from seed and step, each epoch with views of its own', async () => {
    const [views, width] = [3, 2];
    const table = { views, count: 6, width, values: Float32Array.from({ length: 36 }, (_, i) => i) };
    const take = async (firstStep: number, steps: number) => {
      const batches = featureBatches({ table, labels: [0, 1, 2, 0, 1, 2], batchSize: 4, seed: 7, firstStep });
      const taken: number[][] = [];
      for (let i = 0; i < steps; i++) taken.push([...(await batches.next()).images]);
      return taken;
    };
    const all = await take(0, 9);
    expect(await take(4, 5)).toEqual(all.slice(4));
    const rows = all
      .flat()
      .filter((_, i) => i % 2 === 0)
      .map((value) => value / 2);
    // Six epochs: every image once in each, and every view sometimes.
    for (let epoch = 0; epoch < 6; epoch++) {
      const seen = rows.slice(6 * epoch, 6 * epoch + 6).map((row) => row % 6);
      expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5]);
    }
    expect(new Set(rows.map((row) => Math.floor(row / 6)))).toEqual(new Set([0, 1, 2]));
  });
});
