import { filterLayout, readFilter, storeFilter } from '../../src/graph/blocked/filters.js';
import {
  add,
  batchNorm,
  concat,
  conv,
  depthwiseConv,
  dropout,
  flatten,
  Graph,
  globalAveragePool,
  globalSpreadPool,
  gradients,
  linear,
  maxPool,
  type Operator,
  softmaxCrossEntropy,
  standardise,
  toOnnx,
  type Value,
} from '../../src/graph/index.js';
import { blockedConvNorm } from '../../src/graph/ops/blockedConvNorm.js';
import { convMaxPool } from '../../src/graph/ops/convMaxPool.js';
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

const notShapes = [[0], [-1, 3], [1.5], [Number.NaN], ['3'], [Number.POSITIVE_INFINITY, 2], 3, null];

/** An operator on inputs of some shapes: `bad` names other shapes for some of them. */
function operator<A>(
  given: Operator<A>,
  shapes: readonly (readonly number[])[],
  attributes: A,
  bad: Contract['bad'],
  options = {},
): Contract {
  const call = (inputs: readonly (readonly number[])[], own: A) => {
    const graph = new Graph(options);
    const values = inputs.map((shape, i) => graph.input(`x${i}`, shape));
    return graph.apply(given, values, own);
  };
  return { call, name: `operator ${given.name}`, good: () => [shapes, attributes], bad };
}

const image = [2, 3, 8, 8];
const window: Contract['bad'] = [
  ['1.stride', notWhole(1)],
  ['1.padding', notWhole(0)],
  // Smaller than the kernel: once a graph of NaN and negative sides.
  ['0.0', [[2, 3, 2, 8], [2, 3, 8, 2], [2, 3, 8], [2, 4, 8, 8].slice(1), [6, 64]]],
];

testContracts('operators', [
  operator(conv, [image, [4, 3, 3, 3], [4]], { stride: 1, padding: 0 }, [
    ...window,
    [
      '0.1',
      [
        [4, 2, 3, 3],
        [4, 3, 3, 5],
        [4, 27],
        [4, 3, 9, 9],
      ],
    ],
    ['0.2', [[3], [4, 1], [1]]],
  ]),
  operator(depthwiseConv, [image, [3, 1, 3, 3], [3]], { stride: 1, padding: 0 }, [
    ...window,
    [
      '0.1',
      [
        [4, 1, 3, 3],
        [3, 3, 3, 3],
        [3, 1, 3, 5],
      ],
    ],
    ['0.2', [[4]]],
  ]),
  operator(convMaxPool, [image, [4, 3, 3, 3], [4]], { padding: 0 }, [
    ['1.padding', notWhole(0)],
    [
      '0.0',
      [
        [2, 3, 3, 8],
        [2, 4, 8, 8],
        [6, 64],
      ],
    ],
    [
      '0.1',
      [
        [4, 3, 3, 5],
        [4, 2, 3, 3],
      ],
    ],
    ['0.2', [[3]]],
  ]),
  operator(
    blockedConvNorm,
    [[2, 16, 8, 8], [16, 16, 3, 3], [16], [16], [16], [2, 16, 8, 8]],
    { stride: 1, padding: 1, depthwise: false, epsilon: 1e-5, activation: 'relu' },
    [
      ['1.stride', notWhole(1)],
      ['1.padding', [...notWhole(0), 3]],
      [
        '0.1',
        [
          [16, 8, 3, 3],
          [16, 16, 3, 1],
        ],
      ],
      ['0.2', [[8]]],
      ['0.4', [[15]]],
      [
        '0.5',
        [
          [2, 16, 7, 8],
          [2, 16],
        ],
      ],
    ],
    { channelBlock: 8 },
  ),
  operator(maxPool, [image], { kernel: 3, stride: 2, padding: 1 }, [
    ['1.kernel', notWhole(2)],
    ['1.stride', notWhole(1)],
    ['1.padding', [...notWhole(0), 2]],
    ['0.0', [[2, 3, 8], [192]]],
  ]),
  operator(batchNorm, [image, [3], [3]], { epsilon: 1e-5 }, [
    ['1.epsilon', notFrom(0)],
    [
      '0.0',
      [
        [2, 3],
        [1, 3, 1, 1],
        [2, 4, 8, 8],
      ],
    ],
    ['0.1', [[2], [3, 1]]],
    ['0.2', [[2]]],
  ]),
  operator(add, [image, image], {}, [['0.1', [[2, 3, 8, 7], [2, 3, 64], [1]]]]),
  operator(
    concat,
    [
      [2, 3],
      [2, 4],
    ],
    {},
    [
      [
        '0',
        [
          [],
          [
            [2, 3],
            [3, 3],
          ],
          [
            [2, 3],
            [2, 3, 1],
          ],
        ],
      ],
    ],
  ),
  operator(
    dropout,
    [
      [2, 3],
      [2, 3],
    ],
    {},
    [['0.1', [[3, 2], [2]]]],
  ),
  operator(flatten, [image], {}, [['0.0', [[4]]]]),
  operator(globalAveragePool, [image], {}, [
    [
      '0.0',
      [
        [2, 3, 64],
        [2, 3],
      ],
    ],
  ]),
  operator(globalSpreadPool, [image], {}, [
    [
      '0.0',
      [
        [2, 3, 64],
        [2, 3],
      ],
    ],
  ]),
  operator(linear, [[2, 5], [4, 5], [4]], {}, [
    ['0.0', [[2, 6], [2, 5, 1], [5]]],
    ['0.1', [[5, 4], [4]]],
    ['0.2', [[5], [1], [1, 4]]],
  ]),
  operator(
    softmaxCrossEntropy,
    [
      [2, 5],
      [2, 5],
    ],
    {},
    [['0.1', [[5, 2], [2, 4], [10]]]],
  ),
  operator(standardise, [[2, 5], [5], [5]], {}, [
    ['0.1', [[4], [1]]],
    ['0.2', [[4], [1]]],
  ]),
]);

