import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/index.js';
import { patterns, readNetwork } from '../../src/onnx/index.js';
import { wave } from '../wave.js';
import { floats, integers, type ModelSpec, makeModel, type NodeSpec, type TensorSpec } from './makeModel.js';
import { runBoth } from './runNetwork.js';

const weights = (count: number, phase: number, shape?: readonly number[]): TensorSpec =>
  floats(Array.from(wave(count, phase)), shape ?? [count]);
const scalar = (number: number): TensorSpec => floats([number], []);

/** `operator inputs -> output`, words apart. */
function node(text: string, attributes: NodeSpec['attributes'] = {}): NodeSpec {
  const [left, output] = text.split(' -> ');
  const [operator, ...inputs] = left.split(' ');
  return { operator, inputs, outputs: [output], attributes };
}

interface Form {
  /** Pattern that is to be found. */
  readonly pattern: string;
  readonly title: string;
  readonly spec: Omit<ModelSpec, 'outputs'>;
  /** Operators that are left. */
  readonly left: readonly string[];
}

const last = { axes: [-1] };
const image = { x: [2, 3, 4, 4] };
const tokens = { x: [2, 3, 4] };

const forms: Form[] = [
  {
    pattern: 'nodes that do nothing',
    title: 'identity, dropout, reshape to the same shape',
    spec: {
      inputs: tokens,
      initializers: { same: integers([2, 3, 4]) },
      nodes: [node('Identity x -> a'), node('Dropout a -> b'), node('Reshape b same -> c'), node('Relu c -> y')],
    },
    left: ['Relu'],
  },
  {
    pattern: 'transpositions in a row',
    title: 'two that cancel, and two that become one',
    spec: {
      inputs: tokens,
      nodes: [
        node('Transpose x -> a', { perm: [0, 2, 1] }),
        node('Transpose a -> b', { perm: [0, 2, 1] }),
        node('Transpose b -> c', { perm: [1, 0, 2] }),
        node('Transpose c -> y', { perm: [2, 0, 1] }),
      ],
    },
    left: ['Transpose'],
  },
  {
    pattern: 'zeros in the place of what is no number',
    title: 'behind softmax',
    spec: {
      inputs: tokens,
      initializers: { zero: scalar(0) },
      nodes: [node('Softmax x -> a', { axis: -1 }), node('IsNaN a -> b'), node('Where b zero a -> y')],
    },
    left: ['Softmax'],
  },
  ...(['Pow', 'Mul'] as const).map(
    (square): Form => ({
      pattern: 'layer norm written out',
      title: `with ${square}, scale and bias`,
      spec: {
        inputs: tokens,
        initializers: { two: scalar(2), small: scalar(1e-5), scale: weights(4, 1), bias: weights(4, 2) },
        nodes: [
          node('ReduceMean x -> m', last),
          node('Sub x m -> d'),
          square === 'Pow' ? node('Pow d two -> s') : node('Mul d d -> s'),
          node('ReduceMean s -> v', last),
          node('Add v small -> w'),
          node('Sqrt w -> r'),
          node('Div d r -> n'),
          node('Mul n scale -> t'),
          node('Add t bias -> y'),
        ],
      },
      left: ['LayerNormalization'],
    }),
  ),
  {
    pattern: 'layer norm in the form of Keras',
    title: 'x g + (bias - mean g)',
    spec: {
      inputs: tokens,
      initializers: { small: scalar(1e-3), scale: weights(4, 1), bias: weights(4, 2) },
      nodes: [
        node('ReduceMean x -> m', last),
        node('Sub x m -> d'),
        node('Mul d d -> s'),
        node('ReduceMean s -> v', last),
        node('Add v small -> w'),
        node('Sqrt w -> r'),
        node('Reciprocal r -> i'),
        node('Mul i scale -> g'),
        node('Mul x g -> a'),
        node('Mul m g -> b'),
        node('Sub bias b -> c'),
        node('Add a c -> y'),
      ],
    },
    left: ['LayerNormalization'],
  },
  {
    pattern: 'activations that are x times a function of x',
    title: 'GELU by erf, x (1 + erf) 0.5',
    spec: {
      inputs: tokens,
      initializers: { root: scalar(Math.SQRT2), one: scalar(1), half: scalar(0.5) },
      nodes: [
        node('Div x root -> a'),
        node('Erf a -> b'),
        node('Add b one -> c'),
        node('Mul x c -> d'),
        node('Mul d half -> y'),
      ],
    },
    left: ['Gelu'],
  },
  {
    pattern: 'activations that are x times a function of x',
    title: 'GELU by erf, (0.5 x) (1 + erf(x 0.7071))',
    spec: {
      inputs: tokens,
      initializers: { root: scalar(Math.SQRT1_2), one: scalar(1), half: scalar(0.5) },
      nodes: [
        node('Mul x half -> d'),
        node('Mul x root -> a'),
        node('Erf a -> b'),
        node('Add one b -> c'),
        node('Mul d c -> y'),
      ],
    },
    left: ['Gelu'],
  },
  {
    pattern: 'activations that are x times a function of x',
    title: 'GELU by tanh, with x^3',
    spec: {
      inputs: tokens,
      initializers: {
        three: scalar(3),
        cubic: scalar(0.044715),
        root: scalar(Math.sqrt(2 / Math.PI)),
        one: scalar(1),
        half: scalar(0.5),
      },
      nodes: [
        node('Pow x three -> a'),
        node('Mul a cubic -> b'),
        node('Add x b -> c'),
        node('Mul c root -> d'),
        node('Tanh d -> e'),
        node('Add e one -> f'),
        node('Mul half x -> g'),
        node('Mul g f -> y'),
      ],
    },
    left: ['Gelu'],
  },
  {
    pattern: 'activations that are x times a function of x',
    title: 'GELU by tanh, x times 1 + 0.044715 x x',
    spec: {
      inputs: tokens,
      initializers: { cubic: scalar(0.044715), root: scalar(0.7978845608), one: scalar(1), half: scalar(0.5) },
      nodes: [
        node('Mul x x -> a'),
        node('Mul a cubic -> b'),
        node('Add b one -> c'),
        node('Mul x root -> d'),
        node('Mul d c -> e'),
        node('Tanh e -> f'),
        node('Add one f -> g'),
        node('Mul g half -> h'),
        node('Mul x h -> y'),
      ],
    },
    left: ['Gelu'],
  },
  {
    pattern: 'activations that are x times a function of x',
    title: 'SiLU, and one with another slope',
    spec: {
      inputs: tokens,
      initializers: { slope: scalar(1.702) },
      nodes: [
        node('Sigmoid x -> a'),
        node('Mul x a -> b'),
        node('Mul b slope -> c'),
        node('Sigmoid c -> d'),
        node('Mul d b -> y'),
      ],
    },
    left: ['Swish', 'Swish'],
  },
  {
    pattern: 'activations that are x times a function of x',
    title: 'hard swish by hard sigmoid, and by clipping',
    spec: {
      opset: 13,
      inputs: tokens,
      initializers: { three: scalar(3), zero: scalar(0), six: scalar(6) },
      nodes: [
        node('HardSigmoid x -> a', { alpha: { float: 1 / 6 } }),
        node('Mul x a -> b'),
        node('Add b three -> c'),
        node('Clip c zero six -> d'),
        node('Mul b d -> e'),
        node('Div e six -> y'),
      ],
    },
    left: ['HardSwish', 'HardSwish'],
  },
  {
    pattern: 'hard sigmoid written out',
    title: 'min(max(x + 3, 0), 6) / 6',
    spec: {
      inputs: tokens,
      initializers: { three: scalar(3), zero: scalar(0), six: scalar(6) },
      nodes: [node('Add x three -> a'), node('Clip a zero six -> b'), node('Div b six -> y')],
    },
    left: ['HardSigmoid'],
  },
  {
    pattern: 'attention written out',
    title: 'scores divided',
    spec: {
      inputs: { x: [2, 2, 3, 4] },
      initializers: { two: scalar(2) },
      nodes: [
        node('Transpose x -> k', { perm: [0, 1, 3, 2] }),
        node('MatMul x k -> s'),
        node('Div s two -> t'),
        node('Softmax t -> p', { axis: -1 }),
        node('MatMul p x -> y'),
      ],
    },
    left: ['Attention'],
  },
  {
    pattern: 'attention written out',
    title: 'queries and keys scaled, a bias, heads apart',
    spec: {
      inputs: { x: [2, 3, 8] },
      initializers: { heads: integers([2, 3, 2, 4]), root: scalar(Math.SQRT1_2), bias: weights(18, 3, [1, 2, 3, 3]) },
      nodes: [
        node('Reshape x heads -> h'),
        node('Transpose h -> q', { perm: [0, 2, 1, 3] }),
        node('Transpose h -> k', { perm: [0, 2, 3, 1] }),
        node('Mul q root -> a'),
        node('Mul k root -> b'),
        node('MatMul a b -> s'),
        node('Add s bias -> t'),
        node('Softmax t -> p', { axis: -1 }),
        node('MatMul p q -> y'),
      ],
    },
    left: ['Attention', 'Reshape', 'Transpose', 'Transpose'],
  },
  {
    pattern: 'attention written out',
    title: 'keys turned before they get heads',
    spec: {
      inputs: { x: [4, 3, 4] },
      initializers: { four: integers([2, 2, 4, 3]), heads: integers([2, 2, 3, 4]) },
      nodes: [
        node('Transpose x -> k', { perm: [0, 2, 1] }),
        node('Reshape k four -> a'),
        node('Reshape x heads -> q'),
        node('MatMul q a -> s'),
        node('Softmax s -> p', { axis: -1 }),
        node('MatMul p q -> y'),
      ],
    },
    left: ['Attention', 'Reshape', 'Reshape'],
  },
  {
    pattern: 'product and bias',
    title: 'weight [I, O], and one [O, I] that is turned',
    spec: {
      inputs: tokens,
      initializers: { w: weights(20, 1, [4, 5]), b: weights(5, 2), v: weights(10, 3, [2, 5]) },
      nodes: [
        node('MatMul x w -> a'),
        node('Add a b -> c'),
        node('Transpose v -> t', { perm: [1, 0] }),
        node('MatMul c t -> y'),
      ],
    },
    left: ['Linear', 'Linear'],
  },
  {
    pattern: 'convolution or norm with its activation',
    title: 'ReLU and ReLU6',
    spec: {
      inputs: image,
      initializers: {
        w: weights(12, 1, [4, 3, 1, 1]),
        scale: weights(4, 2),
        bias: weights(4, 3),
        mean: weights(4, 4),
        variance: floats([1, 2, 3, 4]),
        zero: scalar(0),
        six: scalar(6),
      },
      nodes: [
        node('Conv x w -> a'),
        node('Clip a zero six -> b'),
        node('BatchNormalization b scale bias mean variance -> c'),
        node('Relu c -> y'),
      ],
    },
    left: ['BatchNormalization', 'Conv'],
  },
  {
    pattern: 'padding before a convolution or pooling',
    title: 'zeros before Conv, before MaxPool behind ReLU, before AveragePool',
    spec: {
      inputs: image,
      initializers: { w: weights(18, 1, [2, 3, 1, 3]), pads: integers([0, 0, 0, 1, 0, 0, 1, 1]) },
      nodes: [
        node('Pad x pads -> a'),
        node('Conv a w -> b'),
        node('Relu b -> c'),
        node('Pad c pads -> d'),
        node('MaxPool d -> e', { kernel_shape: [2, 2] }),
        node('Pad e pads -> f'),
        node('AveragePool f -> y', { kernel_shape: [2, 2], strides: [2, 2] }),
      ],
    },
    left: ['AveragePool', 'Conv', 'MaxPool'],
  },
  {
    pattern: 'pooling and flattening',
    title: 'global average pooling and Flatten',
    spec: { inputs: image, nodes: [node('GlobalAveragePool x -> a'), node('Flatten a -> y')] },
    left: ['PooledMean'],
  },
];

