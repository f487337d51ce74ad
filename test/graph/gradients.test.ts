import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  add,
  batchNorm,
  type ElementType,
  elementCount,
  flatten,
  Graph,
  globalAveragePool,
  gradients,
  linear,
  maxPool,
  type Operator,
  relu,
  relu6,
  softmaxCrossEntropy,
  toOnnx,
  type Value,
} from '../../src/graph/index.js';
import { convMaxPool } from '../../src/graph/ops/convolution/convMaxPool.js';
import { fillLossTargets } from '../../src/nn/lossTargets.js';
import type { TensorLike } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { coarseWave, wave } from '../wave.js';

const operators: Record<string, Operator<never>> = {
  ...{ convMaxPool, maxPool, linear, relu, relu6, flatten, batchNorm, add, globalAveragePool },
} as never;
const fixture = JSON.parse(readFileSync(new URL('../fixtures/gradients.json', import.meta.url), 'utf8'));

interface Case {
  operator: string;
  attributes: object;
  ties: boolean;
  /** Of the first input. */
  scale: number;
  offset: number;
  shapes: number[][];
  outputShape: number[];
  output: number[];
  gradients: number[][];
}

/** Output of the operator, and the gradients of sum(output * seed). */
async function differentiate(
  operator: string,
  attributes: object,
  inputs: TensorLike[],
  seed: (count: number) => Float32Array,
  target: 'cpu' | 'webgpu',
) {
  const graph = new Graph({ target });
  const values = inputs.map(({ shape }, i) => graph.input(`input${i}`, shape));
  const output = graph.apply(operators[operator], values, attributes as never);
  const seedValue = graph.input('seed', output.shape);
  graph.output('output', output);
  gradients(graph, output, values, seedValue).forEach((value: Value, i: number) => {
    expect(value.shape).toEqual(inputs[i].shape);
    graph.output(`gradient${i}`, value);
  });
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const feeds: Record<string, TensorLike> = { seed: { data: seed(elementCount(output.shape)), shape: output.shape } };
  inputs.forEach((input, i) => {
    feeds[`input${i}`] = input;
  });
  const results = await session.run(feeds);
  await session.close();
  return {
    shape: output.shape,
    output: results.output.data as Float32Array,
    gradients: inputs.map((_, i) => results[`gradient${i}`].data as Float32Array),
  };
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(found[i] - expected[i]) / scale);
  expect(worst).toBeLessThan(tolerance);
}

const inputsOf = (test: Case): TensorLike[] =>
  test.shapes.map((shape, i) => {
    const data = test.ties ? coarseWave(elementCount(shape), i + 1) : wave(elementCount(shape), i + 1);
    return { data: i === 0 ? data.map((value) => Math.fround(value * test.scale) + test.offset) : data, shape };
  });

/** With a mean 1000 times the spread, float32 holds 4 digits of what matters. */
const toleranceOf = (test: Case) => (test.offset === 1000 ? 1e-3 : 3e-6);

describe.each(['cpu', 'webgpu'] as const)('operators lowered for %s', (target) => {
  const cases: [string, Case][] = fixture.cases.map((test: Case) => [
    `${test.operator} ${JSON.stringify(test.attributes)} ${test.shapes.map((s) => `[${s}]`).join(' ')}${test.ties ? ' ties' : ''}${test.offset ? ` + ${test.offset}` : ''}`,
    test,
  ]);
  it.each(cases)('%s equals PyTorch', async (_, test) => {
    const found = await differentiate(test.operator, test.attributes, inputsOf(test), (n) => wave(n, 0.5), target);
    expect(found.shape).toEqual(test.outputShape);
    expectClose(found.output, test.output, toleranceOf(test));
    test.gradients.forEach((gradient, i) => {
      expectClose(found.gradients[i], gradient, toleranceOf(test));
    });
  });
});