const withInput = (call: (graph: Graph, x: Value, ...rest: never[]) => unknown) => {
  return (...rest: never[]) => {
    const graph = new Graph();
    return call(graph, graph.input('x', [2, 3]), ...rest);
  };
};

testContracts('graphs', [
  {
    call: (options: object) => new Graph(options),
    name: 'new Graph',
    good: () => [{ target: 'cpu', channelBlock: 8 }],
    bad: [
      ['0.target', ['gpu', null]],
      ['0.channelBlock', notWhole(1)],
    ],
  },
  {
    call: withInput((graph, _x, name: string, shape: number[], type: 'float32') => graph.input(name, shape, type)),
    name: 'Graph.input',
    good: () => ['y', [1, 2], 'float32'],
    bad: [
      ['0', ['x', '', null]],
      ['1', notShapes],
      ['2', ['float64', null]],
    ],
  },
  {
    call: withInput((graph, _x, data: Float32Array, shape: number[], name: string) =>
      graph.initializer(data, shape, name),
    ),
    name: 'Graph.initializer',
    good: () => [new Float32Array(6), [2, 3], 'w'],
    bad: [
      ['0', [new Float32Array(5), new Float32Array(0)]],
      ['1', [...notShapes, [2, 2]]],
      ['2', ['x', '']],
    ],
  },
  {
    call: withInput((graph, x, shape: number[]) => graph.node('Relu', [x], shape)),
    name: 'Graph.node',
    good: () => [[2, 3]],
    bad: [['0', notShapes]],
  },
  {
    call: withInput((graph, x, name: string, value?: Value) => {
      graph.output('taken', x);
      graph.output(name, value ?? x);
    }),
    name: 'Graph.output',
    good: () => ['y', undefined],
    bad: [
      ['0', ['taken', '', null]],
      ['1', [{ name: 'of another graph', shape: [1], type: 'float32' }]],
    ],
  },
  {
    call: withInput((graph, x, seedShape: number[] | null, sources: number) => {
      const other = graph.input('other', [1]);
      const y = graph.apply(flatten, [x], {});
      const seed = seedShape ? graph.input('seed', seedShape) : undefined;
      return gradients(graph, y, [x, other].slice(0, sources), seed);
    }),
    name: 'gradients',
    good: () => [[2, 3], 1],
    bad: [
      ['0', [null, [3, 2], [1]]],
      ['1', [0, 2]],
    ],
  },
  {
    call: withInput((graph, x, outputs: number, symbolicShapes: Record<string, string[]>) => {
      if (outputs > 0) graph.output('y', graph.node('Relu', [x], x.shape));
      return toOnnx(graph, { symbolicShapes });
    }),
    name: 'toOnnx',
    good: () => [1, { x: ['batch', 3], y: ['batch', 3] }],
    bad: [
      ['0', [0]],
      ['1', [{ z: ['batch', 3] }, { x: ['batch'] }]],
    ],
  },
  {
    call: storeFilter,
    good: () => [new Float32Array(8 * 8 * 9), [8, 8, 3, 3], filterLayout([8, 8, 3, 3], 8, false)],
    bad: [['0', [new Float32Array(8)]]],
  },
  {
    call: readFilter,
    good: () => [new Float32Array(8 * 8 * 9), [8, 8, 3, 3], filterLayout([8, 8, 3, 3], 8, false)],
    bad: [['0', [new Float32Array(8)]]],
  },
]);

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
      ['0', [[2, 5, 1], [2]]],
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
