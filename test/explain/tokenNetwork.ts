import { conv, linear, type Operator, relu, type Value } from '../../src/graph/index.js';
import { defineModel } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { wave } from '../wave.js';

/** A product with a constant matrix from the left (over tokens) or from the right (over channels). x: [N, T, D]. */
const mix: Operator<{ side: 'left' | 'right'; rows: number; columns: number; values: Float32Array }> = {
  name: 'mix',
  lower(graph, [x], { side, rows, columns, values }) {
    const matrix = graph.initializer(values, [rows, columns]);
    return side === 'left'
      ? graph.node('MatMul', [matrix, x], [x.shape[0], rows, x.shape[2]])
      : graph.node('MatMul', [x, matrix], [x.shape[0], x.shape[1], columns]);
  },
  gradient(graph, { inputs: [x], outputGradient, attributes: { side, rows, columns, values } }) {
    const matrix = graph.initializer(values, [rows, columns]);
    const turned = graph.node('Transpose', [matrix], [columns, rows], { perm: [1, 0] });
    return [graph.node('MatMul', side === 'left' ? [turned, outputGradient] : [outputGradient, turned], x.shape)];
  },
};

/** [N, C, H, W] to [N, H, W, C]. */
const channelsLast: Operator<object> = {
  name: 'transpose',
  lower: (graph, [x]) =>
    graph.node(
      'Transpose',
      [x],
      [0, 2, 3, 1].map((axis) => x.shape[axis]),
      { perm: [0, 2, 3, 1] },
    ),
  gradient: (graph, { inputs: [x], outputGradient }) => [
    graph.node('Transpose', [outputGradient], x.shape, { perm: [0, 3, 1, 2] }),
  ],
};

const reshapeTo: Operator<{ shape: readonly number[] }> = {
  name: 'reshape',
  lower: (graph, [x], { shape }) =>
    graph.node('Reshape', [x, graph.integers([0, ...shape.slice(1)])], [x.shape[0], ...shape.slice(1)]),
  gradient: (graph, { inputs: [x], outputGradient }) => [
    graph.node('Reshape', [outputGradient, graph.integers([0, ...x.shape.slice(1)])], x.shape),
  ],
};

const [width, tokens] = [8, 18];

/** The network of anyLayout.py: 16 patches of 16 x 16 pixels as a map with its channels last, then as tokens behind two without a place. */
export const tokenNetwork = defineModel({
  id: 'token_network',
  title: 'Tokens',
  source: 'test/fixtures/explain/anyLayout.py',
  gradCamLayer: 'norm',
  smallestImageSize: 16,
  onlyImageSize: 16,
  defaultNormalisation: 'train-split',
  stages: ['patches', 'head'],
  classifier: ['head'],
  buildFeatures(network, images) {
    const { graph } = network;
    const keep = (name: string, value: Value) => {
      network.activations.set(name, value);
      return value;
    };
    const product = (x: Value, side: 'left' | 'right', rows: number, columns: number, phase: number, scale: number) =>
      graph.apply(mix, [x], { side, rows, columns, values: wave(rows * columns, phase, scale) });
    const initialise = () => new Float32Array(0);
    const weight = network.parameter({ name: 'patches.weight', shape: [width, 3, 4, 4], initialise });
    const bias = network.parameter({ name: 'patches.bias', shape: [width], initialise });
    const patches = keep('patches', graph.apply(conv, [images, weight, bias], { stride: 4, padding: 0 }));
    const map = keep('map', graph.apply(channelsLast, [patches], {}));
    const row = graph.apply(reshapeTo, [map], { shape: [0, 16, width] });
    const first = graph.apply(relu, [product(row, 'left', tokens, 16, 1, 0.4)], {});
    const norm = keep('norm', product(first, 'right', width, width, 2, 0.5));
    const second = graph.apply(relu, [product(norm, 'left', tokens, tokens, 3, 0.4)], {});
    const read = product(second, 'left', 1, tokens, 4, 0.4);
    return keep('features', graph.apply(reshapeTo, [read], { shape: [0, width] }));
  },
  buildHead(network, features, classCount) {
    const initialise = () => new Float32Array(0);
    const weight = network.parameter({ name: 'head.weight', shape: [classCount, width], initialise });
    const bias = network.parameter({ name: 'head.bias', shape: [classCount], initialise });
    return network.graph.apply(linear, [features, weight, bias], {});
  },
});

/** Those of anyLayout.py, for three classes. */
export const tokenWeights: Weights = new Map(
  (
    [
      ['patches.weight', [width, 3, 4, 4], 0, 0.3],
      ['patches.bias', [width], 0.5, 0.3],
      ['head.weight', [3, width], 5, 1],
      ['head.bias', [3], 5.5, 1],
    ] as const
  ).map(([name, shape, phase, scale]) => [
    name,
    {
      shape,
      data: wave(
        shape.reduce<number>((product, side) => product * side, 1),
        phase,
        scale,
      ),
    },
  ]),
);
