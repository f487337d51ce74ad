import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBands } from '../../src/graph/blocked/bands.js';
import { filterLayout, planFilter, readFilter, storeFilter } from '../../src/graph/blocked/filters.js';
import { storedShape } from '../../src/graph/blocked/layout.js';
import { toPlain } from '../../src/graph/graph.js';
import { add, conv, elementCount, Graph, type GraphOptions, gradients, relu, toOnnx } from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noise } from '../noise.js';

const channelBlock = await nodeRuntime.channelBlock();

interface Layer {
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly number[];
  readonly sides: readonly number[];
  readonly bias: boolean;
  /** Used twice, so that gradients of its input add up. */
  readonly twice?: boolean;
}

/** Result and gradients of a convolution. @param stored the weight comes in the layout of blocked filters, where there is one */
async function differentiate(layer: Layer, options: GraphOptions, stored = false) {
  const { images, channels, filters, groups, kernel, sides } = layer;
  const graph = new Graph(options);
  const weightShape = [filters, channels / groups, ...kernel];
  const layout = stored ? filterLayout(weightShape, channelBlock!, groups) : undefined;
  const x = graph.input('x', [images, channels, ...sides]);
  const weight = graph.input('weight', weightShape, 'float32', layout);
  const inputs = [x, weight, ...(layer.bias ? [graph.input('bias', [filters])] : [])];
  const { stride, dilation, padding } = layer;
  const convolve = () => graph.apply(conv, inputs, { stride, dilation, padding, groups });
  const y = layer.twice ? graph.apply(add, [convolve(), convolve()], {}) : convolve();
  const found = gradients(graph, y, inputs, graph.input('seed', y.shape));
  graph.output('result', toPlain(graph, y));
  for (const [i, { name }] of inputs.entries()) graph.output(`gradient of ${name}`, found[i]);
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const feeds = graph.inputs.map(({ name, shape }, stream) => {
    const data = noise(elementCount(shape), stream);
    if (name !== 'weight' || !layout) return [name, { data, shape }];
    return [name, { data: storeFilter(data, shape, layout), shape: storedShape(shape, layout) }];
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.close();
  const numbers = Object.entries(results).map(([name, { data }]) => {
    const isStored = name === 'gradient of weight' && layout;
    return [name, isStored ? readFilter(data as Float32Array, weightShape, layout) : (data as Float32Array)];
  });
  return { nodes: graph.nodes, numbers: Object.fromEntries(numbers) as Record<string, Float32Array> };
}

function expectSame(found: Record<string, Float32Array>, expected: Record<string, Float32Array>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, numbers] of Object.entries(expected)) {
    let [scale, worst] = [1, 0];
    numbers.forEach((value, i) => {
      scale = Math.max(scale, Math.abs(value));
      worst = Math.max(worst, Math.abs(value - found[name][i]));
    });
    expect([name, found[name].length, worst / scale]).toEqual([name, numbers.length, expect.closeTo(0, 4)]);
  }
}

const side = fc.integer({ min: 1, max: 9 });
const step = fc.constantFrom(1, 1, 2, 3);
const pair = (numbers: fc.Arbitrary<number>) => fc.tuple(numbers, numbers);
/** Channels, filters and groups: few and many channels, whole blocks and not, groups of all widths. */
const widths = fc.oneof(
  fc.tuple(fc.constantFrom(1, 3, 8, 16, 20, 33), fc.constantFrom(1, 4, 16, 20, 40), fc.constant(1)),
  fc.constantFrom(2, 5, 16, 20, 33).map((channels) => [channels, channels, channels] as const),
  fc
    .tuple(fc.integer({ min: 2, max: 5 }), fc.constantFrom(1, 2, 4, 8, 16, 24), fc.constantFrom(2, 4, 8, 16))
    .map(([groups, channels, filters]) => [groups * channels, groups * filters, groups] as const),
);
const layers: fc.Arbitrary<Layer> = fc
  .record({
    images: fc.integer({ min: 1, max: 34 }),
    widths,
    kernel: pair(fc.constantFrom(1, 1, 2, 3, 5)),
    stride: pair(step),
    dilation: pair(step),
    padding: fc.oneof(
      fc.constant([0, 0, 0, 0]),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
    ),
    sides: pair(side),
    bias: fc.boolean(),
    twice: fc.boolean(),
  })
  .map(({ widths: [channels, filters, groups], ...rest }) => ({ ...rest, channels, filters, groups }))
  .filter(({ sides, kernel, dilation, padding }) =>
    sides.every((length, i) => length + padding[i] + padding[i + 2] > dilation[i] * (kernel[i] - 1)),
  );

