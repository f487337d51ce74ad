import { requireLength } from '../../checks.js';
import { elementCount, type Graph, type Layout, type Shape, type Value } from '../graph.js';
import { memoryAs, roundUp, storedShape } from './layout.js';

/** How a weight [O, C / groups, k, l] is convolved in blocks. */
export interface FilterPlan {
  readonly layout: Layout;
  /** Groups of the blocked convolution, of whole blocks each; depthwise: all stored channels. */
  readonly groups: number;
  readonly depthwise: boolean;
  /**
   * Groups of the weight that one of the blocked convolution holds, where they are narrower than a block: side by side, with zeros
   * where one's filters would see another's channels. More than 1 is for the graph only: weights are not stored so.
   */
  readonly merged: number;
  /** Filters of one of the weight's groups. */
  readonly own: number;
}

/**
 * Multiplications with zeros for each that counts, at most: with 8 of them, 3x3 in groups of 2 (64 channels at 28x28, batch 16) still takes 41 and 93 ms
 * where ONNX's own operators take 88 and 127 (bench/convLayers.mjs, two runs on 2 busy cores with blocks of 16). More was not measured.
 */
const mostMerged = 8;

/**
 * Filters lie in blocks of both axes, or of the first only where there is no block of input channels (a depthwise convolution, or fewer
 * channels than a block: images).
 * @param shape [O, C / groups, k, l]
 * @returns undefined where groups don't come to whole blocks
 */
export function planFilter([filters, c]: Shape, block: number, groups: number): FilterPlan | undefined {
  const outputs: Layout = { kind: 'outputs', block };
  if (groups === 1) {
    const layout: Layout = c < block ? outputs : { kind: 'filter', block };
    return { layout, groups, depthwise: false, merged: 1, own: filters };
  }
  if (c === 1 && filters === groups)
    return { layout: outputs, groups: roundUp(filters, block), depthwise: true, merged: 1, own: 1 };
  const own = filters / groups;
  for (let merged = 1; merged <= mostMerged; merged++) {
    if ((merged * c) % block !== 0 || (merged * own) % block !== 0) continue;
    const count = Math.ceil(groups / merged);
    // Groups that are missing from the last of the merged ones must be what fills up the channels anyway.
    const fits = [c, own].every((width) => count * merged * width === roundUp(groups * width, block));
    if (fits) return { layout: { kind: 'filter', block }, groups: count, depthwise: false, merged, own };
  }
  return undefined;
}

/** How a convolution's weight [O, C / groups, k, l] may be stored for blocked convolutions; undefined where only as it is. */
export function filterLayout(shape: Shape, block: number, groups = 1): Layout | undefined {
  const plan = planFilter(shape, block, groups);
  return plan?.merged === 1 ? plan.layout : undefined;
}

/**
 * Calls for each kernel [k, l] of a weight, block by block, so that what is written stays near the processor: where it begins among the weights, where in memory its first number lies, and how far
 * apart the others lie there. Networks have millions of numbers, which a generator of single ones would take a second for.
 */
function eachKernel(
  [o, c, height, width]: Shape,
  { kind, block }: Layout,
  visit: (first: number, place: number, stride: number) => void,
): void {
  const taps = height * width;
  const inner = kind === 'filter' ? block : 1;
  const inputBlocks = roundUp(c, inner) / inner;
  for (let above = 0; above < o; above += block)
    for (let left = 0; left < c; left += inner) {
      const row = ((above / block) * inputBlocks + left / inner) * taps;
      for (let i = above; i < Math.min(o, above + block); i++)
        for (let j = left; j < Math.min(c, left + inner); j++)
          visit((i * c + j) * taps, (row * inner + (j - left)) * block + (i - above), inner * block);
    }
}

/** Weights as a graph with this layout stores them. */
export function storeFilter(weight: Float32Array, shape: Shape, layout: Layout): Float32Array {
  requireLength('weight', weight, elementCount(shape), 'as its shape has');
  const stored = new Float32Array(elementCount(storedShape(shape, layout)));
  const taps = shape[2] * shape[3];
  eachKernel(shape, layout, (first, place, stride) => {
    for (let tap = 0; tap < taps; tap++) stored[place + tap * stride] = weight[first + tap];
  });
  return stored;
}

/** The reverse of `storeFilter`. */
export function readFilter(stored: Float32Array, shape: Shape, layout: Layout): Float32Array {
  requireLength('stored weight', stored, elementCount(storedShape(shape, layout)), 'as its layout has');
  const weight = new Float32Array(elementCount(shape));
  const taps = shape[2] * shape[3];
  eachKernel(shape, layout, (first, place, stride) => {
    for (let tap = 0; tap < taps; tap++) weight[first + tap] = stored[place + tap * stride];
  });
  return weight;
}

