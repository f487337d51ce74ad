import { activate, activationGradient } from '../../activation.js';
import { cutChannels, fillChannels, sumChannels } from '../../blocked/channelSums.js';
import { blockedConv } from '../../blocked/conv.js';
import { type FilterPlan, filterGradient, planFilter, toFilter } from '../../blocked/filters.js';
import { blockedInputGradient } from '../../blocked/inputGradient.js';
import { toBlocked } from '../../blocked/layout.js';
import { blockedWeightGradient } from '../../blocked/weightGradient.js';
import { type GradientCall, type Graph, type Operator, type Shape, toPlain, type Value } from '../../graph.js';
import type { ConvGeometry } from '../../slidingWindow.js';
import { type ConvAttributes, convGeometry } from './convGeometry.js';
import { convInputGradient } from './convInputGradient.js';
import { convNode } from './convNode.js';
import { convWeightGradient } from './convWeightGradient.js';

/**
 * Convolution with any stride, padding, dilation and groups, and the activation after it: x [N, C, H, W] (or [N, C, L]), weight
 * [O, C / groups, k, l] (or [O, C / groups, k]), bias [O] (may be left out) to [N, O, H', W'] (or [N, O, L']).
 *
 * In a graph with channel blocks a trained one is made of onnxruntime's blocked kernels, all else of ONNX's own operators.
 */
export const conv: Operator<ConvAttributes> = {
  name: 'conv',
  anyLayout: true,
  lower(graph, inputs, attributes) {
    const { geometry, shape } = convGeometry('conv', inputs, attributes);
    const { activation = 'none' } = attributes;
    const [x, weight, bias] = inputs;
    const plan = planBlocks(graph, weight, geometry);
    if (plan) {
      const shift = bias && fillChannels(graph, bias);
      return blockedConv(graph, x, toFilter(graph, weight, plan), shift, shape, geometry, plan, activation);
    }
    return activate(graph, convNode(graph, toPlain(graph, x), weight, bias, shape, geometry), activation);
  },
  gradient(graph, call) {
    const [x, weight, bias] = call.inputs;
    const { geometry } = convGeometry('conv', [x, weight, bias], call.attributes);
    const plan = planBlocks(graph, weight, geometry);
    return plan ? blockedGradients(graph, call, geometry, plan) : plainGradients(graph, call, geometry);
  },
};

/**
 * Whether a convolution uses blocked kernels, and how. Where weights are constant, onnxruntime's optimizer takes such kernels by itself,
 * and joins with them whatever follows.
 */
function planBlocks(graph: Graph, weight: Value, { kernel, groups }: ConvGeometry): FilterPlan | undefined {
  if (graph.channelBlock === undefined || kernel.length !== 2) return undefined;
  if (graph.initializers.some(({ name }) => name === weight.name)) return undefined;
  return planFilter(weight.shape, graph.channelBlock, groups);
}

type Call = GradientCall<ConvAttributes>;

function blockedGradients(graph: Graph, call: Call, geometry: ConvGeometry, plan: FilterPlan): (Value | null)[] {
  const { inputs, output, outputGradient, attributes, wanted } = call;
  const [x, weight, bias] = inputs;
  const given = toBlocked(graph, outputGradient);
  const gradient = activationGradient(graph, given, output, attributes.activation ?? 'none');
  const inputGradient = () => {
    const earlier = call.takeEarlier(0);
    const filter = toFilter(graph, weight, plan);
    const options = { earlier: earlier && toBlocked(graph, earlier) };
    return blockedInputGradient(graph, gradient, filter, x.shape, geometry, plan, options);
  };
  const weightGradient = () => {
    const memory = blockedWeightGradient(graph, x, gradient, weight.shape, geometry, plan);
    return filterGradient(graph, weight, memory, plan);
  };
  return [
    wanted[0] ? inputGradient() : null,
    wanted[1] ? weightGradient() : null,
    bias && wanted[2] ? cutChannels(graph, sumChannels(graph, gradient), bias.shape[0]) : null,
  ];
}

function plainGradients(graph: Graph, call: Call, geometry: ConvGeometry): (Value | null)[] {
  const { inputs, output, attributes, wanted } = call;
  const outputGradient = toPlain(graph, call.outputGradient);
  const inner = activationGradient(graph, outputGradient, output, attributes.activation ?? 'none');
  const [x, weight, gradient] = [toPlain(graph, inputs[0]), inputs[1], inner].map((value) => asImage(graph, value));
  const images = imageGeometry(geometry);
  const found = [
    wanted[0] ? convInputGradient(graph, gradient, weight, x.shape, images) : null,
    wanted[1] ? convWeightGradient(graph, x, gradient, weight.shape, images) : null,
    inputs[2] && wanted[2] ? sumOverPositions(graph, gradient) : null,
  ];
  return found.map((value, i) => value && asLine(graph, value, inputs[i].shape));
}

/** [N, C, L] as an image of one row, [N, C, 1, L]. */
function asImage(graph: Graph, x: Value): Value {
  if (x.shape.length !== 3) return x;
  const [n, c, length] = x.shape;
  return graph.node('Reshape', [x, graph.integers([-1, c, 1, length])], [n, c, 1, length]);
}

/** The reverse, where the shape is that of a line. */
function asLine(graph: Graph, x: Value, shape: Shape): Value {
  if (x.shape.length === shape.length) return x;
  return graph.node('Reshape', [x, graph.integers([-1, ...shape.slice(1)])], shape);
}

/** The same for the window. */
function imageGeometry(geometry: ConvGeometry): ConvGeometry {
  const { kernel, stride, dilation, before, after, sides, groups } = geometry;
  if (kernel.length === 2) return geometry;
  return {
    kernel: [1, ...kernel],
    stride: [1, ...stride],
    dilation: [1, ...dilation],
    before: [0, ...before],
    after: [0, ...after],
    sides: [1, ...sides],
    groups,
  };
}

/** [N, O, H, W] summed to [O]: the gradient of a bias. */
export function sumOverPositions(graph: Graph, outputGradient: Value): Value {
  return graph.node('ReduceSum', [outputGradient, graph.integers([0, 2, 3])], [outputGradient.shape[1]], {
    keepdims: 0,
  });
}
