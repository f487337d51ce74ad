import { unexpected, Words } from '../../../checks.js';
import { usageError } from '../../../errors.js';
import { activationGradient } from '../../activation.js';
import { cutChannels, fillChannels, scaleChannels, sumChannels, sumProducts } from '../../blocked/channelSums.js';
import { blockedConv, scaleOutputs } from '../../blocked/conv.js';
import { type FilterPlan, filterGradient, planFilter, toFilter } from '../../blocked/filters.js';
import { blockedInputGradient } from '../../blocked/inputGradient.js';
import { blockOf, inLayoutOf, toBlocked } from '../../blocked/layout.js';
import { blockedWeightGradient } from '../../blocked/weightGradient.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type GradientCall, type Graph, type Operator, type Value } from '../../graph.js';
import { type ConvAttributes, convGeometry } from './convGeometry.js';

/** Attributes of `blockedConvNorm`: its convolution, its batch norm, and the activation at the end. */
export interface ConvNormAttributes extends ConvAttributes {
  /** Added to the variance. PyTorch's default is 1e-5. */
  readonly epsilon: number;
}

/**
 * Convolution, batch norm with the batch's own statistics, sum with a residual branch and activation, as one operator on values
 * with their channels in blocks (see `blocked/layout.ts`).
 *
 * Inputs: x [N, C, H, W], weight [O, C / groups, k, l], scale [O], bias [O], shift [O], and, where there is one,
 * residual [N, O, H', W']. Result: activation(batch norm(conv(x) + shift) + residual). The shift changes nothing, since batch norm takes the
 * mean off; an estimate of minus that mean keeps sums of squares from losing digits. Saves `mean` and `variance` (population)
 * [O] of conv(x) + shift.
 */
export const blockedConvNorm: Operator<ConvNormAttributes> = {
  name: 'blockedConvNorm',
  anyLayout: true,
  lower(graph, [x, weight, scale, bias, shift, residual], attributes, saved) {
    const { epsilon, activation } = attributes;
    const { geometry, shape } = convGeometry('blockedConvNorm', [x, weight, shift], attributes);
    fitShapes('blockedConvNorm', { scale: [scale, `${shape[1]}`], bias: [bias, `${shape[1]}`] });
    if (residual) fitShapes('blockedConvNorm', { residual: [residual, shape.join(' ')] });
    const [n, o, h, w] = shape;
    if (n * h * w < 2) {
      throw usageError(
        'batch-norm-single',
        `Batch norm: expected more than one value a channel, found one in [${shape}]`,
        {
          hint: 'Train with a larger batch or larger images.',
        },
      );
    }
    const plan = planOf(graph, weight, attributes);
    const filter = toFilter(graph, weight, plan);
    const filled = (vector: Value) => fillChannels(graph, vector);
    saved.convolved = blockedConv(graph, x, filter, filled(shift), shape, geometry, plan);
    const { convolved } = saved;
    const channels = filled(scale).shape;
    const share = graph.scalar(1 / (n * h * w));
    const mean = graph.node('Mul', [sumChannels(graph, convolved), share], channels);
    const squares = graph.node('Mul', [sumProducts(graph, convolved, convolved), share], channels);
    const square = graph.node('Mul', [mean, mean], channels);
    const variance = graph.node('Relu', [graph.node('Sub', [squares, square], channels)], channels);
    saved.filledMean = mean;
    saved.mean = cutChannels(graph, mean, o);
    saved.variance = cutChannels(graph, variance, o);
    saved.spread = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)], channels)], channels);
    saved.factor = graph.node('Div', [filled(scale), saved.spread], channels);
    const offset = graph.node('Mul', [mean, saved.factor], channels);
    const sum = residual && toBlocked(graph, residual);
    return scaleChannels(graph, convolved, saved.factor, {
      shift: graph.node('Sub', [filled(bias), offset], channels),
      sum,
      activation,
    });
  },

  /**
   * With M values a channel and dy the gradient before the activation: dBias = sum dy; moment = sum dy (c - mean);
   * dScale = moment / spread; dc = factor (dy + b c + d), b = -moment / (M spread^2), d = -dBias / M - b mean.
   * Multiplying by the factor is left to the weights where these are fewer.
   */
  gradient(graph, call) {
    const { inputs, output, attributes, saved, wanted } = call;
    const [, weight, scale, bias, , residual] = inputs;
    const { activation } = attributes;
    const [n, , h, w] = output.shape;
    const { convolved, filledMean, spread, factor } = saved;
    const channels = factor.shape;
    const binary = (operator: string, a: Value, b: Value) => graph.node(operator, [a, b], channels);
    const gradient = activationGradient(graph, toBlocked(graph, call.outputGradient), output, activation ?? 'none');

    const biasGradient = sumChannels(graph, gradient);
    const products = sumProducts(graph, gradient, convolved);
    const moment = binary('Sub', products, binary('Mul', filledMean, biasGradient));
    const scaleGradient = binary('Div', moment, spread);
    const share = graph.scalar(-1 / (n * h * w));
    const slope = binary('Mul', binary('Div', scaleGradient, spread), share);
    const constant = binary('Sub', binary('Mul', biasGradient, share), binary('Mul', slope, filledMean));
    const centred = scaleChannels(graph, convolved, slope, { shift: constant, sum: gradient });

    const intoWeights = 2 * elementCount(weight.shape) < elementCount(output.shape);
    const remaining = intoWeights ? factor : undefined;
    const inner = intoWeights ? centred : scaleChannels(graph, centred, factor);
    return [
      wanted[0] ? inputGradient(graph, call, inner, remaining) : null,
      wanted[1] ? weightGradient(graph, call, inner, remaining) : null,
      wanted[2] ? cutChannels(graph, scaleGradient, scale.shape[0]) : null,
      wanted[3] ? cutChannels(graph, biasGradient, bias.shape[0]) : null,
      null,
      residual && wanted[5] ? inLayoutOf(graph, gradient, residual) : null,
    ];
  },
};

type Call = GradientCall<ConvNormAttributes>;

/** @param inner gradient of the convolution's output, but for a factor a channel where one is given */
function inputGradient(graph: Graph, call: Call, inner: Value, factor: Value | undefined): Value {
  const [x, weight] = call.inputs;
  const { geometry } = convGeometry('blockedConvNorm', call.inputs.slice(0, 2), call.attributes);
  const plan = planOf(graph, weight, call.attributes);
  const earlier = call.takeEarlier(0);
  return blockedInputGradient(graph, inner, toFilter(graph, weight, plan), x.shape, geometry, plan, {
    scale: factor,
    earlier: earlier && toBlocked(graph, earlier),
  });
}

function weightGradient(graph: Graph, { inputs: [x, weight], attributes }: Call, inner: Value, factor?: Value): Value {
  const { geometry } = convGeometry('blockedConvNorm', [x, weight], attributes);
  const plan = planOf(graph, weight, attributes);
  const memory = blockedWeightGradient(graph, x, inner, weight.shape, geometry, plan);
  return filterGradient(graph, weight, factor ? scaleOutputs(graph, memory, factor) : memory, plan);
}

function planOf(graph: Graph, weight: Value, { groups = 1 }: ConvNormAttributes): FilterPlan {
  const block = blockOf(graph);
  const plan = planFilter(weight.shape, block, groups);
  if (plan) return plan;
  throw unexpected(
    'blockedConvNorm, groups',
    `groups that come to whole blocks of ${block}`,
    new Words(`${groups} of ${weight.shape}`),
  );
}
