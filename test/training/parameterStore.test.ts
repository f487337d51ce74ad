import { describe, expect, it } from 'vitest';
import type { ParameterInfo, Weights } from '../../src/nn/index.js';
import { makeOptimizer, optimizerStateArrays, WeightAverage } from '../../src/training/optimisation/optimizers.js';
import { ParameterStore } from '../../src/training/optimisation/parameterStore.js';
import { wave } from '../wave.js';

// Sizes that are no multiples of 4, so that padding lies between the parameters.
const shapes = { 'conv.weight': [2, 1, 3, 3], 'conv.bias': [2], 'fc.weight': [7, 5], 'fc.bias': [7], scale: [] };
const parameters: ParameterInfo[] = Object.entries(shapes).map(([name, shape]) => ({
  name,
  shape,
  initialise: () => new Float32Array(0),
}));
const makeWeights = (phase: number): Weights =>
  new Map(
    parameters.map(({ name, shape }, i) => [
      name,
      {
        data: wave(
          shape.reduce((a, b) => a * b, 1),
          phase + i,
        ),
        shape,
      },
    ]),
  );
const dataOf = (weights: Weights) => [...weights].map(([name, { data }]) => [name, [...data]]);

describe('ParameterStore', () => {
  it('gives back the weights that it took, in copies', () => {
    const store = new ParameterStore(parameters, 0);
    store.write(store.parameters, makeWeights(1));
    const copy = store.read(store.parameters);
    expect(dataOf(copy)).toEqual(dataOf(makeWeights(1)));
    store.parameters.all.fill(0);
    expect(dataOf(copy)).toEqual(dataOf(makeWeights(1)));
  });

  it('lays parameters side by side at multiples of 16 bytes, in views that do not overlap', () => {
    const store = new ParameterStore(parameters, 0);
    const views = Object.values(store.parameters.views);
    expect(views.map(({ shape }) => shape)).toEqual(Object.values(shapes));
    let end = 0;
    for (const { data } of views) {
      expect(data.byteOffset % 16).toBe(0);
      expect(data.byteOffset).toBeGreaterThanOrEqual(end);
      end = data.byteOffset + data.byteLength;
    }
    expect(store.byteLength % 16).toBe(0);
    expect(store.gradients.offset).toBe(store.byteLength);
  });

  it.each([
    ['missing', (weights: Map<string, unknown>) => weights.delete('fc.bias'), /"fc.bias".*\[7\].*nothing/],
    [
      'of another shape',
      (weights: Map<string, unknown>) => weights.set('fc.bias', { data: new Float32Array(8), shape: [8] }),
      /"fc.bias".*\[7\].*\[8\]/,
    ],
  ])('refuses weights that are %s', (_, change, message) => {
    const store = new ParameterStore(parameters, 0);
    const weights = new Map(makeWeights(1));
    change(weights);
    expect(() => store.write(store.parameters, weights)).toThrow(message);
    expect(() => store.write(store.parameters, weights)).toThrow(
      expect.objectContaining({ kind: 'run', code: 'weights-do-not-fit' }),
    );
  });
});

describe('optimizers over several parameters', () => {
  it.each(['adam', 'adamw', 'sgd'] as const)('%s equals a plain loop over each', (kind) => {
    const weightDecay = kind === 'adamw' ? 0.1 : 0;
    const store = new ParameterStore(parameters, optimizerStateArrays[kind]);
    const optimizer = makeOptimizer(store, { kind, weightDecay });
    store.write(store.parameters, makeWeights(1));
    const expected = new Map([...makeWeights(1)].map(([name, { data }]) => [name, Float64Array.from(data)]));
    const state = new Map([...expected].map(([name, data]) => [name, [data.map(() => 0), data.map(() => 0)]]));
    for (let step = 0; step < 4; step++) {
      const gradients = makeWeights(10 * step);
      store.write(store.gradients, gradients);
      optimizer.update(step, 0.02);
      for (const [name, p] of expected) {
        const [m, v] = state.get(name) as Float64Array[];
        const g = gradients.get(name)!.data;
        p.forEach((_, i) => {
          p[i] *= 1 - 0.02 * weightDecay;
          m[i] = kind === 'sgd' ? 0.9 * m[i] + g[i] : 0.9 * m[i] + 0.1 * g[i];
          v[i] = 0.999 * v[i] + 0.001 * g[i] ** 2;
          const first = m[i] / (1 - 0.9 ** (step + 1));
          const second = v[i] / (1 - 0.999 ** (step + 1));
          p[i] -= kind === 'sgd' ? 0.02 * m[i] : (0.02 * first) / (Math.sqrt(second) + 1e-8);
        });
      }
    }
    for (const [name, p] of expected) {
      store.parameters.views[name].data.forEach((value, i) => {
        expect(value).toBeCloseTo(p[i], 5);
      });
    }
  });

  it('averages weights with a decay that begins low', () => {
    const store = new ParameterStore(parameters, 1);
    const average = new WeightAverage(store, 0.5);
    store.write(store.parameters, makeWeights(1));
    average.begin();
    store.write(store.parameters, makeWeights(2));
    average.update(0); // decay 1/10
    average.update(1000); // decay 0.5
    const [old, now] = [makeWeights(1), makeWeights(2)].map((weights) => weights.get('fc.weight')!.data);
    average.array.views['fc.weight'].data.forEach((value, i) => {
      expect(value).toBeCloseTo(0.05 * old[i] + 0.95 * now[i], 6);
    });
  });

  it('has no array left once all are taken', () => {
    const store = new ParameterStore([{ name: 'w', shape: [16384], initialise: () => new Float32Array(0) }], 1);
    store.takeArray();
    expect(() => store.takeArray()).toThrow();
  });
});
