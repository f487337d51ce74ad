import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBlocked } from '../../src/graph/blocked/layout.js';
import { toPlain } from '../../src/graph/graph.js';
import { elementCount, Graph, gradients, maxPool, toOnnx } from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';

const channelBlock = await nodeRuntime.channelBlock();

interface Pooling {
  readonly images: number;
  readonly channels: number;
  readonly sides: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly ceilMode: boolean;
}

/** Gradient of the input, whose numbers are few, so that windows have ties, and below zero as often as above. */
async function gradientOf({ images, channels, sides, ...attributes }: Pooling, blocked: boolean) {
  const graph = new Graph(blocked ? { channelBlock } : {});
  const shape = [images, channels, ...sides];
  const images4 = graph.input('x', shape);
  const x = blocked ? toBlocked(graph, images4) : images4;
  const y = graph.apply(maxPool, [x], attributes);
  const [gradient] = gradients(graph, y, [x], graph.input('seed', y.shape));
  graph.output('gradient', toPlain(graph, gradient));
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  let state = 7;
  const drawn = (of: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % of;
  };
  const data = Float32Array.from({ length: elementCount(shape) }, () => drawn(5) - 3);
  const seed = Float32Array.from({ length: elementCount(y.shape) }, () => drawn(64) + 1);
  const results = await session.run({ x: { data, shape }, seed: { data: seed, shape: y.shape } });
  await session.close();
  return { nodes: graph.nodes, gradient: [...(results.gradient.data as Float32Array)].map((value) => value + 0) };
}

const pair = (numbers: fc.Arbitrary<number>) => fc.tuple(numbers, numbers);
const poolings: fc.Arbitrary<Pooling> = fc
  .record({
    images: fc.integer({ min: 1, max: 2 }),
    channels: fc.constantFrom(1, 16, 20),
    sides: pair(fc.integer({ min: 1, max: 9 })),
    kernel: pair(fc.integer({ min: 1, max: 3 })),
    stride: pair(fc.integer({ min: 1, max: 3 })),
    dilation: pair(fc.constantFrom(1, 1, 2)),
    border: fc.tuple(...[0, 0, 0, 0].map(() => fc.integer({ min: 0, max: 2 }))),
    ceilMode: fc.boolean(),
  })
  .map(({ border, ...rest }) => ({
    ...rest,
    padding: border.map((count, i) => Math.min(count, Math.floor(rest.kernel[i % 2] / 2))) as never,
  }));

describe.skipIf(channelBlock === undefined)('the gradient of max pooling on channels in blocks', () => {
  it('goes where the indices of the operator say, whatever the window, on ties as well', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(poolings, async (pooling) => {
        const expected = await gradientOf(pooling, false).catch(() => undefined);
        fc.pre(expected !== undefined);
        expect((await gradientOf(pooling, true)).gradient).toEqual(expected!.gradient);
        compared += 1;
      }),
      { numRuns: 60 },
    );
    expect(compared).toBe(60);
  });

  it('needs no indices', async () => {
    const usual = { images: 1, channels: 16, sides: [8, 8], kernel: [3, 3], stride: [2, 2], dilation: [1, 1] } as const;
    const { nodes } = await gradientOf({ ...usual, padding: [1, 1, 1, 1], ceilMode: false }, true);
    expect(nodes.map(({ operator }) => operator)).not.toContain('ScatterElements');
  });
});
