import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BatchClassifier } from '../../src/evaluation/index.js';
import { gaussLegendre } from '../../src/explain/explainers/integratedGradients.js';
import {
  type Baseline,
  baselineImage,
  baselines,
  explainers,
  explainNetwork,
  explanationMethods,
  occludeImages,
  openNetworkExplainer,
} from '../../src/explain/index.js';
import { findModel } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noiseWeights } from '../models/noiseWeights.js';
import { noisyImages } from '../noise.js';
import { wave } from '../wave.js';
import { cornerClassifier } from './cornerClassifier.js';
import { tokenNetwork, tokenWeights } from './tokenNetwork.js';
import { waveWeights } from './waveWeights.js';

interface Fixture {
  size: number;
  classes: number;
  explained: number[];
  steps: number;
  mean: number[];
  std: number[];
  differences: number[];
  integrated: Record<Baseline, number[][]>;
  occluded: Record<Baseline, number[][]>;
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/explain/attribution.json', import.meta.url), 'utf8'),
);
const lenet = { model: findModel('lenet'), classCount: fixture.classes, imageSize: fixture.size };
const weights = waveWeights(lenet);
const normalisation = { mean: fixture.mean, std: fixture.std };
const images = wave(2 * 3 * fixture.size ** 2, 0.25);
const open = { threads: 1 };

function expectMap(map: { values: Float32Array; peak: number }, expected: number[], tolerance: number) {
  const peak = Math.max(...expected);
  expect(map.values.length).toBe(expected.length);
  expect(Math.abs(map.peak - peak)).toBeLessThan(tolerance * peak);
  expected.forEach((value, at) => {
    expect(Math.abs(map.values[at] * map.peak - Math.max(value, 0))).toBeLessThan(tolerance * peak);
  });
}

describe.each(baselines)('from the baseline %s', (baseline) => {
  it("integrated gradients are captum's", async () => {
    const options = { ...lenet, weights, method: 'integrated-gradients', baseline, normalisation } as const;
    const explained = { ...options, steps: fixture.steps, batchSize: 5 };
    const maps = await explainNetwork(nodeRuntime, explained, images, fixture.explained, open);
    maps.forEach((map, i) => {
      expectMap(map, fixture.integrated[baseline][i], 1e-3);
      const sum = fixture.integrated[baseline][i].reduce((total, value) => total + value, 0);
      expect(map.completeness!.attributed).toBeCloseTo(sum, 3);
    });
  });

  it("occlusion is captum's", async () => {
    const options = { ...lenet, weights, method: 'occlusion', baseline, normalisation } as const;
    const explained = { ...options, cells: 10, patch: 3, batchSize: 7 };
    const maps = await explainNetwork(nodeRuntime, explained, images, fixture.explained, open);
    maps.forEach((map, i) => {
      expect([map.width, map.height]).toEqual([10, 10]);
      expectMap(map, fixture.occluded[baseline][i], 1e-3);
    });
  });
});

