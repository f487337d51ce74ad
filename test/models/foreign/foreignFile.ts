import { makeModel, type NodeSpec, type TensorSpec } from '../../onnx/makeModel.js';
import { wave } from '../../wave.js';

/** How a small convolutional network of somebody else differs from the plain one. */
export interface ForeignFileOptions {
  /** Default 3. */
  readonly classes?: number;
  /** Batch that the file is fixed to; default any. */
  readonly batch?: number;
  readonly softmax?: boolean;
  /** Names of the weights of the two convolutions; default PyTorch's own. */
  readonly anonymous?: boolean;
  /** An operator without gradient in its middle. */
  readonly withoutGradient?: boolean;
  readonly type?: 'float32' | 'float16';
  readonly side?: number;
}

const weight = (phase: number, shape: number[]): TensorSpec => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { data: wave(count, phase, 0.4), shape };
};

/** Two convolutions with ReLU, the mean over positions and a fully connected layer, as PyTorch's exporter writes such a network. */
export function foreignFile(options: ForeignFileOptions = {}): Uint8Array {
  const { classes = 3, batch, softmax = false, anonymous = false, withoutGradient = false, side = 16 } = options;
  const [first, second] = anonymous ? ['onnx::Conv_21', 'onnx::Conv_24'] : ['stem.conv.weight', 'layer1.0.conv.weight'];
  const middle: NodeSpec[] = withoutGradient
    ? [
        // Zeros either way, computed in a way that has no gradient here.
        { operator: 'NonZero', inputs: ['relu1'], outputs: ['places'] },
        { operator: 'Cast', inputs: ['places'], outputs: ['numbers'], attributes: { to: 1 } },
        { operator: 'ReduceSum', inputs: ['numbers'], outputs: ['sum'], attributes: { keepdims: 0 } },
        { operator: 'Mul', inputs: ['sum', 'nothing'], outputs: ['zero'] },
        { operator: 'Add', inputs: ['relu1', 'zero'], outputs: ['middle'] },
      ]
    : [];
  const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  return makeModel({
    opset: 17,
    inputs: { pixels: [batch ?? 'batch', 3, side, side] },
    ...(options.type && { inputTypes: { pixels: options.type } }),
    outputs: [softmax ? 'probabilities' : 'scores'],
    outputShapes: { [softmax ? 'probabilities' : 'scores']: [batch ?? 'batch', classes] },
    initializers: {
      [first]: weight(1, [6, 3, 3, 3]),
      'stem.conv.bias': weight(2, [6]),
      [second]: weight(3, [8, 6, 3, 3]),
      'fc.weight': weight(4, [classes, 8]),
      'fc.bias': weight(5, [classes]),
      ...(withoutGradient && { nothing: { data: new Float32Array(1), shape: [] } }),
    },
    nodes: [
      {
        operator: 'Conv',
        name: '/stem/stem.conv/Conv',
        inputs: ['pixels', first, 'stem.conv.bias'],
        outputs: ['conv1'],
        attributes: window,
      },
      { operator: 'Relu', name: '/stem/relu/Relu', inputs: ['conv1'], outputs: ['relu1'] },
      ...middle,
      {
        operator: 'Conv',
        name: '/layer1/layer1.0/conv/Conv',
        inputs: [withoutGradient ? 'middle' : 'relu1', second],
        outputs: ['conv2'],
        attributes: { ...window, strides: [2, 2] },
      },
      { operator: 'Relu', name: '/layer1/layer1.0/relu/Relu', inputs: ['conv2'], outputs: ['relu2'] },
      { operator: 'GlobalAveragePool', name: '/pool/GlobalAveragePool', inputs: ['relu2'], outputs: ['pooled'] },
      { operator: 'Flatten', name: '/Flatten', inputs: ['pooled'], outputs: ['features'], attributes: { axis: 1 } },
      {
        operator: 'Gemm',
        name: '/fc/Gemm',
        inputs: ['features', 'fc.weight', 'fc.bias'],
        outputs: ['scores'],
        attributes: { transB: 1 },
      },
      ...(softmax
        ? [{ operator: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: 1 } }]
        : []),
    ],
  });
}
