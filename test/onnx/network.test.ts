import { describe, expect, it } from 'vitest';
import { Graph, gradients, type Shape, toOnnx } from '../../src/graph/index.js';
import { readNetwork } from '../../src/onnx/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { thrown } from '../thrown.js';
import { wave } from '../wave.js';
import { floats, integers, type ModelSpec, makeModel } from './makeModel.js';
import { runBoth } from './runNetwork.js';

const numbers = (shape: Shape, phase = 1) =>
  floats(
    Array.from(
      wave(
        shape.reduce((a, b) => a * b, 1),
        phase,
      ),
    ),
    shape,
  );

/** A small classifier as PyTorch's old exporter writes it: open batch, arithmetic on sizes, a normalisation of the image before it. */
const classifier: ModelSpec = {
  inputs: { images: ['batch', 3, 8, 8] },
  outputs: ['probabilities'],
  initializers: {
    mean: floats([0.1, 0.2, 0.3], [1, 3, 1, 1]),
    'conv.weight': numbers([4, 3, 3, 3]),
    'conv.bias': numbers([4]),
    scale: floats([2], []),
    'token.embedding': numbers([1, 4, 1, 1]),
    'onnx::MatMul_7': numbers([4, 5]),
    zero: integers([0], []),
    minusOne: integers([-1]),
  },
  nodes: [
    { operator: 'Sub', inputs: ['images', 'mean'], outputs: ['centred'] },
    {
      operator: 'Conv',
      inputs: ['centred', 'conv.weight', 'conv.bias'],
      outputs: ['convolved'],
      attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] },
    },
    { operator: 'Mul', inputs: ['convolved', 'scale'], outputs: ['scaled'] },
    { operator: 'Add', inputs: ['scaled', 'token.embedding'], outputs: ['shifted'] },
    { operator: 'GlobalAveragePool', inputs: ['shifted'], outputs: ['pooled'] },
    { operator: 'Shape', inputs: ['pooled'], outputs: ['shape'] },
    { operator: 'Gather', inputs: ['shape', 'zero'], outputs: ['first'], attributes: { axis: 0 } },
    { operator: 'Unsqueeze', inputs: ['first', 'axis'], outputs: ['batch'] },
    { operator: 'Concat', inputs: ['batch', 'minusOne'], outputs: ['target'], attributes: { axis: 0 } },
    { operator: 'Reshape', inputs: ['pooled', 'target'], outputs: ['features'] },
    { operator: 'MatMul', inputs: ['features', 'onnx::MatMul_7'], outputs: ['logits'] },
    { operator: 'Softmax', inputs: ['logits'], outputs: ['probabilities'] },
  ],
};
const spec: ModelSpec = {
  ...classifier,
  nodes: [
    { operator: 'Constant', outputs: ['axis'], attributes: { value: { tensor: integers([0]) } } },
    ...classifier.nodes,
  ],
};
const build = (model: ModelSpec, inputs: Record<string, Shape>, options: { outputs?: string[] } = {}) => {
  const graph = new Graph();
  const values = Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, graph.input(name, shape)]));
  const network = readNetwork(makeModel(model), { name: 'net.onnx' });
  return { graph, network, built: network.append(graph, { inputs: values, ...options }) };
};