describe('finite differences', () => {
  // One case an operator, without ties: there the derivative does not exist.
  const names = [...new Set(fixture.cases.map((test: Case) => test.operator))] as string[];
  it.each(names)('%s', async (name) => {
    const test = fixture.cases.find((candidate: Case) => candidate.operator === name) as Case;
    const inputs = inputsOf(test);
    const seed = (n: number) => wave(n, 0.5);
    const exact = await differentiate(name, test.attributes, inputs, seed, 'cpu');
    const weights = seed(exact.output.length);
    const objective = async (changed: TensorLike[]) => {
      const { output } = await differentiate(name, test.attributes, changed, seed, 'cpu');
      return output.reduce((sum, value, i) => sum + value * weights[i], 0);
    };
    const step = 1e-2;
    for (const [which, input] of inputs.entries()) {
      const position = Math.floor(input.data.length / 3);
      const shifted = (by: number) =>
        inputs.map((other, i) => {
          if (i !== which) return other;
          const data = (other.data as Float32Array).slice();
          data[position] += by;
          return { data, shape: other.shape };
        });
      const slope = ((await objective(shifted(step))) - (await objective(shifted(-step)))) / (2 * step);
      expect(exact.gradients[which][position]).toBeCloseTo(slope, 2);
    }
  });
});

describe('weighted softmax cross-entropy', () => {
  it.each(
    fixture.losses as {
      labels: number[];
      weights: number[];
      labelSmoothing: number;
      loss: number;
      gradient: number[];
    }[],
  )('label smoothing $labelSmoothing equals PyTorch', async ({ labels, weights, labelSmoothing, loss, gradient }) => {
    const graph = new Graph();
    const shape = [labels.length, weights.length];
    const logits = graph.input('logits', shape, 'float32' satisfies ElementType);
    const value = graph.apply(softmaxCrossEntropy, [logits, graph.input('targets', shape)], {});
    graph.output('loss', value);
    graph.output('gradient', gradients(graph, value, [logits])[0]);
    const session = await nodeRuntime.open(toOnnx(graph));
    const targets = fillLossTargets(labels, weights, labelSmoothing, new Float32Array(42));
    const results = await session.run({
      logits: { data: wave(42, 1, 4), shape },
      targets: { data: targets, shape },
    });
    await session.close();
    expectClose(results.loss.data as Float32Array, [loss], 1e-6);
    expectClose(results.gradient.data as Float32Array, gradient, 1e-6);
  });
});

describe('gradients', () => {
  it('adds up over several uses of a value', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    const weight = graph.input('weight', [3, 3]);
    const bias = graph.initializer(new Float32Array(3), [3]);
    const once = graph.apply(linear, [x, weight, bias], {});
    const twice = graph.apply(linear, [once, weight, bias], {});
    graph.output(
      'gradient',
      gradients(graph, twice, [weight], graph.initializer(new Float32Array(6).fill(1), [2, 3]))[0],
    );
    const session = await nodeRuntime.open(toOnnx(graph));
    const x0 = Float32Array.of(1, 2, 3, 4, 5, 6);
    const w0 = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const { gradient } = await session.run({ x: { data: x0, shape: [2, 3] }, weight: { data: w0, shape: [3, 3] } });
    await session.close();
    // y = x W^T W^T with W = 1: d/dW = ones^T (x W^T) + (ones W)^T x = 2 * column sums of x in each row
    expect([...(gradient.data as Float32Array)]).toEqual([10, 14, 18, 10, 14, 18, 10, 14, 18]);
  });

  it('refuses an output that does not depend on the source', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 2]);
    const other = graph.input('other', [1, 2]);
    const y = graph.apply(relu, [x], {});
    const seed = graph.input('seed', [1, 2]);
    expect(() => gradients(graph, y, [other], seed)).toThrow(/expected an output that depends on other/);
    expect(() => gradients(graph, y, [x])).toThrow(/seed/);
  });
});
