import type { Activation } from '../activation.js';
import { elementCount, type Graph, type Shape, toPlain, type Value } from '../graph.js';
import type { ConvGeometry } from '../slidingWindow.js';
import { activationAttributes, scaleChannels } from './channelSums.js';
import type { FilterPlan } from './filters.js';
import { asChannels, blockedNode, storedShape, toBlocked } from './layout.js';

/** A convolution's input as its kernel wants it: fewer channels than a block stay as they are (images). */
const convInput = (graph: Graph, x: Value, { layout, depthwise }: FilterPlan): Value =>
  layout.kind === 'outputs' && !depthwise ? toPlain(graph, x) : toBlocked(graph, x);

/**
 * Convolution with a stored filter (`toFilter`), and what it ends with.
 * @param shift [O filled up], undefined for none @param shape [N, O, H', W']
 */
export function blockedConv(
  graph: Graph,
  x: Value,
  filter: Value,
  shift: Value | undefined,
  shape: Shape,
  { kernel, stride, dilation, before, after }: ConvGeometry,
  plan: FilterPlan,
  activation: Activation = 'none',
): Value {
  const inputs = [convInput(graph, x, plan), filter, ...(shift ? [shift] : [])];
  return blockedNode(graph, 'Conv', inputs, shape, {
    kernel_shape: kernel,
    strides: stride,
    dilations: dilation,
    pads: [...before, ...after],
    group: plan.groups,
    ...activationAttributes(activation),
  });
}

/** A stored filter, or memory in its order, times one number an output channel: in memory it is an image of these channels. */
export function scaleOutputs(graph: Graph, filter: Value, scale: Value): Value {
  const [o] = scale.shape;
  const pixels = elementCount(storedShape(filter.shape, filter.layout)) / o;
  return scaleChannels(graph, asChannels(graph, filter, [1, o, pixels, 1]), scale);
}