describe('a network in a graph', () => {
  it('computes what the file does', async () => {
    const { original, taken, shape } = await runBoth(spec, [2, 3, 8, 8]);
    expect(shape).toEqual([2, 5]);
    taken.forEach((number, i) => {
      expect(number).toBeCloseTo(original[i], 5);
    });
  });

  it('knows weights from other numbers', () => {
    const { graph, built } = build(spec, { images: [2, 3, 8, 8] });
    const parameters = built.layers.flatMap((layer) => layer.parameters);
    expect(parameters).toEqual(['conv.weight', 'conv.bias', 'token.embedding', 'onnx::MatMul_7']);
    const weights = graph.initializers.filter(({ name }) => parameters.includes(name));
    const [logits] = built.values.values();
    expect(gradients(graph, logits, weights, graph.input('seed', [2, 5])).map(({ shape }) => shape)).toEqual(
      weights.map(({ shape }) => shape),
    );
  });

  it('lists layers with names, shapes and weights, arithmetic on sizes left out', () => {
    const { built } = build(spec, { images: [2, 3, 8, 8] });
    expect(built.layers.map(({ output, operator, outputShape }) => [output, operator, outputShape])).toEqual([
      ['centred', 'Sub', [2, 3, 8, 8]],
      ['convolved', 'Conv', [2, 4, 4, 4]],
      ['scaled', 'Mul', [2, 4, 4, 4]],
      ['shifted', 'Add', [2, 4, 4, 4]],
      ['features', 'PooledMean', [2, 4]],
      ['logits', 'MatMul', [2, 5]],
      ['probabilities', 'Softmax', [2, 5]],
    ]);
  });

  it('ends and begins at any tensor, and builds no more than that', () => {
    const ended = build(spec, { images: [1, 3, 8, 8] }, { outputs: ['shifted'] });
    expect([...ended.built.values.keys()]).toEqual(['shifted']);
    expect(ended.built.layers.at(-1)?.output).toBe('shifted');
    const begun = build(spec, { features: [2, 4] }, { outputs: ['logits'] });
    expect(begun.built.layers.map(({ output }) => output)).toEqual(['logits']);
  });

  it('gives sizes that are asked for as numbers', () => {
    const { built } = build(spec, { images: [2, 3, 8, 8] }, { outputs: ['shape'] });
    expect(built.constants.get('shape')?.data).toEqual(BigInt64Array.of(2n, 4n, 1n, 1n));
    expect(built.values.size).toBe(0);
  });

  it('lets its weights be made by whoever asks', () => {
    const graph = new Graph();
    const network = readNetwork(makeModel(spec));
    const images = graph.input('images', [1, 3, 8, 8]);
    const built = network.append(graph, {
      inputs: { images },
      parameter: ({ name, shape }) => graph.input(`own ${name}`, shape),
    });
    expect(graph.inputs.map(({ name }) => name)).toEqual([
      'images',
      ...built.layers.flatMap(({ parameters }) => parameters.map((name) => `own ${name}`)),
    ]);
  });

  it('makes a gradient for a weight that is turned and cut before it is used', () => {
    const { graph, built } = build(
      {
        inputs: { x: [2, 3] },
        outputs: ['y'],
        initializers: { w: numbers([4, 3]), from: integers([1]), to: integers([3]), axis: integers([0]) },
        nodes: [
          { operator: 'Slice', inputs: ['w', 'from', 'to', 'axis'], outputs: ['part'] },
          { operator: 'Transpose', inputs: ['part'], outputs: ['turned'] },
          { operator: 'MatMul', inputs: ['x', 'turned'], outputs: ['y'] },
        ],
      },
      { x: [2, 3] },
    );
    const w = graph.initializers.find(({ name }) => name === 'w')!;
    expect(gradients(graph, built.values.get('y')!, [w], graph.input('seed', [2, 2]))[0].shape).toEqual([4, 3]);
  });

  it('leaves masks, statistics and constants of the image untrained', () => {
    const { built } = build(
      {
        inputs: { x: [1, 2, 4] },
        outputs: ['y'],
        initializers: {
          'norm.weight': floats([1, 2]),
          'norm.bias': floats([0, 1]),
          'norm.running_mean': floats([0, 1]),
          'norm.running_var': floats([1, 2]),
          mask: floats([0, -100, 0, 0, -100, 0, 0, 0], [1, 2, 4]),
        },
        nodes: [
          {
            operator: 'BatchNormalization',
            inputs: ['x', 'norm.weight', 'norm.bias', 'norm.running_mean', 'norm.running_var'],
            outputs: ['n'],
          },
          { operator: 'Add', inputs: ['n', 'mask'], outputs: ['y'] },
        ],
      },
      { x: [1, 2, 4] },
    );
    expect(built.layers.flatMap(({ parameters }) => parameters)).toEqual(['norm.weight', 'norm.bias']);
  });
});

