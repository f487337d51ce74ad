import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/index.js';
import { type Constant, foldedOperators, readNetwork } from '../../src/onnx/index.js';
import { floats, integers, makeModel, type NodeSpec, type TensorSpec } from './makeModel.js';

/** What one node gives of constants. */
function fold(operator: string, inputs: readonly TensorSpec[], options: Partial<NodeSpec> & { opset?: number } = {}) {
  const { opset = 18, attributes = {}, outputs = ['y'] } = options;
  const names = inputs.map((_, i) => `in${i}`);
  const bytes = makeModel({
    opset,
    nodes: [{ operator, inputs: names, outputs, attributes }],
    inputs: Object.fromEntries(names.map((name, i) => [name, inputs[i].shape])),
    inputTypes: Object.fromEntries(names.map((name, i) => [name, typeOf(inputs[i])])),
    outputs,
  });
  const given = Object.fromEntries(names.map((name, i) => [name, { data: inputs[i].data, shape: inputs[i].shape }]));
  const { constants } = readNetwork(bytes, { name: 'net.onnx' }).append(new Graph(), { inputs: given as never });
  return outputs.map((name) => constants.get(name) as Constant);
}

const typeOf = ({ data, type }: TensorSpec) => type ?? (data instanceof BigInt64Array ? 'int64' : 'float32');
const plain = ({ type, shape, data }: Constant) => [type, [...shape], Array.from(data as Float32Array, Number)];
const bools = (numbers: readonly number[]): TensorSpec => ({
  data: Uint8Array.from(numbers),
  shape: [numbers.length],
  type: 'bool',
});
const row = integers([-7, 0, 5]);

/** operator, inputs, options, expected type, shape, numbers */
type Case = readonly [string, readonly TensorSpec[], object, string, readonly number[], readonly number[]];

