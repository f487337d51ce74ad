import { describe, expect, it } from 'vitest';
import { channelLayout, toBlocked } from '../../src/graph/blocked/layout.js';
import { blockedDomain } from '../../src/graph/graph.js';
import {
  add,
  clip,
  elementCount,
  Graph,
  gelu,
  globalAveragePool,
  gradients,
  hardSwish,
  logSoftmax,
  maximum,
  multiply,
  power,
  prelu,
  reduceL2,
  reduceMax,
  reduceMean,
  reduceSum,
  sigmoid,
  silu,
  softmax,
  toOnnx,
  type Value,
  where,
} from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';
import { differentiate } from './differentiate.js';

const bases = Float32Array.from([-2, -0.5, 0, 0.25, 1, 3]);

describe('power by a constant', () => {
  // As torch.pow(x, exponent) of PyTorch 2.15 gives them.
  it.each([
    [0, [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]],
    [1, [-2, -0.5, 0, 0.25, 1, 3], [1, 1, 1, 1, 1, 1]],
    [2, [4, 0.25, 0, 0.0625, 1, 9], [-4, -1, 0, 0.5, 2, 6]],
    [3, [-8, -0.125, 0, 0.015625, 1, 27], [12, 0.75, 0, 0.1875, 3, 27]],
    [
      0.5,
      [Number.NaN, Number.NaN, 0, 0.5, 1, Math.sqrt(3)],
      [Number.NaN, Number.NaN, Infinity, 1, 0.5, 0.5 / Math.sqrt(3)],
    ],
    [-1, [-0.5, -2, Infinity, 4, 1, 1 / 3], [-0.25, -4, -Infinity, -16, -1, -1 / 9]],
  ])('%s', async (exponent, values, slopes) => {
    for (const target of ['cpu', 'webgpu'] as const) {
      const graph = new Graph({ target });
      const x = graph.input('x', [6]);
      const y = graph.apply(power, [x, graph.scalar(exponent)], {});
      graph.output('y', y);
      const [gradient] = gradients(graph, graph.apply(reduceSum, [y], { axes: [0], keepAxes: false }), [x]);
      graph.output('gradient', gradient);
      expect(graph.nodes.map(({ operator }) => operator)).not.toContain('Log');
      const session = await nodeRuntime.open(toOnnx(graph), { threads: 1, mayDiverge: true });
      const found = await session.run({ x: { data: bases, shape: [6] } });
      await session.close();
      const digits = (numbers: ArrayLike<number>) => Array.from(numbers, (value) => Number(value.toPrecision(6)) + 0);
      expect(digits(found.y.data as Float32Array)).toEqual(digits(values));
      expect(digits(found.gradient.data as Float32Array)).toEqual(digits(slopes));
    }
  });
});

/** A chain of the operators on images [N, 3, 4, 4], and the gradient of its logits with respect to the images. */
function chain(batch: number): Graph {
  const graph = new Graph();
  const x = graph.input('x', [batch, 3, 4, 4]);
  const constant = (shape: number[], phase: number) => graph.initializer(wave(elementCount(shape), phase), shape);
  const apply = graph.apply.bind(graph) as (operator: unknown, inputs: readonly Value[], attributes?: object) => Value;
  const gate = apply(sigmoid, [apply(reduceMean, [apply(silu, [x])], { axes: [2, 3], keepAxes: true })]);
  let y = apply(multiply, [apply(hardSwish, [x]), gate]);
  y = apply(add, [y, constant([3, 1, 1], 1)]);
  y = apply(prelu, [y, constant([3, 1, 1], 2)]);
  y = apply(power, [apply(clip, [y], { min: -1, max: 2 }), graph.scalar(2)]);
  y = apply(where, [y, apply(maximum, [y, constant([4], 3)])], {
    condition: [true, false, true, true],
    conditionShape: [4],
  });
  y = apply(multiply, [y, apply(softmax, [apply(gelu, [y], { approximation: 'tanh' })], { axis: 1 })]);
  const pooled = apply(globalAveragePool, [y]);
  const spread = apply(reduceL2, [y], { axes: [2, -1], keepAxes: false });
  const largest = apply(reduceMax, [apply(reduceSum, [y], { axes: [3], keepAxes: false })], {
    axes: [2],
    keepAxes: false,
  });
  const logits = apply(logSoftmax, [apply(add, [apply(add, [pooled, spread]), largest])], { axis: -1 });
  graph.output('logits', logits);
  const seed = graph.input('seed', logits.shape);
  graph.output('gradient', gradients(graph, logits, [x], seed)[0]);
  return graph;
}