describe('constants that are no initializers', () => {
  const norm = (scale: number[], bias: number[]): ModelSpec => ({
    inputs: { x: [1, 2, 4] },
    outputs: ['y'],
    nodes: [
      { operator: 'Constant', outputs: ['scale'], attributes: { value: { tensor: floats(scale) } } },
      { operator: 'Constant', outputs: ['bias'], attributes: { value: { tensor: floats(bias) } } },
      { operator: 'InstanceNormalization', inputs: ['x', 'scale', 'bias'], outputs: ['y'] },
    ],
  });
  const weightsOf = (spec: ModelSpec) => build(spec, { x: [1, 2, 4] }).built.layers[0].parameters;

  it('are weights in the place of weights, but ones and zeros that stand for none', () => {
    expect(weightsOf(norm([0.5, 2], [1, 3]))).toEqual(['scale', 'bias']);
    expect(weightsOf(norm([1, 1], [0, 0]))).toEqual([]);
  });
});

describe('einsum', () => {
  it.each([
    ['bhid,bhjd->bhij', [2, 3, 4, 5]],
    ['b h i d, b j h d -> b i j h', [2, 4, 4, 5]],
    ['bhid,bhjd->b', [2, 3, 4, 5]],
    ['bhid,hd->bi', [2, 3, 4, 5]],
    ['bhid->dbh', [2, 3, 4, 5]],
  ])('%s is a product of matrices', async (equation, shape) => {
    const [, second] = equation.replace(/ /g, '').split('->')[0].split(',');
    const { original, taken } = await runBoth({
      opset: 13,
      inputs: { x: shape },
      outputs: ['y'],
      initializers: second === 'hd' ? { w: numbers([3, 5]) } : {},
      nodes: [
        {
          operator: 'Einsum',
          inputs: second === undefined ? ['x'] : ['x', second === 'hd' ? 'w' : 'x'],
          outputs: ['y'],
          attributes: { equation },
        },
      ],
    });
    taken.forEach((number, i) => {
      expect(number).toBeCloseTo(original[i], 4);
    });
  });
});

