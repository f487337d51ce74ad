import { describe, expect, it } from 'vitest';
import {
  elementCount,
  Graph,
  globalSpreadPool,
  gradients,
  type Operator,
  standardise,
  toOnnx,
} from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';

/** Output, and the gradient of sum(output * seed) with respect to the first `sources` inputs. */
async function differentiate(operator: Operator<Record<string, never>>, inputs: Tensor[], sources: number) {
  const graph = new Graph();
  const values = inputs.map(({ shape }, i) => graph.input(`input${i}`, shape));
  const output = graph.apply(operator, values, {});
  const seed = graph.input('seed', output.shape);
  graph.output('output', output);
  gradients(graph, output, values.slice(0, sources), seed).forEach((value, i) => {
    graph.output(`gradient${i}`, value);
  });
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const weights = wave(elementCount(output.shape), 0.5);
  const feeds = Object.fromEntries(inputs.map((input, i) => [`input${i}`, input]));
  const results = await session.run({ ...feeds, seed: { data: weights, shape: output.shape } });
  await session.close();
  return {
    shape: output.shape,
    weights,
    output: results.output.data as Float32Array,
    gradients: values.slice(0, sources).map((_, i) => results[`gradient${i}`].data as Float32Array),
  };
}

interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

const tensor = (shape: number[], phase: number, offset = 0): Tensor => ({
  data: wave(elementCount(shape), phase).map((value) => value + offset),
  shape,
});

const cases: [string, Operator<Record<string, never>>, Tensor[], number][] = [
  ['standardise', standardise, [tensor([3, 4], 1), tensor([4], 2), tensor([4], 3, 2)], 1],
  ['globalSpreadPool', globalSpreadPool, [tensor([2, 3, 4, 5], 1)], 1],
];

describe('finite differences', () => {
  it.each(cases)('%s', async (_, operator, inputs, sources) => {
    const exact = await differentiate(operator, inputs, sources);
    const step = 1e-2;
    for (let which = 0; which < sources; which++) {
      for (const position of [0, Math.floor(inputs[which].data.length / 3), inputs[which].data.length - 1]) {
        const shifted = async (by: number) => {
          const data = inputs[which].data.slice();
          data[position] += by;
          const changed = inputs.map((input, i) => (i === which ? { ...input, data } : input));
          const { output, weights } = await differentiate(operator, changed, sources);
          return output.reduce((sum, value, i) => sum + value * weights[i], 0);
        };
        const slope = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
        expect(exact.gradients[which][position]).toBeCloseTo(slope, 2);
      }
    }
  });
});

describe('features of several levels', () => {
  it('globalSpreadPool is the standard deviation of each channel, also far from zero', async () => {
    for (const offset of [0, 100]) {
      const input = tensor([2, 3, 4, 5], 1, offset);
      const { output, shape } = await differentiate(globalSpreadPool, [input], 1);
      expect(shape).toEqual([2, 3]);
      for (let plane = 0; plane < 6; plane++) {
        const values = [...input.data.subarray(20 * plane, 20 * plane + 20)];
        const mean = values.reduce((a, b) => a + b) / 20;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 20;
        expect(output[plane]).toBeCloseTo(Math.sqrt(variance), 4);
      }
    }
  });

  it('globalSpreadPool has a finite slope where a channel is the same everywhere', async () => {
    const flat = { data: new Float32Array(12).fill(3), shape: [1, 3, 2, 2] };
    const { output, gradients: found } = await differentiate(globalSpreadPool, [flat], 1);
    for (const value of output) expect(value).toBeCloseTo(1e-3, 6);
    for (const value of found[0]) expect(value).toBeCloseTo(0, 12);
  });

  it('refuse shapes that do not fit', () => {
    const graph = new Graph();
    const a = graph.input('a', [2, 3]);
    expect(() => graph.apply(standardise, [a, graph.input('m', [2]), graph.input('s', [3])], {})).toThrow(
      /mean: expected float32 \[D\] with D = 3, found float32 \[2\]/,
    );
  });
});