const cases: Case[] = [
  // Arithmetic
  ['Add', [row, integers([1])], {}, 'int64', [3], [-6, 1, 6]],
  [
    'Sub',
    [
      integers(
        [
          [1, 2],
          [3, 4],
        ].flat(),
        [2, 2],
      ),
      integers([1, 1]),
    ],
    {},
    'int64',
    [2, 2],
    [0, 1, 2, 3],
  ],
  ['Mul', [row, integers([2], [])], {}, 'int64', [3], [-14, 0, 10]],
  ['Div', [row, integers([2])], {}, 'int64', [3], [-3, 0, 2]],
  ['Div', [floats([-7, 5]), floats([2])], {}, 'float32', [2], [-3.5, 2.5]],
  ['Mod', [row, integers([3])], {}, 'int64', [3], [2, 0, 2]],
  ['Mod', [row, integers([3])], { attributes: { fmod: 1 } }, 'int64', [3], [-1, 0, 2]],
  ['Pow', [row, integers([2])], {}, 'int64', [3], [49, 0, 25]],
  ['Max', [row, integers([1])], {}, 'int64', [3], [1, 1, 5]],
  ['Min', [row, integers([1]), integers([-1])], {}, 'int64', [3], [-7, -1, -1]],
  ['Neg', [row], {}, 'int64', [3], [7, 0, -5]],
  ['Abs', [row], {}, 'int64', [3], [7, 0, 5]],
  ['Floor', [floats([-1.5, 2.5])], {}, 'float32', [2], [-2, 2]],
  ['Ceil', [floats([-1.5, 2.5])], {}, 'float32', [2], [-1, 3]],
  ['Round', [floats([0.5, 1.5, 2.5, -2.5])], {}, 'float32', [4], [0, 2, 2, -2]],
  ['Sqrt', [floats([4, 9])], {}, 'float32', [2], [2, 3]],
  ['Clip', [row, integers([-1], []), integers([3], [])], {}, 'int64', [3], [-1, 0, 3]],
  // Comparison and logic
  ['Equal', [row, integers([0])], {}, 'bool', [3], [0, 1, 0]],
  ['Greater', [row, integers([0])], {}, 'bool', [3], [0, 0, 1]],
  ['LessOrEqual', [row, integers([0])], {}, 'bool', [3], [1, 1, 0]],
  ['And', [bools([1, 1, 0]), bools([1, 0, 0])], {}, 'bool', [3], [1, 0, 0]],
  ['Or', [bools([1, 1, 0]), bools([1, 0, 0])], {}, 'bool', [3], [1, 1, 0]],
  ['Not', [bools([1, 0])], {}, 'bool', [2], [0, 1]],
  ['Where', [bools([1, 0, 1]), row, integers([9])], {}, 'int64', [3], [-7, 9, 5]],
  // Arrangement
  ['Reshape', [integers([1, 2, 3, 4, 5, 6], [2, 3]), integers([0, -1, 1])], {}, 'int64', [2, 3, 1], [1, 2, 3, 4, 5, 6]],
  ['Flatten', [integers([1, 2, 3, 4], [2, 1, 2])], {}, 'int64', [2, 2], [1, 2, 3, 4]],
  ['Squeeze', [integers([1, 2], [1, 2, 1]), integers([0])], {}, 'int64', [2, 1], [1, 2]],
  ['Squeeze', [integers([1, 2], [1, 2, 1])], { opset: 11, attributes: { axes: [2] } }, 'int64', [1, 2], [1, 2]],
  ['Unsqueeze', [row, integers([0, -1])], {}, 'int64', [1, 3, 1], [-7, 0, 5]],
  ['Transpose', [integers([1, 2, 3, 4, 5, 6], [2, 3])], {}, 'int64', [3, 2], [1, 4, 2, 5, 3, 6]],
  ['Expand', [integers([1, 2], [2, 1]), integers([2, 3])], {}, 'int64', [2, 3], [1, 1, 1, 2, 2, 2]],
  ['Tile', [integers([1, 2], [1, 2]), integers([2, 2])], {}, 'int64', [2, 4], [1, 2, 1, 2, 1, 2, 1, 2]],
  ['Concat', [row, integers([8])], { attributes: { axis: 0 } }, 'int64', [4], [-7, 0, 5, 8]],
  ['Slice', [row, integers([-1]), integers([-4]), integers([0]), integers([-1])], {}, 'int64', [3], [5, 0, -7]],
  ['Slice', [row], { opset: 9, attributes: { starts: [1], ends: [1000] } }, 'int64', [2], [0, 5]],
  ['Pad', [row, integers([1, 2]), integers([4], [])], {}, 'int64', [6], [4, -7, 0, 5, 4, 4]],
  ['Pad', [row, integers([2, 2])], { attributes: { mode: 'reflect' } }, 'int64', [7], [5, 0, -7, 0, 5, 0, -7]],
  // Gathering
  ['Gather', [row, integers([2, -3], [2, 1])], {}, 'int64', [2, 1], [5, -7]],
  ['GatherElements', [integers([1, 2, 3, 4], [2, 2]), integers([1, 0], [1, 2])], {}, 'int64', [1, 2], [3, 2]],
  ['GatherND', [integers([1, 2, 3, 4], [2, 2]), integers([1, 0, 0, 1], [2, 2])], {}, 'int64', [2], [3, 2]],
  ['ScatterND', [row, integers([[0], [2]].flat(), [2, 1]), integers([4, 6])], {}, 'int64', [3], [4, 0, 6]],
  [
    'ScatterElements',
    [row, integers([1, 1]), integers([4, 6])],
    { attributes: { axis: 0, reduction: 'add' } },
    'int64',
    [3],
    [-7, 10, 5],
  ],
  // Generation
  [
    'ConstantOfShape',
    [integers([2, 2])],
    { attributes: { value: { tensor: integers([7]) } } },
    'int64',
    [2, 2],
    [7, 7, 7, 7],
  ],
  ['Constant', [], { attributes: { value_ints: [1, 2] } }, 'int64', [2], [1, 2]],
  ['Constant', [], { attributes: { value_float: { float: 0.5 } } }, 'float32', [], [0.5]],
  ['Range', [integers([5], []), integers([0], []), integers([-2], [])], {}, 'int64', [3], [5, 3, 1]],
  ['Shape', [integers([1, 2], [1, 2])], {}, 'int64', [2], [1, 2]],
  ['Shape', [integers([1, 2], [1, 2])], { attributes: { start: -1 } }, 'int64', [1], [2]],
  ['Size', [integers([1, 2], [1, 2])], {}, 'int64', [], [2]],
  ['EyeLike', [integers([0, 0, 0, 0], [2, 2])], { attributes: { k: 1 } }, 'int64', [2, 2], [0, 1, 0, 0]],
  ['OneHot', [integers([1, -1]), integers([3], []), integers([0, 8])], {}, 'int64', [2, 3], [0, 8, 0, 0, 0, 8]],
  ['NonZero', [integers([0, 3, 4, 0], [2, 2])], {}, 'int64', [2, 2], [0, 1, 1, 0]],
  ['Trilu', [integers([1, 2, 3, 4], [2, 2])], { attributes: { upper: 0 } }, 'int64', [2, 2], [1, 0, 3, 4]],
  ['Cast', [floats([-1.7, 2.9])], { attributes: { to: 7 } }, 'int64', [2], [-1, 2]],
  ['Cast', [row], { attributes: { to: 9 } }, 'bool', [3], [1, 0, 1]],
  ['Cast', [floats([1 / 3, 70000])], { attributes: { to: 10 } }, 'float16', [2], [0.333251953125, Infinity]],
  ['Cast', [floats([1 / 3])], { attributes: { to: 16 } }, 'bfloat16', [1], [0.333984375]],
  // Reduction
  ['ReduceSum', [integers([1, 2, 3, 4], [2, 2]), integers([0])], { attributes: { keepdims: 0 } }, 'int64', [2], [4, 6]],
  ['ReduceProd', [row], { attributes: { axes: [0], keepdims: 0 }, opset: 13 }, 'int64', [], [0]],
  ['ReduceMax', [row], {}, 'int64', [1], [5]],
  ['ReduceMin', [row], {}, 'int64', [1], [-7]],
  ['ReduceMean', [floats([1, 2, 3, 6], [2, 2]), integers([-1])], {}, 'float32', [2, 1], [1.5, 4.5]],
  ['ArgMax', [row], { attributes: { keepdims: 0 } }, 'int64', [], [2]],
  ['CumSum', [row, integers([0], [])], { attributes: { exclusive: 1, reverse: 1 } }, 'int64', [3], [5, 5, 0]],
  // Quantisation
  [
    'DequantizeLinear',
    [
      { data: Int8Array.of(-4, 0, 6, 8), shape: [2, 2], type: 'int8' },
      floats([0.5, 2]),
      { data: Int8Array.of(0, 2), shape: [2], type: 'int8' },
    ],
    { attributes: { axis: 0 } },
    'float32',
    [2, 2],
    [-2, 0, 8, 12],
  ],
];