describe.skipIf(channelBlock === undefined)('conv in a graph with channel blocks', () => {
  it('equals that of plain operators, whatever its window and groups, with weights stored in blocks and not', async () => {
    await fc.assert(
      fc.asyncProperty(layers, async (layer) => {
        const expected = await differentiate(layer, {});
        for (const stored of [false, true])
          expectSame((await differentiate(layer, { channelBlock }, stored)).numbers, expected.numbers);
      }),
      { numRuns: 60 },
    );
  });

  const usual = { images: 2, kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], bias: true };
  it.each([
    ['dense', 2 * (channelBlock ?? 0), 16, 1, true],
    ['of images', 3, 16, 1, true],
    ['depthwise', 20, 20, 20, true],
    ['in groups of whole blocks', 3 * (channelBlock ?? 0), 3 * (channelBlock ?? 0), 3, true],
    ['in groups of half a block', 3 * ((channelBlock ?? 0) / 2), 3 * ((channelBlock ?? 0) / 2), 3, true],
    ['in groups that come to no whole blocks', 33, 33, 3, false],
  ])('takes blocked kernels where it is %s', async (_, channels, filters, groups, blocked) => {
    const layer = { ...usual, channels, filters, groups, sides: [5, 4] };
    const { nodes } = await differentiate(layer, { channelBlock });
    expect(nodes.some(({ operator, domain }) => operator === 'Conv' && domain !== '')).toBe(blocked);
  });

  it('leaves convolutions with constant weights to the optimizer of the runtime', () => {
    const graph = new Graph({ channelBlock });
    const x = graph.input('x', [1, 16, 4, 4]);
    const weight = graph.initializer(new Float32Array(16 * 16), [16, 16, 1, 1]);
    const y = graph.apply(conv, [graph.apply(relu, [x], {}), weight], { stride: 1, padding: 0 });
    gradients(graph, y, [x], graph.input('seed', y.shape));
    expect(graph.nodes.every(({ domain }) => domain === '')).toBe(true);
  });
});

describe('groups narrower than a block', () => {
  it.each([
    // RegNetY-400MF, ResNeXt-50 32x4d, RegNetY-1.6GF.
    { shape: [104, 8, 3, 3], groups: 13, block: 8, expected: { merged: 1, groups: 13 } },
    { shape: [104, 8, 3, 3], groups: 13, block: 16, expected: { merged: 2, groups: 7 } },
    { shape: [128, 4, 3, 3], groups: 32, block: 16, expected: { merged: 4, groups: 8 } },
    { shape: [120, 24, 3, 3], groups: 5, block: 8, expected: { merged: 1, groups: 5 } },
    { shape: [96, 24, 3, 3], groups: 4, block: 16, expected: { merged: 2, groups: 2 } },
    // The last of two merged groups would want 24 channels more than there are stored.
    { shape: [120, 24, 3, 3], groups: 5, block: 16, expected: undefined },
    { shape: [33, 11, 3, 3], groups: 3, block: 8, expected: undefined },
  ])('lie side by side in one: $shape in $groups groups, blocks of $block', ({ shape, groups, block, expected }) => {
    const plan = planFilter(shape, block, groups);
    expect(plan && { merged: plan.merged, groups: plan.groups }).toEqual(expected);
    expect(filterLayout(shape, block, groups) !== undefined).toBe(plan?.merged === 1);
  });
});

describe('bands of images that a weight gradient sums over', () => {
  it.each([
    { shape: [32, 64, 28, 28], block: 16, expected: { count: 1, height: 28, channels: 32 } },
    // One band an image would leave half of the channels to zeros.
    { shape: [8, 256, 14, 14], block: 16, expected: { count: 2, height: 7, channels: 16 } },
    { shape: [8, 512, 7, 7], block: 16, expected: { count: 2, height: 4, channels: 16 } },
    { shape: [8, 64, 28, 28], block: 8, expected: { count: 1, height: 28, channels: 8 } },
    { shape: [10, 64, 56, 56], block: 16, expected: { count: 8, height: 7, channels: 80 } },
    { shape: [1, 64, 1, 1], block: 16, expected: { count: 1, height: 1, channels: 16 } },
    // What is read at a time would not stay in the cache.
    { shape: [16, 64, 56, 56], block: 16, expected: { count: 4, height: 14, channels: 64 } },
    { shape: [16, 64, 112, 112], block: 16, expected: { count: 14, height: 8, channels: 224 } },
  ])('are $expected.count each for gradients $shape in blocks of $block', ({ shape, block, expected }) => {
    expect(planBands(shape, block)).toEqual(expected);
  });
});
