import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  depthToSpace,
  depthwiseConv,
  dropout,
  fixedBatchNorm,
  flatten,
  Graph,
  globalAveragePool,
  globalSpreadPool,
  groupNorm,
  instanceNorm,
  linear,
  maxPool,
  type Operator,
  pad,
  resize,
  softmaxCrossEntropy,
  spaceToDepth,
  standardise,
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
const window: Contract['bad'] = [
  ['1.stride', notWhole(1)],
  ['1.padding', notWhole(0)],
  // Smaller than the kernel: once a graph of NaN and negative sides.
  ['0.0', [[2, 3, 2, 8], [2, 3, 8, 2], [2, 3, 8], [2, 4, 8, 8].slice(1), [6, 64]]],
];

const pooling: Contract['bad'] = [
  ['1.kernel', [...notWhole(2), [3], [3, 3, 3], [3, 0], [3, 11]]],
  ['1.stride', [...notWhole(1), [2], [2, 0]]],
  // Windows would see nothing but border.
  ['1.padding', [...notWhole(0), 3, [1, 1], [1, 1, 1, -1], [0, 3, 0, 0]]],
  ['1.dilation', [...notWhole(1), [1], [1, 0], 5]],
  ['1.ceilMode', [1, 'yes', null]],
  ['0.0', [[2, 3], [192], [2, 3, 1, 1, 1, 8]]],
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
  operator(add, [image, image], {}, [['0.1', [[2, 3, 8, 7], [2, 3, 64], [1]]]]),
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
