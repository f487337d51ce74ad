import { requireLength } from '../../checks.js';
import { elementCount, type Graph, type Layout, type Shape, type Value } from '../graph.js';
import { blockOf, memoryAs, roundUp, storedShape } from './layout.js';

/**
 * How a convolution's weight [O, C, k, k] is stored: in blocks of both axes, or of the first only where there is no block of input
 * channels (a depthwise convolution, or fewer channels than a block: images).
 */
export function filterLayout(shape: Shape, block: number, depthwise: boolean): Layout {
  return { kind: depthwise || shape[1] < block ? 'outputs' : 'filter', block };
}

/** @returns for each weight in order of the shape, its place in memory */
function* places(shape: Shape, { kind, block }: Layout): Generator<number> {
  const [o, c, height, width] = shape;
  const k = height * width;
  const inputBlocks = kind === 'filter' ? roundUp(c, block) / block : c;
  const inner = kind === 'filter' ? block : 1;
  for (let i = 0; i < o; i++) {
    for (let j = 0; j < c; j++) {
      const row = (Math.floor(i / block) * inputBlocks + Math.floor(j / inner)) * k;
      for (let t = 0; t < k; t++) yield ((row + t) * inner + (j % inner)) * block + (i % block);
    }
  }
}

/** Weights as a graph with this layout stores them. */
export function storeFilter(weight: Float32Array, shape: Shape, layout: Layout): Float32Array {
  requireLength('weight', weight, elementCount(shape), 'as its shape has');
  const stored = new Float32Array(elementCount(storedShape(shape, layout)));
  let i = 0;
  for (const place of places(shape, layout)) stored[place] = weight[i++];
  return stored;
}

/** The reverse of `storeFilter`. */
export function readFilter(stored: Float32Array, shape: Shape, layout: Layout): Float32Array {
  requireLength('stored weight', stored, elementCount(storedShape(shape, layout)), 'as its layout has');
  const weight = new Float32Array(elementCount(shape));
  let i = 0;
  for (const place of places(shape, layout)) weight[i++] = stored[place];
  return weight;
}

/** A weight in its layout: as it is where it is stored so, else rearranged within the graph. */
export function toFilter(graph: Graph, weight: Value, depthwise: boolean): Value {
  if (weight.layout) return weight;
  return graph.derive('filter', weight, () => {
    const block = blockOf(graph);
    const layout = filterLayout(weight.shape, block, depthwise);
    const stored = storedShape(weight.shape, layout);
    const [o, c, k] = stored;
    const pads = graph.integers([0, 0, 0, 0, o - weight.shape[0], c - weight.shape[1], 0, 0]);
    const whole = graph.node('Pad', [weight, pads, graph.scalar(0)], stored);
    const inner = layout.kind === 'filter' ? block : 1;
    const split = memoryAs(graph, whole, [o / block, block, c / inner, inner, k * k]);
    const shape = [o / block, c / inner, k * k, inner, block];
    const sorted = graph.node('Transpose', [split], shape, { perm: [0, 2, 4, 3, 1] });
    return graph.node('Reshape', [sorted, graph.integers(stored)], weight.shape, {}, { layout });
  });
}

/** A gradient, in the memory order of a weight's stored filter, as that weight is given: stored, or plain. */
export function filterGradient(graph: Graph, weight: Value, memory: Value, depthwise: boolean): Value {
  const { shape } = weight;
  const block = blockOf(graph);
  const layout = filterLayout(shape, block, depthwise);
  const stored = storedShape(shape, layout);
  if (weight.layout) return graph.node('Reshape', [memory, graph.integers(stored)], shape, {}, { layout });
  const [o, c, k] = stored;
  const inner = layout.kind === 'filter' ? block : 1;
  const split = memoryAs(graph, memory, [o / block, c / inner, k * k, inner, block]);
  const sorted = graph.node('Transpose', [split], [o / block, block, c / inner, inner, k * k], {
    perm: [0, 4, 1, 3, 2],
  });
  const bounds = [[0, 0], shape.slice(0, 2), [0, 1]].map((v) => graph.integers(v));
  return graph.node('Slice', [memoryAs(graph, sorted, stored), ...bounds], shape);
}