describe('integrated gradients', () => {
  it('credit all places with what the image changes, the more exactly the more steps there are', async () => {
    const errorWith = async (steps: number) => {
      const options = { ...lenet, weights, method: 'integrated-gradients', steps } as const;
      const maps = await explainNetwork(nodeRuntime, options, images, fixture.explained, open);
      const found = maps.map(({ completeness }) => completeness!);
      found.forEach(({ difference }, i) => {
        expect(difference).toBeCloseTo(fixture.differences[i], 6);
      });
      return Math.max(...found.map(({ attributed, difference }) => Math.abs(attributed - difference)));
    };
    const [few, many] = [await errorWith(2), await errorWith(1000)];
    expect(few).toBeGreaterThan(1e-3);
    expect(many).toBeLessThan(2e-5);
  });

  it.each(['resnet18', 'mobilenet_v2'])('go through %s to its input', async (id) => {
    const size = { model: findModel(id), classCount: 3, imageSize: 32 };
    const options = { ...size, weights: noiseWeights(size), method: 'integrated-gradients' } as const;
    const [map] = await explainNetwork(nodeRuntime, { ...options, steps: 64 }, noisyImages(1, 32, 1), [1], open);
    expect([map.width, map.height, map.empty]).toEqual([32, 32, false]);
    const { attributed, difference } = map.completeness!;
    const credited = map.values.reduce((sum, value) => sum + value * map.peak, 0);
    expect(Math.abs(attributed - difference)).toBeLessThan(0.05 * credited);
  });

  it('are exact for a product, and for polynomials up to twice the steps', () => {
    const points = gaussLegendre(5);
    const integral = (power: number) => points.reduce((sum, { at, weight }) => sum + weight * at ** power, 0);
    for (let power = 0; power < 10; power++) expect(integral(power)).toBeCloseTo(1 / (power + 1), 12);
    expect(gaussLegendre(1)).toEqual([{ at: 0.5, weight: 1 }]);
  });
});

describe('occlusion', () => {
  it('finds the corner that alone decides', async () => {
    const side = 16;
    const bright = new Float32Array(3 * side ** 2).fill(1);
    const [map] = await occludeImages(cornerClassifier(side, 4), bright, [1], { imageSize: side, cells: 8, patch: 1 });
    // The corner is 4 pixels wide, two cells; each covered cell takes a quarter of it away.
    const hot = Array.from(map.values.keys()).filter((cell) => map.values[cell] > 0);
    expect(hot).toEqual([0, 1, 8, 9]);
    for (const cell of hot) expect(map.values[cell]).toBeCloseTo(1, 5);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    expect(map.peak).toBeCloseTo(sigmoid(4) - sigmoid(3), 6);
    // Nothing speaks for the other class there.
    const [other] = await occludeImages(cornerClassifier(side, 4), bright, [0], {
      imageSize: side,
      cells: 8,
      patch: 1,
    });
    expect(other).toMatchObject({ empty: true, peak: 0 });
  });

  it('covers sides that cells do not divide to the last pixel', async () => {
    const touched = new Set<number>();
    const watching: BatchClassifier = {
      batchSize: 1,
      classCount: 1,
      async classify(batch) {
        batch.forEach((value, at) => {
          if (value === 0) touched.add(at);
        });
        return { probabilities: Float32Array.of(1) };
      },
    };
    const bright = new Float32Array(3 * 49).fill(1);
    await occludeImages(watching, bright, [0], { imageSize: 7, cells: 3, patch: 2 });
    expect(touched.size).toBe(3 * 49);
  });
});

