import {
  absolute,
  add,
  attention,
  averagePool,
  batchNorm,
  celu,
  clip,
  concat,
  conv,
  depthToSpace,
  divide,
  dropout,
  elu,
  erf,
  exp,
  expand,
  fixedBatchNorm,
  flatten,
  focalCrossEntropy,
  Graph,
  gather,
  gelu,
  gemm,
  globalAveragePool,
  globalSpreadPool,
  groupNorm,
  hardSigmoid,
  hardSwish,
  instanceNorm,
  layerNorm,
  leakyRelu,
  linear,
  log,
  logSoftmax,
  matmul,
  maximum,
  maxPool,
  minimum,
  mish,
  multiply,
  negate,
  type Operator,
  pad,
  power,
  prelu,
  reciprocal,
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProduct,
  reduceSum,
  relu,
  relu6,
  reshape,
  resize,
  rmsNorm,
  selu,
  sigmoid,
  silu,
  slice,
  softmax,
  softmaxCrossEntropy,
  softplus,
  softsign,
  spaceToDepth,
  sqrt,
  standardise,
  subtract,
  tanh,
  transpose,
  where,
} from '../../src/graph/index.js';
import { blockedConvNorm } from '../../src/graph/ops/convolution/blockedConvNorm.js';
import { convMaxPool } from '../../src/graph/ops/convolution/convMaxPool.js';
import { type Contract, notFrom, notWhole, testContracts } from './contract.js';

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
const pooling: Contract['bad'] = [
  ['1.kernel', [...notWhole(2), [3], [3, 3, 3], [3, 0], [3, 12]]],
  ['1.stride', [...notWhole(1), [2], [2, 0]]],
  // Windows would see nothing but border.
  ['1.padding', [...notWhole(0), 3, [1, 1], [1, 1, 1, -1], [0, 3, 0, 0]]],
  ['1.dilation', [...notWhole(1), [1], [1, 0], 6]],
  ['1.ceilMode', [1, 'yes', null]],
  ['0.0', [[2, 3], [192], [2, 3, 1, 1, 1, 8]]],
];
const notNumbers = [Number.NaN, Number.POSITIVE_INFINITY, '1', null];

