import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activation } from '../../src/graph/activation.js';
import { filterLayout, readFilter, storeFilter } from '../../src/graph/blocked/filters.js';
import { storedShape } from '../../src/graph/blocked/layout.js';
import {
  add,
  batchNorm,
  conv,
  elementCount,
  flatten,
  Graph,
  globalAveragePool,
  gradients,
  maxPool,
  relu,
  relu6,
  type Shape,
  toOnnx,
  type Value,
} from '../../src/graph/index.js';
import { blockedConvNorm } from '../../src/graph/ops/convolution/blockedConvNorm.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';
import { noise } from '../noise.js';

const channelBlock = await nodeRuntime.channelBlock();

interface Layer {
  images: number;
  channels: number;
  filters: number;
  side: number;
  kernel: number;
  stride?: number;
  depthwise?: boolean;
  activation?: Activation;
  residual?: boolean;
  /** What comes after: its gradient comes in blocks, or row by row. */
  next?: 'max pooling' | 'average pooling';
  /** Another use of x, whose gradient is added. */
  twice?: boolean;
}

const epsilon = 1e-5;

/** One layer of ONNX's own operators, each of which is held against PyTorch in gradients.test.ts. */
function separate(graph: Graph, { activation, depthwise, kernel, stride = 1 }: Layer, inputs: Value[]): Value {
  const [x, weight, scale, bias, shift, residual] = inputs;
  const attributes = { stride, padding: kernel >> 1 };
  const groups = depthwise ? x.shape[1] : 1;
  const convolved = graph.apply(conv, [x, weight, shift], { ...attributes, groups });
  let y = graph.apply(batchNorm, [convolved, scale, bias], { epsilon });
  if (residual) y = graph.apply(add, [y, residual], {});
  if (activation === 'relu') y = graph.apply(relu, [y], {});
  if (activation === 'relu6') y = graph.apply(relu6, [y], {});
  return y;
}

function fused(graph: Graph, layer: Layer, inputs: Value[]): Value {
  const { activation = 'none', depthwise = false, kernel, stride = 1 } = layer;
  const attributes = { stride, padding: kernel >> 1, groups: depthwise ? layer.channels : 1, activation, epsilon };
  return graph.apply(blockedConvNorm, inputs, attributes);
}

/** Result and all gradients of a layer, by name. */
async function differentiate(layer: Layer, block: number | undefined, stored = false) {
  const { images, channels, filters, side, kernel, stride = 1, depthwise = false } = layer;
  const graph = new Graph({ channelBlock: block });
  const weightShape = [filters, depthwise ? 1 : channels, kernel, kernel];
  const outputSide = Math.floor((side - 1) / stride) + 1;
  const outputShape = [images, filters, outputSide, outputSide];
  const shapes: Record<string, Shape> = { x: [images, channels, side, side], weight: weightShape };
  for (const name of ['scale', 'bias', 'shift']) shapes[name] = [filters];
  if (layer.residual) shapes.residual = outputShape;
  const layout = stored && block ? filterLayout(weightShape, block, depthwise ? filters : 1) : undefined;
  const values = Object.entries(shapes).map(([name, shape]) =>
    graph.input(name, shape, 'float32', name === 'weight' ? layout : undefined),
  );
  let y = (block ? fused : separate)(graph, layer, values);
  if (layer.next === 'max pooling') y = graph.apply(maxPool, [y], { kernel: 3, stride: 2, padding: 1 });
  if (layer.next === 'average pooling') y = graph.apply(globalAveragePool, [y], {});
  if (layer.twice) y = graph.apply(add, [y, values[0]], {});
  const seed = graph.input('seed', y.shape);
  const sources = values.filter(({ name }) => name !== 'shift');
  const found = gradients(graph, y, sources, seed);
  sources.forEach(({ name }, i) => {
    graph.output(`gradient of ${name}`, found[i]);
  });
  graph.output('result', graph.apply(flatten, [y], {}));
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const feeds = Object.fromEntries(
    [...Object.entries(shapes), ['seed', y.shape] as const].map(([name, shape], stream) => {
      const data = noise(elementCount(shape), stream, 1, name === 'scale' ? 1.5 : name === 'bias' ? 0.5 : 0);
      const isStored = name === 'weight' && layout;
      return [
        name,
        {
          data: isStored ? storeFilter(data, shape, layout) : data,
          shape: isStored ? storedShape(shape, layout) : shape,
        },
      ];
    }),
  );
  const results = await session.run(feeds);
  await session.close();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => {
      const numbers = data as Float32Array;
      const isStored = name === 'gradient of weight' && layout;
      return [name, isStored ? readFilter(numbers, weightShape, layout) : numbers];
    }),
  );
}

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  let scale = 1;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(found[i] - expected[i]) / scale);
  return worst;
}

