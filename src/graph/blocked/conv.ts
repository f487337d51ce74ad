import type { Activation } from '../activation.js';
import { elementCount, type Graph, type Shape, toPlain, type Value } from '../graph.js';
import type { ConvGeometry } from '../slidingWindow.js';
import { activationAttributes, scaleChannels } from './channelSums.js';
import type { FilterPlan } from './filters.js';
import { asChannels, blockedNode, blockOf, padPixels, storedShape, toBlocked } from './layout.js';

/** A convolution's input as its kernel wants it: fewer channels than a block stay as they are (images). */
const convInput = (graph: Graph, x: Value, { layout, depthwise }: FilterPlan): Value =>
  layout.kind === 'outputs' && !depthwise ? toPlain(graph, x) : toBlocked(graph, x);

/**
 * Positions that the library's kernel takes at once, 6 with blocks of 16. Those whose window reaches over the left or right border it takes one by
 * one, so that rows as short as this are several pieces: 512 channels at 4x4 take 39 ms on one thread, and 34 with columns of zeros around the image.
 */
const positionsAtOnce = 6;

/**
 * An image whose rows of results are short, with its border at the left and the right; and the pads that are left.
 * @param pads at the top, left, bottom and right, none below 0 @param width of the result
 */
export function borderShortRows(
  graph: Graph,
  x: Value,
  [top, left, bottom, right]: readonly number[],
  width: number,
  { depthwise }: FilterPlan,
): { readonly image: Value; readonly pads: readonly number[] } {
  const short = !depthwise && x.layout && blockOf(graph) >= 16 && width <= positionsAtOnce && left + right > 0;
  if (!short) return { image: x, pads: [top, left, bottom, right] };
  return { image: padPixels(graph, x, [0, left], [0, right], 0), pads: [top, 0, bottom, 0] };
}

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
  const { image, pads } = borderShortRows(graph, convInput(graph, x, plan), [...before, ...after], shape[3], plan);
  const inputs = [image, filter, ...(shift ? [shift] : [])];
  return blockedNode(graph, 'Conv', inputs, shape, {
    kernel_shape: kernel,
    strides: stride,
    dilations: dilation,
    pads,
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
