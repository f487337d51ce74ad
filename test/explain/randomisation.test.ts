import { describe, expect, it } from 'vitest';
import {
  checkRandomisation,
  describeRandomisation,
  explainNetwork,
  randomiseWeights,
  rankCorrelation,
  scaleHeatMap,
} from '../../src/explain/index.js';
import { findModel } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noiseWeights } from '../models/noiseWeights.js';
import { noisyImages } from '../noise.js';

describe('rankCorrelation', () => {
  it("is scipy's spearmanr, ties included", () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 1000])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    // scipy.stats.spearmanr([1, 2, 2, 4, 5, 0, 0], [3, 1, 1, 9, 2, 7, 0])
    expect(rankCorrelation([1, 2, 2, 4, 5, 0, 0], [3, 1, 1, 9, 2, 7, 0])).toBeCloseTo(0.22019275302527216, 12);
    expect(rankCorrelation([1, 2], [3, 3])).toBeNaN();
    expect(() => rankCorrelation([1, 2], [3])).toThrow('as many as a');
  });
});

const size = { model: findModel('lenet'), classCount: 7, imageSize: 32 };
const weights = noiseWeights(size);
const changed = (a: Weights, b: Weights) =>
  [...a].filter(([name, { data }]) => data.some((value, i) => value !== b.get(name)!.data[i])).map(([name]) => name);

describe('randomiseWeights', () => {
  it('shuffles tensors from the head backwards, and keeps their numbers', () => {
    const part = (share: number) => changed(weights, randomiseWeights({ ...size, weights }, { share }));
    expect(part(0.01)).toEqual(['fc3.weight', 'fc3.bias']);
    expect(part(0.4)).toEqual(['fc2.weight', 'fc2.bias', 'fc3.weight', 'fc3.bias']);
    expect(part(1)).toEqual([...weights.keys()]);
    const all = randomiseWeights({ ...size, weights }, { share: 1 });
    for (const [name, { data, shape }] of weights) {
      expect(all.get(name)!.shape).toEqual(shape);
      expect(Float32Array.from(all.get(name)!.data).sort()).toEqual(Float32Array.from(data).sort());
    }
    expect(changed(all, randomiseWeights({ ...size, weights }, { share: 1 }))).toEqual([]);
    expect(changed(all, randomiseWeights({ ...size, weights }, { share: 1, seed: 1 })).length).toBeGreaterThan(5);
    expect(() => randomiseWeights({ ...size, weights }, { share: 0 })).toThrow('share: expected a number above 0');
  });
});

describe('checkRandomisation', () => {
  const images = noisyImages(8, 32, 1);
  const classes = Array.from({ length: 8 }, (_, i) => i % 7);
  const lesionIds = classes.map((_, i) => `${i}`);
  const open = { threads: 1 };

  it("finds that a network's maps hang on its weights, and steps back from the head", async () => {
    const options = { ...size, method: 'hirescam', layer: 'conv2' } as const;
    const maps = await explainNetwork(nodeRuntime, { ...options, weights }, images, classes, open);
    const heard: (readonly string[])[] = [];
    const levels = await checkRandomisation(
      maps,
      (randomise) => {
        const randomised = randomise({ ...size, weights });
        heard.push(changed(weights, randomised));
        return explainNetwork(nodeRuntime, { ...options, weights: randomised }, images, classes, open);
      },
      { lesionIds, levels: 5 },
    );
    expect(levels.map(({ share }) => share)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(heard.map(({ length }) => length)).toEqual([2, 4, 6, 8, 10]);
    expect(Math.abs(levels[4].correlation.mean!)).toBeLessThan(0.2);
    expect(describeRandomisation(levels)).toMatch(
      /^With all weights randomised, .*: the maps hang on what was learned\.$/,
    );
  });

  it('unmasks maps that do not', async () => {
    const map = scaleHeatMap([1, 2, 3, 4], 2, 2);
    const empty = scaleHeatMap([0, 0, 0, 0], 2, 2);
    const [level] = await checkRandomisation([map, map, map], async () => [map, map, empty], {
      lesionIds: ['a', 'b', 'c'],
    });
    expect(level).toEqual({ share: 1, correlation: { mean: 1, interval: null }, emptyMaps: 1 });
    expect(describeRandomisation([level])).toContain('much of a map comes from the image and the architecture');
    const nothing = await checkRandomisation([map], async () => [empty], { lesionIds: ['a'] });
    expect(nothing[0].correlation).toEqual({ mean: null, interval: null });
    expect(describeRandomisation(nothing)).toContain('nothing spoke for any answer');
    expect(describeRandomisation([])).toBe('');
  });
});
