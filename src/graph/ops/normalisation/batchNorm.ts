import { requireNumber, requireOneOf } from '../../../checks.js';
import { type Activation, activate, activationGradient, activations } from '../../activation.js';
import { batchGradient, normaliseByBatch, requireValues } from '../../blocked/batchStatistics.js';
import { cutChannels, scaleChannels } from '../../blocked/channelSums.js';
import { toBlocked } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type GradientCall, type Graph, type Operator, toPlain, type Value } from '../../graph.js';

/** Attributes of `batchNorm`. */
export interface BatchNormAttributes {
  /** Added to the variance. PyTorch's default is 1e-5. */
  readonly epsilon: number;
  /**
   * The mean of each channel is not much larger than its spread, because whoever made x took off an estimate of it. Sums of
   * squares then lose no digits, and a pass over the data is saved. Left out, the mean is taken off first where it matters, and channels
   * in blocks don't stay so.
   */
  readonly nearlyCentred?: boolean;
  /** What it ends with. Default 'none'. */
  readonly activation?: Activation;
}

/**
 * Batch norm in training (Ioffe and Szegedy 2015): x [N, C, H, W], weight [C], bias [C] to
 * activation(weight * (x - mean) / sqrt(variance + epsilon) + bias), with mean and (population) variance of each channel over the batch.
 * Saves `mean` and `variance` [C]; `unbiasedVariance` makes of the latter what running statistics need.
 *
 * On the CPU, onnxruntime's BatchNormalization in training mode does all of it in one operator and takes the mean off
 * before it squares: at [32, 64, 56, 56] 14 ms, against 10 + 1 + 10 ms for its inference mode, ReduceMean and
 * ReduceSumSquare (2 busy cores, least of 12), and 13 ms more for taking the mean off first.
 */
export const batchNorm: Operator<BatchNormAttributes> = {
  name: 'batchNorm',
  anyLayout: true,
  lower(graph, [x, weight, bias], attributes, saved) {
    const { epsilon, nearlyCentred = false, activation = 'none' } = attributes;
    fitShapes('batchNorm', { input: [x, 'N C H W'], weight: [weight, 'C'], bias: [bias, 'C'] });
    requireNumber('batchNorm, epsilon', epsilon, { min: 0 });
    requireOneOf('batchNorm, activation', activation, activations);
    requireValues(x);
    if (x.layout && nearlyCentred) return normaliseByBatch(graph, x, [weight, bias], epsilon, { activation }, saved);
    return activate(graph, lowerPlain(graph, [toPlain(graph, x), weight, bias], attributes, saved), activation);
  },
  gradient(graph, call) {
    const { inputs, output, outputGradient, attributes, saved, wanted } = call;
    const [x, weight] = inputs;
    const { nearlyCentred = false, activation = 'none' } = attributes;
    if (!x.layout || !nearlyCentred) {
      const gradient = activationGradient(graph, toPlain(graph, outputGradient), output, activation);
      return plainGradients(graph, { ...call, inputs: inputs.map((input) => toPlain(graph, input)) }, gradient);
    }
    const gradient = activationGradient(graph, toBlocked(graph, outputGradient), output, activation);
    const own = batchGradient(graph, gradient, x, saved);
    const inputGradient = () => {
      const earlier = call.takeEarlier(0);
      const sum = earlier && toBlocked(graph, earlier);
      return scaleChannels(graph, own.centred, saved.factor, { sum });
    };
    const [c] = weight.shape;
    return [
      wanted[0] ? inputGradient() : null,
      wanted[1] ? cutChannels(graph, own.scale, c) : null,
      wanted[2] ? cutChannels(graph, own.bias, c) : null,
    ];
  },
};

/** Row by row, without activation. */
function lowerPlain(
  graph: Graph,
  [x, weight, bias]: readonly Value[],
  { epsilon, nearlyCentred = false }: BatchNormAttributes,
  saved: Record<string, Value>,
): Value {
  const channels = [x.shape[1]];
  if (graph.target === 'cpu') {
    // Momentum 0: the "running" statistics that come out are those of this batch, whatever went in. They are written over
    // what went in, even over graph inputs and shared constants; hence two values of their own, which no optimisation of
    // the graph can merge.
    const outputs = [x.shape, channels, channels].map((shape) => ({ shape, type: 'float32' as const }));
    const attributes = { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: 1 };
    const inputs = [x, weight, bias, ...[bias, weight].map((value) => graph.node('Neg', [value], channels))];
    const [y, mean, variance] = graph.nodeWithOutputs('BatchNormalization', inputs, outputs, attributes);
    saved.mean = mean;
    saved.variance = variance;
    return y;
  }
  saved.mean = meanOf(graph, x);
  if (nearlyCentred) {
    const squares = meanOf(graph, graph.node('Mul', [x, x], x.shape));
    const difference = sub(graph, squares, mul(graph, saved.mean, saved.mean));
    saved.variance = graph.node('Relu', [difference], channels);
    return normalise(graph, x, weight, bias, saved.mean, saved.variance, epsilon);
  }
  saved.centred = graph.node('Sub', [x, perChannel(graph, saved.mean)], x.shape);
  saved.variance = meanOf(graph, graph.node('Mul', [saved.centred, saved.centred], x.shape));
  return normalise(graph, saved.centred, weight, bias, constant(graph, x, 0), saved.variance, epsilon);
}

