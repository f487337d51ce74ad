import { Graph, type Value } from '../../src/graph/index.js';
import { buildEnsembleGraph } from '../../src/models/ensembleGraph.js';
import { buildEvaluationGraph, initialWeights, lenet, resnet18 } from '../../src/models/index.js';
import {
  conv2d,
  convBatchNorm,
  dropoutLayer,
  kaimingNormalFanOut,
  linearLayer,
  maxPoolLayer,
  Network,
  normal,
  uniformFanIn,
} from '../../src/nn/index.js';
import { fillLossTargets } from '../../src/nn/lossTargets.js';
import { Random } from '../../src/random.js';
import { type Contract, notFrom, notLabels, notWhole, testContracts } from './contract.js';

const image = [2, 3, 8, 8];

const inNetwork = (call: (network: Network, x: Value, ...rest: never[]) => unknown) => {
  return (shape: number[], ...rest: never[]) => {
    const graph = new Graph();
    return call(new Network(graph), graph.input('x', shape), ...rest);
  };
};
const filters: Contract['bad'] = [
  ['1.filters', notWhole(1).filter((value) => value !== null && value !== '5')],
  ['1.kernel', notWhole(1)],
  ['1.stride', notWhole(1)],
  ['1.padding', notWhole(0)],
];
const random = new Random(0);

testContracts('layers and models', [
  {
    call: inNetwork((network, x, options: never) => conv2d(network, x, 'conv1', options)),
    name: 'conv2d',
    good: () => [image, { filters: 4, kernel: 3, stride: 1, padding: 0 }],
    bad: [
      ...filters,
      [
        '0',
        [
          [2, 3, 2, 2],
          [2, 3, 8],
          [2, 3],
        ],
      ],
    ],
  },
  {
    call: inNetwork((network, x, options: object) =>
      convBatchNorm(network, x, { conv: 'c', norm: 'n', ...options } as never),
    ),
    name: 'convBatchNorm',
    good: () => [image, { filters: 4, kernel: 3, stride: 1, padding: 0 }],
    bad: [
      ...filters,
      [
        '0',
        [
          [2, 3, 2, 2],
          [2, 3, 8],
          [2, 3],
        ],
      ],
    ],
  },
  {
    call: inNetwork((network, x, outputs: number) => linearLayer(network, x, 'fc', outputs)),
    name: 'linearLayer',
    good: () => [[2, 5], 3],
    bad: [
      ['0', [[]]],
      ['1', notWhole(1)],
    ],
  },
  {
    call: inNetwork((network, x, attributes: never) => maxPoolLayer(network, x, 'pool', attributes)),
    name: 'maxPoolLayer',
    good: () => [image, { kernel: 2, stride: 2, padding: 0 }],
    bad: [['1.kernel', notWhole(1)]],
  },
  {
    call: inNetwork((network, x, rate: number) => dropoutLayer(network, x, 'drop', rate)),
    name: 'dropoutLayer',
    good: () => [[2, 5], 0.5],
    bad: [['1', [1, -0.1, 1.5, Number.NaN, null]]],
  },
  {
    call: inNetwork((network, x, name: string) => {
      linearLayer(network, x, 'fc', 3);
      return linearLayer(network, x, name, 3);
    }),
    name: 'two layers of one network',
    good: () => [[2, 5], 'fc2'],
    bad: [['1', ['fc']]],
  },
  {
    call: fillLossTargets,
    good: () => [[0, 1, 1], [1, 2], 0.1, new Float32Array(6)],
    bad: [
      ['0', [...notLabels(2, 3), [0, 1]]],
      ['2', [1, -0.1, Number.NaN, null]],
      ['3', [new Float32Array(5)]],
    ],
  },
  { call: uniformFanIn, good: () => [[2, 3], 3, random], bad: [['1', notWhole(1)]] },
  { call: normal, good: () => [[2, 3], 0.1, random], bad: [['1', notFrom(0)]] },
  { call: kaimingNormalFanOut, good: () => [[2, 3, 1, 1], random], bad: [['0', [[2, 3]]]] },
  {
    call: initialWeights,
    good: () => [{ model: lenet, classCount: 2, imageSize: 32 }, 0],
    bad: [
      ['0.classCount', notWhole(1)],
      ['0.imageSize', [...notWhole(1), 8]],
      ['1', [Number.NaN, 0.5, null, '0']],
    ],
  },
  {
    call: (options: object) => {
      const size = { model: lenet, classCount: 2, imageSize: 32 };
      return buildEvaluationGraph({ ...size, weights: initialWeights(size, 0), batchSize: 2, ...options });
    },
    name: 'buildEvaluationGraph',
    good: () => [{ classCount: 2, imageSize: 32, batchSize: 2 }],
    bad: [
      ['0.classCount', [3, ...notWhole(1)]],
      ['0.imageSize', [36, ...notWhole(1)]],
      ['0.batchSize', notWhole(1)],
      ['0.model', [resnet18]],
    ],
  },
  {
    call: (weight: number[], std: number[]) => {
      const size = { model: lenet, classCount: 2, imageSize: 32 };
      const normalisation = { mean: [0, 0, 0], std } as never;
      const member = { model: lenet, weights: initialWeights(size, 0), normalisation, views: 'none' as const };
      const members = weight.map((own) => ({ ...member, weight: own }));
      return buildEnsembleGraph({ ...size, members, batchSize: 1, normalisation });
    },
    name: 'buildEnsembleGraph',
    good: () => [
      [0.25, 0.75],
      [1, 1, 1],
    ],
    bad: [
      ['0', [[], [1, 1], [2, -1], [Number.NaN, 1]]],
      [
        '1',
        [
          [1, 0, 1],
          [1, Number.NaN, 1],
        ],
      ],
    ],
  },
]);
