import { type Graph, type Shape, toPlain, type Value } from '../graph.js';
import { cutChannels, fillChannels, scaleChannels, sumChannels, sumPlaneProducts, sumProducts } from './channelSums.js';
import { asChannels, blockedNode, memoryAs, storedShape, toBlocked, vectorOfOnes } from './layout.js';

/**
 * Blocked [N, C, H, W] and one number a plane, [N, C, 1, 1], or one a channel, [C, 1, 1] or [1, C, 1, 1]: how squeeze-and-excitation
 * and layer scale meet an image without leaving its layout.
 */
export type PlaneKind = 'plane' | 'channel';

/** Which of the two a value of this shape is to [N, C, H, W]; undefined where neither. */
export function planeKind(shape: Shape, [n, c]: Shape): PlaneKind | undefined {
  const [first, second, ...rest] = shape.length === 3 ? [1, ...shape] : shape;
  if (rest.length !== 2 || rest.some((side) => side !== 1) || second !== c) return undefined;
  if (first === 1) return 'channel';
  return first === n && shape.length === 4 ? 'plane' : undefined;
}

/** One number a channel as [C filled up]. */
function channelVector(graph: Graph, values: Value, c: number): Value {
  return fillChannels(
    graph,
    graph.derive('vector', toPlain(graph, values), () => memoryAs(graph, toPlain(graph, values), [c])),
  );
}

/** The planes of a blocked value as channels of one image, and one number for each. */
function asOneImage(graph: Graph, x: Value, values: Value): [image: Value, perChannel: Value] {
  const [n, c, h, w] = storedShape(x.shape, x.layout);
  return [memoryAs(graph, x, [1, n * c, h, w]), memoryAs(graph, toBlocked(graph, values), [n * c])];
}

/** Blocked x times one number a plane or a channel, in one pass. */
export function multiplyPlanes(graph: Graph, x: Value, values: Value): Value {
  if (planeKind(values.shape, x.shape) === 'channel')
    return scaleChannels(graph, x, channelVector(graph, values, x.shape[1]));
  return asChannels(graph, scaleChannels(graph, ...asOneImage(graph, x, values)), x.shape);
}

/** Blocked x plus one number a plane or a channel, in one pass. */
export function addPlanes(graph: Graph, x: Value, values: Value): Value {
  const perChannel = planeKind(values.shape, x.shape) === 'channel';
  const [image, shift] = perChannel ? [x, channelVector(graph, values, x.shape[1])] : asOneImage(graph, x, values);
  const sum = scaleChannels(graph, image, vectorOfOnes(graph, shift.shape[0]), { shift });
  return perChannel ? sum : asChannels(graph, sum, x.shape);
}

/** Means over the positions of each plane: blocked [N, C, 1, 1]. */
export function planeMeans(graph: Graph, x: Value): Value {
  const [n, c] = x.shape;
  return blockedNode(graph, 'GlobalAveragePool', [x], [n, c, 1, 1]);
}

/** One number a plane, [N, C, 1, 1], at each position of a blocked value [N, C, H, W]. */
export function spreadPlanes(graph: Graph, values: Value, shape: Shape): Value {
  const blocked = toBlocked(graph, values);
  const [n, c] = storedShape(blocked.shape, blocked.layout);
  const block = blocked.layout?.block ?? 1;
  const blocks = (n * c) / block;
  const corner = memoryAs(graph, blocked, [blocks, 1, block]);
  const spread = [blocks, shape[2] * shape[3], block];
  return asChannels(graph, graph.node('Expand', [corner, graph.integers(spread)], spread), shape);
}

/** Sum of a blocked value over what was spread from `shape`; undefined where that is neither planes, channels nor one number. */
export function sumPlanesTo(graph: Graph, x: Value, shape: Shape): Value | undefined {
  const [, c, h, w] = x.shape;
  const kind = planeKind(shape, x.shape);
  if (kind === 'channel') return memoryAs(graph, cutChannels(graph, sumChannels(graph, x), c), shape);
  if (kind === 'plane') {
    const means = planeMeans(graph, x);
    return graph.node('Mul', [means, graph.scalar(h * w)], shape, {}, { layout: means.layout });
  }
  if (shape.some((side) => side !== 1)) return undefined;
  const sum = graph.node('ReduceSum', [sumChannels(graph, x), graph.integers([0])], [1], { keepdims: 1 });
  return memoryAs(graph, sum, shape);
}

/** Sum of a times b, both blocked and of one shape, for each plane or channel: the gradient of what `multiplyPlanes` multiplied by. */
export function sumProductsTo(graph: Graph, a: Value, b: Value, shape: Shape): Value {
  if (planeKind(shape, a.shape) === 'plane') return asChannels(graph, sumPlaneProducts(graph, a, b), shape);
  return memoryAs(graph, cutChannels(graph, sumProducts(graph, a, b), a.shape[1]), shape);
}