describe('places along several axes', () => {
  const withNodes = (nodes: ModelSpec['nodes']): ModelSpec => ({
    opset: 18,
    inputs: { x: [2, 3] },
    outputs: ['y'],
    initializers: {
      'layer.table': numbers([3, 2, 4]),
      'layer.bias': numbers([4]),
      rows: integers([2, 1, 0, 0, -1, -1], [3, 2]),
      middle: integers([1, 2], [2, 1]),
      zeros: { data: new Float32Array(2), shape: [2] },
    },
    nodes,
  });
  const nodes: ModelSpec['nodes'] = [
    { operator: 'GatherND', inputs: ['layer.table', 'rows'], outputs: ['taken'] },
    { operator: 'MatMul', inputs: ['x', 'taken'], outputs: ['product'] },
    { operator: 'ScatterND', inputs: ['layer.bias', 'middle', 'zeros'], outputs: ['held'] },
    { operator: 'Add', inputs: ['product', 'held'], outputs: ['y'] },
  ];

  it('are taken from and put at as the file does', async () => {
    const { original, taken } = await runBoth(withNodes(nodes));
    expect(taken).toEqual(original.map((number) => expect.closeTo(number, 5)));
  });

  it('pass gradients on to weights, but for numbers that were put in their place', async () => {
    const { graph, built } = build(withNodes(nodes), { x: [2, 3] });
    const weights = ['layer.table', 'layer.bias'].map(
      (name) => graph.initializers.find((value) => value.name === name)!,
    );
    const found = gradients(
      graph,
      built.values.get('y')!,
      weights,
      graph.initializer(new Float32Array(8).fill(1), [2, 4]),
    );
    for (const [i, gradient] of found.entries()) graph.output(`d${i}`, gradient);
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    const { d0, d1 } = await session.run({ x: { data: Float32Array.of(1, 10, 100, 2, 20, 200), shape: [2, 3] } });
    await session.close();
    const row = (a: number, b: number) =>
      Array.from(d0.data as Float32Array).slice(4 * (2 * a + b), 4 * (2 * a + b + 1));
    // The last row is taken twice, by both of its names.
    expect(row(2, 1)).toEqual(new Array(4).fill(3 + 300));
    expect(row(0, 0)).toEqual(new Array(4).fill(30));
    expect(row(1, 0)).toEqual([0, 0, 0, 0]);
    expect([...d1.data]).toEqual([2, 0, 0, 2]);
  });

  it('are refused where they differ from image to image', () => {
    const each: ModelSpec['nodes'] = [
      { operator: 'GatherND', inputs: ['x', 'middle'], outputs: ['y'], attributes: { batch_dims: 1 } },
    ];
    expect(() => build(withNodes(each), { x: [2, 3] })).toThrow(/can't take over/);
  });
});

describe('a file that was exported for a fixed batch', () => {
  /** As PyTorch writes a transformer for a batch of so many: it stands in shapes and in a repeated class token. */
  const fixed = (batch: number): ModelSpec => ({
    inputs: { images: [batch, 3, 4, 4] },
    outputs: ['logits'],
    initializers: {
      token: floats(new Array(batch).fill([0.5, -1, 2]).flat(), [batch, 1, 3]),
      rows: integers([batch, 3, 16]),
      heads: integers([17, batch * 3, 1]),
      flat: integers([-1]),
      order: integers([...new Array(51 * batch).keys()], [batch, 51]),
      'head.weight': numbers([2, 51]),
    },
    nodes: [
      { operator: 'Reshape', inputs: ['images', 'rows'], outputs: ['columns'] },
      { operator: 'Transpose', inputs: ['columns'], outputs: ['tokens'], attributes: { perm: [0, 2, 1] } },
      { operator: 'Concat', inputs: ['token', 'tokens'], outputs: ['all'], attributes: { axis: 1 } },
      { operator: 'Transpose', inputs: ['all'], outputs: ['first'], attributes: { perm: [1, 0, 2] } },
      { operator: 'Reshape', inputs: ['first', 'heads'], outputs: ['apart'] },
      { operator: 'Relu', inputs: ['apart'], outputs: ['b'] },
      { operator: 'Reshape', inputs: ['b', 'split'], outputs: ['d'] },
      { operator: 'Transpose', inputs: ['d'], outputs: ['e'], attributes: { perm: [1, 0, 2] } },
      { operator: 'Reshape', inputs: ['e', 'flat'], outputs: ['f'] },
      { operator: 'Gather', inputs: ['f', 'order'], outputs: ['g'] },
      { operator: 'Gemm', inputs: ['g', 'head.weight'], outputs: ['logits'], attributes: { transB: 1 } },
    ],
  });
  const withSplit = (batch: number): ModelSpec => {
    const spec = fixed(batch);
    return { ...spec, initializers: { ...spec.initializers, split: integers([17, batch, 3]) } };
  };

  it('takes any other batch', async () => {
    const expected = await runBoth(withSplit(2), [2, 3, 4, 4]);
    const { graph, built } = build(withSplit(2), { images: [5, 3, 4, 4] });
    graph.output('out', built.values.get('logits')!);
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    const { out } = await session.run({ images: { data: wave(5 * 48, 1), shape: [5, 3, 4, 4] } });
    await session.close();
    expect(out.shape).toEqual([5, 2]);
    expected.original.forEach((number, i) => {
      expect(out.data[i]).toBeCloseTo(number, 5);
    });
  });

  it('is refused where nothing tells which side of a shape is the batch', () => {
    const error = thrown(() => build(withSplit(1), { images: [5, 3, 4, 4] }));
    expect(error.details[0]).toMatch(/which it was exported for\. Export it with an open batch/);
  });
});

describe('what can not be taken over', () => {
  const bad: ModelSpec = {
    inputs: { x: [1, 2, 4, 4] },
    outputs: ['y'],
    initializers: { k: integers([1]) },
    nodes: [
      { operator: 'Det', inputs: ['x'], outputs: ['a'], name: 'first' },
      { operator: 'Det', inputs: ['x'], outputs: ['b'], name: 'second' },
      { operator: 'Foo', domain: 'com.acme', inputs: ['x'], outputs: ['c'], name: 'third' },
      { operator: 'NonZero', inputs: ['x'], outputs: ['d'], name: 'fourth' },
      { operator: 'Sum', inputs: ['a', 'b', 'c', 'd'], outputs: ['y'] },
    ],
  };

  it('is told all at once, with counts, domains, first names, reasons and ways out', () => {
    const network = readNetwork(makeModel(bad), { name: 'net.onnx' });
    const found = network.refusals({ inputs: { x: [1, 2, 4, 4] } });
    expect(found.map(({ operator, domain, count, first }) => [operator, domain, count, first])).toEqual([
      ['Det', '', 2, 'first'],
      ['Foo', 'com.acme', 1, 'third'],
      ['NonZero', '', 1, 'fourth'],
    ]);
    for (const { reason, wayOut } of found) expect([reason, wayOut].every((text) => text.length > 10)).toBe(true);
    const error = thrown(() => build(bad, { x: [1, 2, 4, 4] }));
    expect([error.kind, error.code, error.details.length]).toEqual(['run', 'network-unsupported', 3]);
    expect(error.message).toBe("net.onnx has 4 operators that lesionlab can't take over.");
  });

  it.each([
    ['LSTM', {}, /recurrent/],
    ['QLinearConv', {}, /8 bits/],
    ['Reshape', {}, /sizes differ|takes its shape/],
    ['MaxPool', {}, /lacks the size/],
  ])('%s is refused with its reason', (operator, attributes, reason) => {
    const spec: ModelSpec = {
      inputs: { x: [1, 2, 4, 4], s: [4] },
      outputs: ['y'],
      nodes: [{ operator, inputs: operator === 'Reshape' ? ['x', 's'] : ['x'], outputs: ['y'], attributes }],
    };
    const inputs: Record<string, Shape> = operator === 'Reshape' ? { x: [1, 2, 4, 4], s: [4] } : { x: [1, 2, 4, 4] };
    const [found] = readNetwork(makeModel(spec)).refusals({ inputs });
    expect(found.reason).toMatch(reason);
  });

  it('includes weights that are no numbers', () => {
    const nan = { ...spec, initializers: { ...spec.initializers, 'conv.bias': floats([1, Number.NaN, 1, 1]) } };
    const error = thrown(() => build(nan, { images: [1, 3, 8, 8] }));
    expect([error.kind, error.code]).toEqual(['run', 'weights-not-finite']);
    expect(error.message).toContain('"conv.bias" with NaN at place 1');
  });

  it('includes inputs that are not given or not there, and tensors that are not there', () => {
    expect(thrown(() => build(spec, {})).message).toContain('takes an input "images" (float32 [batch, 3, 8, 8])');
    expect(thrown(() => build(spec, { pictures: [1, 3, 8, 8] })).message).toContain('pictures');
    const error = thrown(() => build(spec, { images: [1, 3, 8, 8] }, { outputs: ['nowhere'] }));
    expect([error.kind, error.hint]).toEqual(['usage', 'Its outputs are probabilities.']);
  });
});