const layers: Layer[] = [
  { images: 8, channels: 16, filters: 16, side: 6, kernel: 3 },
  { images: 16, channels: 16, filters: 32, side: 6, kernel: 3, activation: 'relu' },
  { images: 3, channels: 16, filters: 16, side: 7, kernel: 3, activation: 'relu', residual: true },
  { images: 8, channels: 16, filters: 16, side: 5, kernel: 3, activation: 'relu', residual: true, twice: true },
  // Channels that are no whole blocks.
  { images: 8, channels: 20, filters: 28, side: 5, kernel: 3, activation: 'relu6' },
  { images: 8, channels: 28, filters: 20, side: 6, kernel: 1, residual: true },
  { images: 8, channels: 20, filters: 44, side: 6, kernel: 1, activation: 'relu6' },
  { images: 5, channels: 20, filters: 20, side: 7, kernel: 3, depthwise: true, activation: 'relu6' },
  // Strides, even and odd sides.
  { images: 8, channels: 16, filters: 32, side: 8, kernel: 3, stride: 2, activation: 'relu' },
  { images: 8, channels: 16, filters: 16, side: 7, kernel: 3, stride: 2 },
  { images: 8, channels: 16, filters: 16, side: 9, kernel: 5, stride: 3 },
  { images: 8, channels: 16, filters: 32, side: 8, kernel: 1, stride: 2 },
  { images: 8, channels: 16, filters: 32, side: 7, kernel: 1, stride: 2, residual: true, activation: 'relu' },
  { images: 4, channels: 16, filters: 16, side: 8, kernel: 3, stride: 2, depthwise: true },
  { images: 4, channels: 24, filters: 24, side: 7, kernel: 3, stride: 2, depthwise: true, activation: 'relu6' },
  // What comes after.
  { images: 4, channels: 16, filters: 20, side: 7, kernel: 3, next: 'max pooling' },
  { images: 4, channels: 16, filters: 20, side: 6, kernel: 3, activation: 'relu', next: 'average pooling' },
];

/** Fewer channels than a block: images. Their gradient is not wanted in any network. */
const stems: Layer[] = [
  { images: 8, channels: 3, filters: 16, side: 12, kernel: 7, stride: 2 },
  { images: 5, channels: 3, filters: 20, side: 11, kernel: 3, stride: 2, activation: 'relu6' },
];

const titleOf = (layer: Layer) => JSON.stringify(layer).replace(/[{}"]/g, '').replaceAll(',', ', ');

describe.skipIf(channelBlock === undefined)('blockedConvNorm', () => {
  it.each(layers.map((layer) => [titleOf(layer), layer] as const))('%s equals separate operators', async (_, layer) => {
    const expected = await differentiate(layer, undefined);
    for (const stored of [false, true]) {
      const found = await differentiate(layer, channelBlock, stored);
      expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, numbers] of Object.entries(expected))
        expect([name, largestDifference(found[name], numbers)]).toEqual([name, expect.closeTo(0, 4)]);
    }
  });

  it.each(stems.map((layer) => [titleOf(layer), layer] as const))('%s equals separate operators', async (_, layer) => {
    const run = async (block: number | undefined) => {
      const { x, weight, y, graph, shapes } = buildStem(layer, block);
      graph.output('gradient', gradients(graph, y, [weight], graph.input('seed', y.shape))[0]);
      const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
      const feeds = [x, weight, { name: 'seed', shape: y.shape }, ...shapes].map(({ name, shape }, stream) => [
        name,
        { data: noise(elementCount(shape), stream, 1, name === 'scale' ? 1.5 : 0), shape },
      ]);
      const { gradient } = await session.run(Object.fromEntries(feeds));
      await session.close();
      return gradient.data as Float32Array;
    };
    expect(largestDifference(await run(channelBlock), await run(undefined))).toBeLessThan(1e-4);
  });

  it('refuses shapes that do not fit', () => {
    const layer = { images: 2, channels: 16, filters: 16, side: 4, kernel: 3 };
    const graph = new Graph({ channelBlock });
    const inputs = [[2, 8, 4, 4], [16, 16, 3, 3], [16], [16], [16]].map((shape, i) => graph.input(`input${i}`, shape));
    expect(() => fused(graph, layer, inputs)).toThrow(
      /weight: expected \[O, 8, k, l\] for 8 channels, found \[16, 16, 3, 3\]/,
    );
  });
});

function buildStem(layer: Layer, block: number | undefined) {
  const { images, channels, filters, side, kernel } = layer;
  const graph = new Graph({ channelBlock: block });
  const x = graph.input('x', [images, channels, side, side]);
  const weight = graph.input('weight', [filters, channels, kernel, kernel]);
  const shapes = ['scale', 'bias', 'shift'].map((name) => graph.input(name, [filters]));
  const y = (block ? fused : separate)(graph, layer, [x, weight, ...shapes]);
  return { graph, x, weight, y, shapes };
}

describe('stored filters', () => {
  it.each([8, 16])('hold every weight once, in blocks of %i', (block) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(1, 3),
        fc.boolean(),
        (o, c, k, depthwise) => {
          const shape = [o, depthwise ? 1 : c, k, k];
          const layout = filterLayout(shape, block, depthwise ? o : 1)!;
          const weight = Float32Array.from({ length: elementCount(shape) }, (_, i) => i + 1);
          const stored = storeFilter(weight, shape, layout);
          expect(stored.length).toBe(elementCount(storedShape(shape, layout)));
          expect(stored.filter((value) => value !== 0).length).toBe(weight.length);
          expect(readFilter(stored, shape, layout)).toEqual(weight);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keep a block of outputs side by side', () => {
    const shape = [16, 8, 1, 1];
    const weight = Float32Array.from({ length: 128 }, (_, i) => i);
    const stored = storeFilter(weight, shape, filterLayout(shape, 8)!);
    // First input channel of the outputs 0 to 7, then their second one.
    expect([...stored.subarray(0, 10)]).toEqual([0, 8, 16, 24, 32, 40, 48, 56, 1, 9]);
  });
});

describe('channel blocks of a runtime', () => {
  it('are 8 or 16 or none on the CPU, and none in WebAssembly', async () => {
    expect([8, 16, undefined]).toContain(channelBlock);
    expect(await webRuntime.channelBlock()).toBeUndefined();
  });
});