describe('patterns', () => {
  it('each have a form here', () => {
    expect(patterns.map(({ name }) => name).filter((name) => !forms.some(({ pattern }) => pattern === name))).toEqual(
      [],
    );
    expect(forms.filter(({ pattern }) => !patterns.some(({ name }) => name === pattern))).toEqual([]);
  });

  it.each(forms.map((form) => [`${form.pattern}: ${form.title}`, form] as const))('%s', async (_, { spec, left }) => {
    const { built, original, taken } = await runBoth({ ...spec, outputs: ['y'] });
    expect(built.layers.map(({ operator }) => operator).sort()).toEqual(left);
    expect(taken.length).toBe(original.length);
    taken.forEach((number, i) => {
      expect(number).toBeCloseTo(original[i], 4);
    });
  });

  it('leave a value alone that something else uses', async () => {
    const nodes = [node('Sigmoid x -> a'), node('Mul x a -> b'), node('Add a b -> y')];
    const { built, original, taken } = await runBoth({ inputs: tokens, nodes, outputs: ['y'] });
    expect(built.layers.map(({ operator }) => operator)).toEqual(['Sigmoid', 'Mul', 'Add']);
    expect(taken[5]).toBeCloseTo(original[5], 5);
  });

  it.each([
    [3, ['MaxPool', 'Relu'], 2],
    // The last window begins in the zeros, where a pooling with padding has none.
    [2, ['MaxPool', 'Pad', 'Relu'], 3],
  ])('take zeros into a pooling that rounds up where no window of %i begins in them', (kernel, operators, side) => {
    const initializers = { sides: integers([0, 0, 0, 0, 0, 0, 1, 1]), zero: scalar(0) };
    const pool = { kernel_shape: [kernel, kernel], strides: [2, 2], ceil_mode: 1 };
    const nodes = [node('Relu x -> a'), node('Pad a sides zero -> b'), node('MaxPool b -> y', pool)];
    const graph = new Graph();
    const network = readNetwork(makeModel({ inputs: image, nodes, initializers, outputs: ['y'] }), {
      name: 'net.onnx',
    });
    const built = network.append(graph, { inputs: { x: graph.input('x', image.x) } });
    expect(built.layers.map(({ operator }) => operator).sort()).toEqual(operators);
    expect(built.values.get('y')!.shape).toEqual([2, 3, side, side]);
  });

  it('leave numbers alone that only look like a form', async () => {
    const initializers = { root: scalar(Math.SQRT2), one: scalar(1), other: scalar(0.6) };
    const erf = [node('Div x root -> a'), node('Erf a -> b'), node('Add b one -> c'), node('Mul x c -> d')];
    const nodes = [...erf, node('Mul d other -> y')];
    const { built, original, taken } = await runBoth({ inputs: tokens, nodes, initializers, outputs: ['y'] });
    expect(built.layers.map(({ operator }) => operator)).not.toContain('Gelu');
    expect(taken[5]).toBeCloseTo(original[5], 5);
  });
});