describe('graphs of these operators', () => {
  it('take any batch size, forward and backward, whatever they were built at', async () => {
    const feeds = {
      x: { data: wave(144, 1, 2), shape: [3, 3, 4, 4] },
      seed: { data: wave(9, 2), shape: [3, 3] },
    };
    const symbolicShapes = Object.fromEntries(
      ['x', 'gradient']
        .map((name) => [name, ['batch', 3, 4, 4]])
        .concat(['seed', 'logits'].map((name) => [name, ['batch', 3]])),
    );
    const found = [];
    for (const batch of [3, 1, 2]) {
      const session = await nodeRuntime.open(toOnnx(chain(batch), { symbolicShapes }), { threads: 1 });
      found.push(await session.run(feeds));
      await session.close();
    }
    for (const name of ['logits', 'gradient']) {
      const [exact, ...others] = found.map((outputs) => [...(outputs[name].data as Float32Array)]);
      for (const other of others) {
        expect(other.length).toBe(name === 'logits' ? 9 : 144);
        for (const [i, value] of other.entries()) expect(value).toBeCloseTo(exact[i], 5);
      }
    }
  });

  it('stay in blocks of channels through squeeze-and-excitation and layer scale', () => {
    const graph = new Graph({ channelBlock: 8 });
    const shape = [2, 24, 4, 4];
    const x = toBlocked(graph, graph.input('x', shape));
    const scale = graph.input('scale', [24, 1, 1]);
    const active = graph.apply(silu, [x], {});
    const gate = graph.apply(sigmoid, [graph.apply(reduceMean, [active], { axes: [2, 3], keepAxes: true })], {});
    const gated = graph.apply(multiply, [active, gate], {});
    const y = graph.apply(add, [x, graph.apply(multiply, [gated, scale], {})], {});
    expect(y.layout).toEqual(channelLayout(8));
    const seed = toBlocked(graph, graph.input('seed', shape));
    const before = graph.nodes.length;
    const [dx] = gradients(graph, y, [x, scale], seed);
    expect(dx.layout).toEqual(channelLayout(8));
    const reordered = graph.nodes.slice(before).filter(({ operator }) => operator.startsWith('Reorder'));
    expect(reordered).toEqual([]);
    expect(graph.nodes.filter(({ operator }) => operator === 'ReorderOutput')).toEqual([]);
    expect(graph.nodes.some(({ domain }) => domain === blockedDomain)).toBe(true);
  });
});

describe('where, by a condition that the graph computes', () => {
  it.each(['cpu', 'webgpu'] as const)('passes the gradient to what was chosen alone, on %s', async (target) => {
    const tensor = (numbers: readonly number[], shape: readonly number[]) => ({
      data: Float32Array.from(numbers),
      shape,
    });
    const inputs = [
      tensor([1, 2, 3, Number.NaN, Infinity, 6], [2, 3]),
      tensor([10, 20, 30], [1, 3]),
      tensor([1, 0], [2, 1]),
    ];
    const seed = () => Float32Array.of(1, 2, 3, 4, 5, 6);
    const found = await differentiate(where, {}, inputs, seed, { target }, [true, true, false]);
    expect(Array.from(found.output)).toEqual([1, 2, 3, 10, 20, 30]);
    expect(Array.from(found.gradients[0]!)).toEqual([1, 2, 3, 0, 0, 0]);
    expect(Array.from(found.gradients[1]!)).toEqual([4, 5, 6]);
  });
});
