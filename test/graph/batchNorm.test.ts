import { describe, expect, it } from 'vitest';
import { batchNorm, dropout, Graph, gradients, toOnnx } from '../../src/graph/index.js';
import { unbiasedVariance } from '../../src/graph/ops/normalisation/batchNorm.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';

const shape = [4, 3, 5, 5];
const attributes = { epsilon: 1e-5 };

describe.each(['cpu', 'webgpu'] as const)('batch norm lowered for %s', (target) => {
  async function open() {
    const graph = new Graph({ target });
    const x = graph.input('x', shape);
    const call = graph.call(batchNorm, [x, graph.input('weight', [3]), graph.input('bias', [3])], attributes);
    graph.output('y', call.output);
    graph.output('mean', call.saved.mean);
    graph.output('variance', unbiasedVariance(graph, call.saved.variance, x));
    return nodeRuntime.open(toOnnx(graph), { threads: 1 });
  }

  it("gives the batch's mean and unbiased variance, run after run, and leaves its feeds alone", async () => {
    const session = await open();
    const feeds = {
      x: { data: wave(300, 1).map((value) => 3 * value + 20), shape },
      weight: { data: Float32Array.of(1, 2, 3), shape: [3] },
      bias: { data: Float32Array.of(4, 5, 6), shape: [3] },
    };
    const first = await session.run(feeds);
    const second = await session.run(feeds);
    await session.close();
    for (let c = 0; c < 3; c++) {
      const values = [0, 1, 2, 3].flatMap((n) => [...feeds.x.data.subarray((3 * n + c) * 25, (3 * n + c + 1) * 25)]);
      const mean = values.reduce((a, b) => a + b) / 100;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 99;
      expect(first.mean.data[c]).toBeCloseTo(mean, 5);
      expect(first.variance.data[c]).toBeCloseTo(variance, 4);
    }
    for (const name of ['y', 'mean', 'variance']) expect(second[name].data).toEqual(first[name].data);
    expect([...feeds.weight.data, ...feeds.bias.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('keeps the mean 0 and the spread 1 where the mean is a thousand times the spread', async () => {
    const session = await open();
    const { y, variance } = await session.run({
      x: { data: wave(300, 1).map((value) => Math.fround(value) + 1000), shape },
      weight: { data: Float32Array.of(1, 1, 1), shape: [3] },
      bias: { data: new Float32Array(3), shape: [3] },
    });
    await session.close();
    const squares = (y.data as Float32Array).reduce((sum, value) => sum + value * value, 0) / 300;
    expect(squares).toBeCloseTo(1, 3);
    expect(variance.data[0]).toBeGreaterThan(0.4);
  });
});

describe('batch norm', () => {
  it('refuses a single value a channel, as PyTorch does', () => {
    const graph = new Graph();
    const [weight, bias] = [graph.input('weight', [3]), graph.input('bias', [3])];
    expect(() => graph.apply(batchNorm, [graph.input('x', [1, 3, 1, 1]), weight, bias], attributes)).toThrow(
      expect.objectContaining({ code: 'batch-norm-single', hint: expect.stringContaining('larger batch') }),
    );
    expect(() => graph.apply(batchNorm, [graph.input('z', [2, 4, 2, 2]), weight, bias], attributes)).toThrow(/weight/);
  });
});

describe('dropout', () => {
  it('multiplies with its mask, and so does its gradient', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    const mask = graph.input('mask', [2, 3]);
    const y = graph.apply(dropout, [x, mask], {});
    graph.output('y', y);
    graph.output('gradient', gradients(graph, y, [x], graph.input('seed', [2, 3]))[0]);
    const session = await nodeRuntime.open(toOnnx(graph));
    const tensor = (...data: number[]) => ({ data: Float32Array.from(data), shape: [2, 3] });
    const found = await session.run({
      x: tensor(1, 2, 3, 4, 5, 6),
      mask: tensor(0, 2, 2, 0, 0, 2),
      seed: tensor(1, 1, 1, 3, 3, 3),
    });
    await session.close();
    expect([...(found.y.data as Float32Array)]).toEqual([0, 4, 6, 0, 0, 12]);
    expect([...(found.gradient.data as Float32Array)]).toEqual([0, 2, 2, 0, 0, 6]);
  });
});