describe('every method', () => {
  const size = { model: tokenNetwork, classCount: 3, imageSize: 16 };
  const batch = wave(2 * 3 * 256, 0.25);

  it.each(explanationMethods)('%s is registered in full, and explains a network of tokens', async (method) => {
    const explainer = explainers[method];
    expect(explainer.id).toBe(method);
    for (const text of [explainer.title, explainer.summary, explainer.source]) expect(text.length).toBeGreaterThan(5);
    const own = {
      'grad-cam': {},
      hirescam: {},
      'integrated-gradients': { steps: 8 },
      occlusion: { cells: 4, patch: 1 },
    } as const;
    const options = { ...size, weights: tokenWeights, method, ...own[method] };
    const opened = await openNetworkExplainer(nodeRuntime, options, open);
    const heard: number[] = [];
    const maps = await opened.explain(batch, [0, 2], (images) => {
      heard.push(images);
    });
    expect(opened.layer).toBe(explainer.looksAt === 'layer' ? 'norm' : 'input');
    expect(heard.at(-1)).toBe(2);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    for (const map of maps) {
      expect(map.values.length).toBe(map.width * map.height);
      expect(Math.max(...map.values)).toBe(map.empty ? 0 : 1);
    }
    expect(maps.some(({ empty }) => !empty)).toBe(true);
    const stop = opened.explain(batch, [0, 2], () => {
      throw new Error('stopped');
    });
    await expect(stop).rejects.toThrow('stopped');
    await opened.close();
  });

  it('says what it does not take', async () => {
    const ask = (more: object) => openNetworkExplainer(nodeRuntime, { ...size, weights: tokenWeights, ...more }, open);
    await expect(ask({ method: 'lime' })).rejects.toMatchObject({ kind: 'usage' });
    await expect(ask({ method: 'integrated-gradients', steps: 0 })).rejects.toMatchObject({ kind: 'usage' });
    await expect(ask({ method: 'occlusion', cells: 17 })).rejects.toMatchObject({ kind: 'usage' });
    await expect(ask({ method: 'occlusion', cells: 4, patch: 5 })).rejects.toMatchObject({ kind: 'usage' });
    const own = {
      layer: ['norm', 'grad-cam', 'hirescam'],
      reading: [{ leadingTokens: 2 }, 'grad-cam', 'hirescam'],
      baseline: ['mean', 'integrated-gradients', 'occlusion'],
      steps: [2, 'integrated-gradients'],
      cells: [4, 'occlusion'],
      patch: [2, 'occlusion'],
    } as const;
    for (const [name, [value, ...owners]] of Object.entries(own))
      for (const method of explanationMethods) {
        const asked = ask({ method, [name]: value });
        if ((owners as readonly string[]).includes(method)) await (await asked).close();
        else await expect(asked, `${method} ${name}`).rejects.toMatchObject({ code: 'option-of-other-method' });
      }
    await expect(ask({ method: 'occlusion', layer: 'norm' })).rejects.toMatchObject({
      hint: 'Leave `layer` out, or choose grad-cam or hirescam.',
    });
    await expect(ask({ method: 'grad-cam', baseline: 'black' })).rejects.toMatchObject({
      hint: 'Leave `baseline` out, or choose integrated-gradients or occlusion.',
    });
  });
});

describe('baselineImage', () => {
  const image = wave(3 * 64, 0.5);

  it('is a plain colour, or the image without its structure', () => {
    expect(new Set(baselineImage(image, 8))).toEqual(new Set([0]));
    const black = baselineImage(image, 8, { baseline: 'black', normalisation });
    const grey = baselineImage(image, 8, { baseline: 'grey', normalisation });
    for (let c = 0; c < 3; c++) {
      expect(black[c * 64]).toBeCloseTo(-fixture.mean[c] / fixture.std[c], 5);
      expect(grey[c * 64 + 63]).toBeCloseTo((0.5 - fixture.mean[c]) / fixture.std[c], 5);
    }
    const blueFirst = { mean: [0.1, 0.2, 0.3], std: [1, 1, 1], channelOrder: 'bgr' } as const;
    const black3 = baselineImage(image, 8, { baseline: 'black', normalisation: blueFirst });
    [-0.3, -0.2, -0.1].forEach((value, c) => {
      expect(black3[c * 64]).toBeCloseTo(value, 6);
    });
    const flat = baselineImage(new Float32Array(192).fill(0.3), 8, { baseline: 'blurred' });
    for (const value of flat) expect(value).toBeCloseTo(0.3, 6);
    const spread = (values: Float32Array) => Math.hypot(...values) / Math.sqrt(values.length);
    expect(spread(baselineImage(image, 8, { baseline: 'blurred' }))).toBeLessThan(0.3 * spread(image));
  });

  it('says what it needs', () => {
    expect(() => baselineImage(image, 8, { baseline: 'black' })).toThrow(
      'normalisation: expected mean and std of each channel, for a black baseline',
    );
    expect(() => baselineImage(image, 9)).toThrow('image: expected 243 values');
    expect(() => baselineImage(image, 8, { baseline: 'white' as Baseline })).toThrow('mean, black, grey, blurred');
  });
});
