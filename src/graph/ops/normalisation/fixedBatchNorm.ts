import { requireNumber, requireOneOf } from '../../../checks.js';
import { type Activation, activate, activationGradient, activations } from '../../activation.js';
import { cutChannels, fillChannels, scaleChannels, sumChannels, sumProducts } from '../../blocked/channelSums.js';
import { inLayoutOf, toBlocked } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import type { GradientCall, Graph, Operator, Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';

/** Attributes of `fixedBatchNorm`. */
export interface FixedBatchNormAttributes {
  /** Added to the variance. PyTorch's default is 1e-5. */
  readonly epsilon: number;
  /** What it ends with. Default 'none'. */
  readonly activation?: Activation;
}

/**
 * Batch norm with statistics that stay as they are, and an activation: x [N, C, ...], scale [C], bias [C], mean [C], variance [C] to
 * activation(scale (x - mean) / sqrt(variance + epsilon) + bias). Mean and variance have no gradient.
 */
export const fixedBatchNorm: Operator<FixedBatchNormAttributes> = {
  name: 'fixedBatchNorm',
  anyLayout: true,
  lower(graph, inputs, { epsilon, activation = 'none' }) {
    const [x, scale, bias, mean, variance] = inputs;
    const vectors = { scale: [scale, 'C'], bias: [bias, 'C'], mean: [mean, 'C'], variance: [variance, 'C'] } as const;
    fitShapes('fixedBatchNorm', { input: [x, 'N C ...'], ...vectors });
    requireNumber('fixedBatchNorm, epsilon', epsilon, { min: 0 });
    requireOneOf('fixedBatchNorm, activation', activation, activations);
    if (x.layout) {
      const factor = factorOf(graph, inputs, epsilon);
      const shift = graph.node('Sub', [bias, graph.node('Mul', [mean, factor], bias.shape)], bias.shape);
      return scaleChannels(graph, x, fillChannels(graph, factor), {
        shift: fillChannels(graph, shift),
        activation,
      });
    }
    const attributes = { epsilon: { float: epsilon } };
    return activate(graph, graph.node('BatchNormalization', inputs, x.shape, attributes), activation);
  },
  /** With dz the gradient before the activation: dBias = sum dz; dScale = sum dz (x - mean) / spread; dx = factor dz. */
  gradient(graph, call) {
    const { inputs, output, outputGradient, attributes } = call;
    const { layout } = inputs[0];
    const given = inLayoutOf(graph, outputGradient, inputs[0]);
    const gradient = activationGradient(graph, given, output, attributes.activation ?? 'none');
    return [...(layout ? blockedGradients : plainGradients)(graph, call, gradient), null, null];
  },
};

type Call = GradientCall<FixedBatchNormAttributes>;

/** sqrt(variance + epsilon), [C]. Of constants onnxruntime computes it once, when it opens the graph; and so the factor. */
const spreadOf = (graph: Graph, [, , , , variance]: readonly Value[], epsilon: number) =>
  graph.derive(`spread by ${epsilon}`, variance, () => {
    const shifted = graph.node('Add', [variance, graph.scalar(epsilon)], variance.shape);
    return graph.node('Sqrt', [shifted], variance.shape);
  });

/** scale / sqrt(variance + epsilon), [C]. */
function factorOf(graph: Graph, inputs: readonly Value[], epsilon: number): Value {
  const spread = spreadOf(graph, inputs, epsilon);
  return graph.derive(`factor by ${spread.name}`, inputs[1], () =>
    graph.node('Div', [inputs[1], spread], spread.shape),
  );
}

function plainGradients(graph: Graph, { inputs, attributes, wanted }: Call, gradient: Value): (Value | null)[] {
  const [x, scale, , mean] = inputs;
  const perChannel = (vector: Value) => reshapeTo(graph, vector, [...scale.shape, ...x.shape.slice(2).map(() => 1)]);
  const axes = graph.integers(x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])));
  const sum = (value: Value) => graph.node('ReduceSum', [value, axes], scale.shape, { keepdims: 0 });
  const moment = () => {
    const centred = graph.node('Sub', [x, perChannel(mean)], x.shape);
    return sum(graph.node('Mul', [gradient, centred], x.shape));
  };
  return [
    wanted[0] ? graph.node('Mul', [gradient, perChannel(factorOf(graph, inputs, attributes.epsilon))], x.shape) : null,
    wanted[1] ? graph.node('Div', [moment(), spreadOf(graph, inputs, attributes.epsilon)], scale.shape) : null,
    wanted[2] ? sum(gradient) : null,
  ];
}

function blockedGradients(graph: Graph, call: Call, gradient: Value): (Value | null)[] {
  const { inputs, attributes, wanted } = call;
  const [x, scale, , mean] = inputs;
  const [c] = scale.shape;
  const sums = wanted[1] || wanted[2] ? cutChannels(graph, sumChannels(graph, gradient), c) : null;
  const moment = () => {
    const products = cutChannels(graph, sumProducts(graph, gradient, x), c);
    return graph.node('Sub', [products, graph.node('Mul', [mean, sums], [c])], [c]);
  };
  const inputGradient = () => {
    const earlier = call.takeEarlier(0);
    const sum = earlier && toBlocked(graph, earlier);
    return scaleChannels(graph, gradient, fillChannels(graph, factorOf(graph, inputs, attributes.epsilon)), { sum });
  };
  return [
    wanted[0] ? inputGradient() : null,
    wanted[1] ? graph.node('Div', [moment(), spreadOf(graph, inputs, attributes.epsilon)], [c]) : null,
    wanted[2] ? sums : null,
  ];
}
