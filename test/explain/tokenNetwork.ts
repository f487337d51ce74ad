import { conv, linear, matmul, relu, reshape, transpose, type Value } from '../../src/graph/index.js';
import { defineModel } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { wave } from '../wave.js';

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
    const constant = (shape: [number, number], phase: number, scale: number) =>
      graph.initializer(wave(shape[0] * shape[1], phase, scale), shape);
    const product = (a: Value, b: Value) => graph.apply(matmul, [a, b], {});
    const [count] = images.shape;
    const initialise = () => new Float32Array(0);
    const weight = network.parameter({ name: 'patches.weight', shape: [width, 3, 4, 4], initialise });
    const bias = network.parameter({ name: 'patches.bias', shape: [width], initialise });
    const patches = keep('patches', graph.apply(conv, [images, weight, bias], { stride: 4, padding: 0 }));
    const map = keep('map', graph.apply(transpose, [patches], { permutation: [0, 2, 3, 1] }));
    const row = graph.apply(reshape, [map], { shape: [count, 16, width] });
    const first = graph.apply(relu, [product(constant([tokens, 16], 1, 0.4), row)], {});
    const norm = keep('norm', product(first, constant([width, width], 2, 0.5)));
    const second = graph.apply(relu, [product(constant([tokens, tokens], 3, 0.4), norm)], {});
    const read = product(constant([1, tokens], 4, 0.4), second);
    return keep('features', graph.apply(reshape, [read], { shape: [count, width] }));
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