testContracts('operators', [
  operator(conv, [image, [4, 3, 3, 2], [4]], { stride: 1, padding: 0, dilation: 1, groups: 1, activation: 'relu' }, [
    ['1.stride', [...notWhole(1), [1], [1, 0], [1, 1, 1], [1, Number.NaN], [1, '1']]],
    ['1.padding', [...notWhole(0), [0, 0], [0, 0, 0, -1], [0, 0, 0.5, 0], []]],
    ['1.dilation', [...notWhole(1).filter((value) => value !== null), [2], [1, 0], 5]],
    ['1.groups', [...notWhole(1).filter((value) => value !== null), 2, 3, 4]],
    ['1.activation', ['elu', 6, true]],
    ['0.0', [[2, 3, 2, 8], [2, 3, 8, 1], [2, 3, 8], [2, 4, 8, 8].slice(1), [6, 64], [2, 3, 8, 8, 8]]],
    [
      '0.1',
      [
        [4, 2, 3, 3],
        [4, 27],
        [4, 3, 3],
        [4, 3, 9, 9],
      ],
    ],
    ['0.2', [[3], [4, 1], [1]]],
  ]),
  operator(
    { ...conv, name: 'conv in groups' },
    [
      [2, 6, 9],
      [4, 3, 3],
    ],
    { stride: 1, padding: 0, groups: 2 },
    [
      ['1.groups', [1, 3, 4, 6]],
      ['1.padding', [[0], [0, 0, 0, 0]]],
      ['1.stride', [[1, 1]]],
      [
        '0.0',
        [
          [2, 6, 2],
          [2, 4, 9],
          [2, 6],
        ],
      ],
      [
        '0.1',
        [
          [3, 3, 3],
          [4, 6, 3],
          [4, 3, 3, 1],
        ],
      ],
    ],
  ),
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
    { stride: 1, padding: 1, groups: 1, epsilon: 1e-5, activation: 'relu' },
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
  operator(maxPool, [image], { kernel: 3, stride: 2, padding: 1, dilation: 1, ceilMode: true }, pooling),
  operator(
    averagePool,
    [image],
    { kernel: 3, stride: 2, padding: 1, dilation: 1, ceilMode: true, countPadding: true },
    [...pooling, ['1.countPadding', [1, 'yes', null]]],
  ),
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
  operator(groupNorm, [[2, 4, 3, 3], [4], [4]], { groups: 2, epsilon: 1e-5 }, [
    ['1.groups', [...notWhole(1), 3, 8]],
    ['1.epsilon', notFrom(0)],
    ['0.0', [[4], [2, 3, 3, 3]]],
    ['0.1', [[2]]],
    ['0.2', [[4, 1]]],
  ]),
  operator(instanceNorm, [image, [3], [3]], { epsilon: 1e-5 }, [
    ['1.epsilon', notFrom(0)],
    [
      '0.0',
      [
        [2, 3],
        [2, 4, 8],
      ],
    ],
    ['0.1', [[2]]],
    ['0.2', [[3, 1]]],
  ]),
  operator(pad, [image], { before: [0, 0, 1, 2], after: [0, 0, 1, -1], mode: 'reflect', value: 0 }, [
    ['1.before', [1, [1, 1], [0, 0, 0.5, 0], [0, 0, -8, 0], [0, 0, 8, 0]]],
    ['1.after', [null, [], [0, -3, 0, 0], [0, 0, 0, 8]]],
    ['1.mode', ['wrap', 1, null]],
    ['1.value', [Number.NaN, '0', null]],
  ]),
  operator(
    resize,
    [image],
    {
      ...{ height: 4, width: 6, mode: 'cubic', coordinates: 'half_pixel', nearest: 'floor', scales: [0.5, 0.75] },
      ...{ cubicCoefficient: -0.5, excludeOutside: true, antialias: true },
    },
    [
      ['1.height', notWhole(1)],
      ['1.width', notWhole(1)],
      ['1.mode', ['area', null]],
      ['1.coordinates', ['tf_crop_and_resize', null]],
      ['1.nearest', ['round', null]],
      ['1.cubicCoefficient', [Number.NaN, '0', null]],
      ['1.excludeOutside', [1, null]],
      ['1.antialias', [1, null]],
      ['1.scales', [2, [2], [0, 1], [1, Number.NaN]]],
      [
        '0.0',
        [
          [2, 3],
          [2, 4, 8],
        ],
      ],
    ],
  ),
  operator(depthToSpace, [[2, 8, 3, 3]], { block: 2, mode: 'CRD' }, [
    ['1.block', [...notWhole(1), 3]],
    ['1.mode', ['RCD', null]],
    ['0.0', [[2, 6, 3, 3], [8]]],
  ]),
  operator(spaceToDepth, [image], { block: 2, mode: 'DCR' }, [
    ['1.block', [...notWhole(1), 3]],
    ['1.mode', ['RCD', null]],
    ['0.0', [[2, 3, 5, 4], [2, 3, 4, 5], [8]]],
  ]),
  operator(fixedBatchNorm, [image, [3], [3], [3], [3]], { epsilon: 1e-5, activation: 'relu' }, [
    ['1.epsilon', notFrom(0)],
    ['1.activation', ['swish', 1, null]],
    ['0.0', [[3], [2, 4, 8, 8]]],
    ['0.1', [[2], [3, 1]]],
    ['0.3', [[2]]],
    ['0.4', [[1]]],
  ]),
  ...[add, subtract, multiply, divide, power, minimum, maximum].map((given) =>
    operator(given, [image, [3, 1, 8]], {}, [
      ['0', [[image], []]],
      ['0.0', [[2, 3, 8, 7], [64], [2, 4, 1, 1]]],
      ['0.1', [[2, 3, 8, 7], [2, 3, 64], [3], [2, 8, 8]]],
    ]),
  ),
  ...[relu, relu6, sigmoid, tanh, exp, log, sqrt, negate, reciprocal, absolute, erf].map((given) =>
    operator(given, [image], {}, [['0', [[]]]]),
  ),
  ...[softplus, softsign, silu, mish, hardSwish].map((given) => operator(given, [image], {}, [['0', [[]]]])),
  ...[reduceSum, reduceMean, reduceMax, reduceMin, reduceL1, reduceL2, reduceProduct, reduceLogSumExp].map((given) =>
    operator(given, [image], { axes: [2, -1], keepAxes: false }, [
      ['0', [[]]],
      ['0.0', [[2, 3]]],
      ['1.axes', [[], [4], [-5], [0.5], [1, 1], [3, -1], [Number.NaN], null, 2]],
    ]),
  ),
  ...[softmax, logSoftmax].map((given) =>
    operator(given, [image], { axis: -1 }, [
      ['0', [[]]],
      ['0.0', [[]]],
      ['1.axis', [...notWhole(-4), 4]],
    ]),
  ),
  operator(leakyRelu, [image], { slope: 0.1 }, [['1.slope', notNumbers]]),
  operator(elu, [image], { alpha: 1 }, [['1.alpha', notNumbers]]),
  operator(selu, [image], { alpha: 1.67, gamma: 1.05 }, [
    ['1.alpha', notNumbers],
    ['1.gamma', notNumbers],
  ]),
  operator(celu, [image], { alpha: 1 }, [['1.alpha', [...notNumbers, 0, -1]]]),
  operator(hardSigmoid, [image], { slope: 0.2, shift: 0.5 }, [
    ['1.slope', notNumbers],
    ['1.shift', notNumbers],
  ]),
  operator(gelu, [image], { approximation: 'none' }, [['1.approximation', ['erf', null, 1]]]),
  operator(clip, [image], { min: 0, max: 1 }, [
    ['1.min', [Number.NaN, '0', 2]],
    ['1.max', [Number.NaN, '1', -1]],
  ]),
  operator(prelu, [image, [3, 1, 1]], {}, [['0.1', [[3], [2, 2, 3, 8, 8], [4, 1, 1]]]]),
  operator(where, [[2, 3], [3]], { condition: [true, false], conditionShape: [2, 1] }, [
    ['0.0', [[2, 4]]],
    ['0.1', [[2]]],
    ['1.condition', [[true], [true, 1], [true, false, true], 'tf', null]],
    ['1.conditionShape', [[3], [2], [1, 1], [0.5], null]],
  ]),
  operator(
    concat,
    [
      [2, 3],
      [2, 4],
    ],
    { axis: 1 },
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
      ['1.axis', [...notWhole(-2), 2, 0]],
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
    ['0.0', [[2, 6], [2, 5, 1], [6], []]],
    ['0.1', [[5, 4], [4]]],
    ['0.2', [[5], [1], [1, 4]]],
  ]),
  operator(
    focalCrossEntropy,
    [
      [2, 5],
      [2, 5],
    ],
    { focusing: 2 },
    [
      ['0.1', [[5, 2], [2, 4], [10]]],
      ['1.focusing', [0, -1, Number.NaN, undefined]],
    ],
  ),
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
  operator(transpose, [image], { permutation: [0, 2, 3, 1] }, [
    ['1.permutation', [[0, 1, 2], [0, 1, 2, 2], [1, 2, 3, 4], 'NHWC', undefined]],
  ]),
  operator(reshape, [image], { shape: [2, 192] }, [
    ['1.shape', [[2, 191], [2, -96, -2], [2, 192.5], [0, 192], 384, undefined]],
    ['0.0', [[2, 3, 8, 7]]],
  ]),
  operator(expand, [[2, 1, 4]], { shape: [2, 3, 4] }, [
    ['1.shape', [[2, 3, 5], [3, 4], [3, 3, 4], [2, 3.5, 4], [2, 0, 4], undefined]],
    [
      '0.0',
      [
        [2, 2, 4],
        [1, 2, 3, 4],
        [2, 3, 4, 1],
      ],
    ],
  ]),
  operator(slice, [[4, 6]], { starts: [1, 5], ends: [3, 0], axes: [0, 1], steps: [1, -2] }, [
    ['1.starts', [[1], [4, 5], [1, 0.5], [1, Number.NaN], ['1', 5], undefined]],
    ['1.ends', [[3], [1, 0], [3, 5], [3, 0.5], [3, null], undefined]],
    ['1.axes', [[0], [0, 2], [0, -2], [0, 0.5], [-3, 1]]],
    ['1.steps', [[1], [0, -2], [1, 0.5], [-1, -2]]],
  ]),
  operator(gather, [[4, 6]], { indices: [1, -1, 3, 0], indexShape: [2, 2], axis: 0 }, [
    ['1.indices', [[1, 2, 3], [1, 2, 3, 4], [1, 2, 3, -5], [1, 2, 3, 0.5], undefined]],
    ['1.indexShape', [[2], [2, 0], [4.5], undefined]],
    ['1.axis', [2, -3, 0.5, Number.NaN, undefined]],
  ]),
  operator(
    matmul,
    [
      [2, 3, 3, 4],
      [3, 4, 5],
    ],
    {},
    [
      ['0.0', [[2, 1, 3, 5], [2, 3, 4], [5], []]],
      ['0.1', [[3, 5, 4], [2, 2, 4, 5], [3], []]],
    ],
  ),
  operator(
    gemm,
    [
      [3, 4],
      [5, 4],
      [3, 1],
    ],
    { alpha: 0.5, beta: 2, transposeA: false, transposeB: true },
    [
      ['0.0', [[4, 3], [2, 3, 4], [4]]],
      ['0.1', [[4, 5], [4]]],
      ['0.2', [[3], [4, 5], [1, 3, 5]]],
      ['1.alpha', [Number.NaN, '1', null]],
      ['1.beta', [Number.POSITIVE_INFINITY, '1', null]],
      ['1.transposeA', [1, 'no', null]],
      ['1.transposeB', [0, 'yes', null]],
    ],
  ),
  operator(
    attention,
    [
      [2, 3, 5, 4],
      [2, 3, 6, 4],
      [2, 3, 6, 7],
      [1, 3, 5, 6],
    ],
    { scale: 0.5 },
    [
      ['0.0', [[2, 3, 5, 3], [2, 5, 4], [4]]],
      [
        '0.1',
        [
          [2, 3, 5, 4],
          [1, 3, 6, 4],
          [3, 6, 4],
        ],
      ],
      [
        '0.2',
        [
          [2, 3, 5, 7],
          [2, 1, 6, 7],
        ],
      ],
      [
        '0.3',
        [
          [5, 5],
          [2, 2, 5, 6],
          [1, 2, 3, 5, 6],
        ],
      ],
      ['1.scale', [Number.NaN, '0.5', undefined]],
    ],
  ),
  operator(
    layerNorm,
    [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    { axis: 1, epsilon: 1e-5 },
    [
      ['1.axis', [2, 3, -4, 0.5, undefined]],
      ['1.epsilon', notFrom(0)],
      ['0.1', [[4], [4, 3], [12]]],
      ['0.2', [[4], [1, 3, 4]]],
    ],
  ),
  operator(rmsNorm, [[2, 3, 4], [4]], { axis: -1, epsilon: 1e-5 }, [
    ['1.axis', [1, 3, -4, 0.5, undefined]],
    ['1.epsilon', notFrom(0)],
    ['0.1', [[3], [1, 4]]],
  ]),
]);