const describeOptions = (options: object) =>
  JSON.stringify(options, (_, value) => (typeof value === 'bigint' ? Number(value) : value));

describe('folding', () => {
  it.each(
    cases.map(
      (test) =>
        [
          `${test[0]} ${describeOptions(test[2])} of ${test[1].map(({ shape }) => `[${shape}]`).join(' ')}`,
          test,
        ] as const,
    ),
  )('%s', (_, [operator, inputs, options, type, shape, numbers]) => {
    expect(plain(fold(operator, inputs, options)[0])).toEqual([type, shape, numbers]);
  });

  it('cuts a tensor into pieces', () => {
    const pieces = fold('Split', [row, integers([1, 2])], { outputs: ['a', 'b'], attributes: { axis: 0 } });
    expect(pieces.map(plain)).toEqual([
      ['int64', [1], [-7]],
      ['int64', [2], [0, 5]],
    ]);
  });

  it('keeps 64-bit numbers at the end of their range', () => {
    const [found] = fold('Add', [integers([Number.MAX_SAFE_INTEGER]), integers([0])]);
    expect(found.data).toEqual(BigInt64Array.of(BigInt(Number.MAX_SAFE_INTEGER)));
    const largest: TensorSpec = { data: BigInt64Array.of(2n ** 63n - 1n), shape: [1] };
    expect(fold('Abs', [largest])[0].data).toEqual(BigInt64Array.of(2n ** 63n - 1n));
  });

  it('has a case of every group, and of most operators', () => {
    const tested = new Set(cases.map(([operator]) => operator));
    const untested = foldedOperators.filter((operator) => !tested.has(operator));
    // The rest are one line each in the same tables, and run in ONNX's own cases (model-checks/conformance).
    expect(untested.length).toBeLessThan(foldedOperators.length / 2);
  });
});
