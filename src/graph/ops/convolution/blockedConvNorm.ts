import { unexpected, Words } from '../../../checks.js';
import { activationGradient } from '../../activation.js';
import { batchGradient, normaliseByBatch, requireValues } from '../../blocked/batchStatistics.js';
import { cutChannels, fillChannels, scaleChannels } from '../../blocked/channelSums.js';
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
    requireValues({ shape });
    const plan = planOf(graph, weight, attributes);
    const filter = toFilter(graph, weight, plan);
    saved.convolved = blockedConv(graph, x, filter, fillChannels(graph, shift), shape, geometry, plan);
    const sum = residual && toBlocked(graph, residual);
    return normaliseByBatch(graph, saved.convolved, [scale, bias], epsilon, { sum, activation }, saved);
  },

  /** See `batchGradient`. Multiplying by the factor is left to the weights where these are fewer. */
  gradient(graph, call) {
    const { inputs, output, attributes, saved, wanted } = call;
    const [, weight, scale, bias, , residual] = inputs;
    const { activation } = attributes;
    const { convolved, factor } = saved;
    const gradient = activationGradient(graph, toBlocked(graph, call.outputGradient), output, activation ?? 'none');
    const own = batchGradient(graph, gradient, convolved, saved);
    const intoWeights = 2 * elementCount(weight.shape) < elementCount(output.shape);
    const remaining = intoWeights ? factor : undefined;
    const inner = intoWeights ? own.centred : scaleChannels(graph, own.centred, factor);
    return [
      wanted[0] ? inputGradient(graph, call, inner, remaining) : null,
      wanted[1] ? weightGradient(graph, call, inner, remaining) : null,
      wanted[2] ? cutChannels(graph, own.scale, scale.shape[0]) : null,
      wanted[3] ? cutChannels(graph, own.bias, bias.shape[0]) : null,
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