/**
 * With inv = 1 / sqrt(variance + epsilon), M values a channel and sums over them:
 * dBias = sum dy; dWeight = inv sum dy (x - mean);
 * dx = weight inv (dy - dBias / M - (x - mean) inv dWeight / M) = a dy + b x + c, with a, b, c per channel.
 */
function plainGradients(
  graph: Graph,
  { inputs: [x, weight], attributes, saved, wanted }: GradientCall<BatchNormAttributes>,
  outputGradient: Value,
): (Value | null)[] {
  const { epsilon, nearlyCentred = false } = attributes;
  const channels = weight.shape;
  const count = valuesPerChannel(x);
  const { mean } = saved;
  // Without `nearlyCentred`, (x - mean) is written out; with it, mean * sum dy is taken off the sum of dy x instead.
  const centred = nearlyCentred
    ? undefined
    : (saved.centred ?? graph.node('Sub', [x, perChannel(graph, mean)], x.shape));
  const source = centred ?? x;
  const biasGradient = sumOf(graph, outputGradient);
  const products = sumOf(graph, graph.node('Mul', [outputGradient, source], x.shape));
  const moment = centred ? products : sub(graph, products, mul(graph, mean, biasGradient));
  const spread = graph.node('Sqrt', [graph.node('Add', [saved.variance, graph.scalar(epsilon)], channels)], channels);
  const weightGradient = graph.node('Div', [moment, spread], channels);
  if (!wanted[0]) return [null, weightGradient, biasGradient];

  const a = graph.node('Div', [weight, spread], channels);
  const perValue = graph.node('Div', [mul(graph, a, weightGradient), spread], channels);
  const b = mul(graph, perValue, graph.scalar(-1 / count));
  const shift = mul(graph, mul(graph, a, biasGradient), graph.scalar(-1 / count));
  const c = centred ? shift : sub(graph, shift, mul(graph, b, mean));
  // a dy + c in one pass, as a batch norm with mean 0 and variance 1.
  const [zero, one] = [constant(graph, x, 0), constant(graph, x, 1)];
  const direct = normalise(graph, outputGradient, a, c, zero, one, 0);
  const indirect = graph.node('Mul', [source, perChannel(graph, b)], x.shape);
  return [graph.node('Add', [direct, indirect], x.shape), weightGradient, biasGradient];
}

/** The unbiased variance [C] that running statistics take, from the population variance that `batchNorm` saved. */
export function unbiasedVariance(graph: Graph, variance: Value, x: Value): Value {
  const count = valuesPerChannel(x);
  return mul(graph, variance, graph.scalar(count / (count - 1)));
}

const valuesPerChannel = (x: Value) => elementCount(x.shape) / x.shape[1];

/** scale (x - mean) / sqrt(variance + epsilon) + bias, all of them [C] but x. */
function normalise(
  graph: Graph,
  x: Value,
  scale: Value,
  bias: Value,
  mean: Value,
  variance: Value,
  epsilon: number,
): Value {
  return graph.node('BatchNormalization', [x, scale, bias, mean, variance], x.shape, { epsilon: { float: epsilon } });
}

const meanOf = (graph: Graph, x: Value) =>
  graph.node('ReduceMean', [x], [x.shape[1]], { axes: [0, 2, 3], keepdims: 0 });

const sumOf = (graph: Graph, x: Value) =>
  graph.node('ReduceSum', [x, graph.integers([0, 2, 3])], [x.shape[1]], { keepdims: 0 });

/** [C] as [C, 1, 1], which spreads over [N, C, H, W]. */
const perChannel = (graph: Graph, value: Value) =>
  graph.node('Reshape', [value, graph.integers([-1, 1, 1])], [value.shape[0], 1, 1]);

const constant = (graph: Graph, x: Value, value: number) =>
  graph.initializer(new Float32Array(x.shape[1]).fill(value), [x.shape[1]]);

const mul = (graph: Graph, a: Value, b: Value) => graph.node('Mul', [a, b], a.shape);
const sub = (graph: Graph, a: Value, b: Value) => graph.node('Sub', [a, b], a.shape);