/** A weight in its layout, [O, channels of a blocked group, k, l]: as it is where it is stored so, else rearranged within the graph. */
export function toFilter(graph: Graph, weight: Value, plan: FilterPlan): Value {
  const { layout, merged } = plan;
  if (weight.layout) return weight;
  return graph.derive('filter', weight, () => {
    const wide = merged === 1 ? weight : mergeGroups(graph, weight, plan);
    const { block } = layout;
    const stored = storedShape(wide.shape, layout);
    const [o, c, height, width] = stored;
    const pads = [0, 0, 0, 0, o - wide.shape[0], c - wide.shape[1], 0, 0];
    const whole = pads.some((count) => count > 0)
      ? graph.node('Pad', [wide, graph.integers(pads), graph.scalar(0)], stored)
      : wide;
    const [inner, taps] = [layout.kind === 'filter' ? block : 1, height * width];
    const split = memoryAs(graph, whole, [o / block, block, c / inner, inner, taps]);
    const shape = [o / block, c / inner, taps, inner, block];
    const sorted = graph.node('Transpose', [split], shape, { perm: [0, 2, 4, 3, 1] });
    return graph.node('Reshape', [sorted, graph.integers(stored)], wide.shape, {}, { layout });
  });
}

/** A gradient, in the memory order of a weight's stored filter, as that weight is given: stored, or plain. */
export function filterGradient(graph: Graph, weight: Value, memory: Value, plan: FilterPlan): Value {
  const { layout, merged } = plan;
  const { block } = layout;
  const [filters, own, ...kernel] = weight.shape;
  const shape = [filters, own * merged, ...kernel];
  const stored = storedShape(shape, layout);
  if (weight.layout) {
    const found = graph.node('Reshape', [memory, graph.integers(stored)], shape, {}, { layout });
    graph.derive('memory', found, () => memory);
    return found;
  }
  const [o, c, height, width] = stored;
  const [inner, taps] = [layout.kind === 'filter' ? block : 1, height * width];
  const split = memoryAs(graph, memory, [o / block, c / inner, taps, inner, block]);
  const sorted = graph.node('Transpose', [split], [o / block, block, c / inner, inner, taps], {
    perm: [0, 4, 1, 3, 2],
  });
  const bounds = [[0, 0], shape.slice(0, 2), [0, 1]].map((v) => graph.integers(v));
  const whole = graph.node('Slice', [memoryAs(graph, sorted, stored), ...bounds], shape);
  return merged === 1 ? whole : splitGroups(graph, whole, weight, plan);
}

/**
 * A stored gradient before it got its shape: for an output, whose numbers are taken as they lie. The runtime would copy them for
 * another shape's sake, all of a network's weights at every step.
 */
export const gradientMemory = (graph: Graph, gradient: Value): Value =>
  gradient.layout ? graph.derive('memory', gradient, () => gradient) : gradient;

/** [O, c, k, l] to [O, merged * c, k, l]: each filter at the place of its group among the merged ones, zeros beside it. */
function mergeGroups(graph: Graph, weight: Value, plan: FilterPlan): Value {
  const [o, c, k, l] = weight.shape;
  const rows = memoryAs(graph, weight, [o, 1, c * k * l]);
  const placed = graph.node('Mul', [rows, placesInGroups(graph, weight, plan)], [o, plan.merged, c * k * l]);
  return memoryAs(graph, placed, [o, plan.merged * c, k, l]);
}

/** The reverse: what stands at the place of each filter's group. */
function splitGroups(graph: Graph, wide: Value, weight: Value, plan: FilterPlan): Value {
  const [o, c, k, l] = weight.shape;
  const shape = [o, plan.merged, c * k * l];
  const rows = memoryAs(graph, wide, shape);
  const chosen = graph.node('Mul', [rows, placesInGroups(graph, weight, plan)], shape);
  const found = graph.node('ReduceSum', [chosen, graph.integers([1])], [o, c * k * l], { keepdims: 0 });
  return memoryAs(graph, found, weight.shape);
}

/** [O, merged, 1]: 1 at the place of a filter's group among those that are merged, else 0. */
function placesInGroups(graph: Graph, weight: Value, { merged, own }: FilterPlan): Value {
  return graph.derive('places in groups', weight, () => {
    const [o] = weight.shape;
    const places = new Float32Array(o * merged);
    for (let i = 0; i < o; i++) places[i * merged + (Math.floor(i / own) % merged)] = 1;
    return graph.initializer(places, [o, merged, 1]);
  });
}
