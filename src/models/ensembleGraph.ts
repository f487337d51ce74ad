import { requireNumbers, requireShares, requireSome } from '../checks.js';
import { enlargingMatrix, type TestTimeAugmentation, type View, viewSets } from '../data/augmentation/views.js';
import { Graph, type Shape, type Value } from '../graph/index.js';
import { Network, type Weights } from '../nn/index.js';
import type { Device } from '../runtime/index.js';
import { softmax } from './evaluationGraph.js';
import type { ModelDefinition } from './model.js';
import { appendOutOfDistribution, type FeatureStatistics } from './outOfDistributionOutput.js';

/** Mean and standard deviation by channel, RGB, of values in [0, 1]. */
export interface ChannelNormalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** A network of an ensemble. */
export interface EnsembleGraphMember {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  /** What its probabilities are multiplied by; weights sum to 1. */
  readonly weight: number;
  /** What it was trained with. */
  readonly normalisation: ChannelNormalisation;
  /** Views of an image whose probabilities are averaged in the graph. */
  readonly views: TestTimeAugmentation;
  /** Of its features, where the graph is to have the output `out_of_distribution`. One member's at most. */
  readonly outOfDistribution?: FeatureStatistics | null;
}

export interface EnsembleGraphOptions {
  readonly members: readonly EnsembleGraphMember[];
  readonly classCount: number;
  /** Of all members. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** Of the graph's input. */
  readonly normalisation: ChannelNormalisation;
  /** Where the graph will run: see `GraphOptions`. Default `cpu`. */
  readonly target?: Device;
}

/**
 * Several networks in one graph: input `images` [N, 3, S, S], outputs `probabilities` [N, K], the weighted mean of the members' softmax outputs, and
 * `logits` [N, K], their logarithms, whose softmax they are. Constants of the first member are named `member1.<parameter>`, and so on.
 * @throws LesionlabError kind `usage` where there are no members, or their weights don't sum to 1
 */
export function buildEnsembleGraph(options: EnsembleGraphOptions): Graph {
  const { members, classCount, imageSize, batchSize, normalisation } = options;
  requireSome('members', members, 'network');
  requireShares(
    'weights of the members',
    members.map(({ weight }) => weight),
    members.length,
  );
  for (const { std } of [normalisation, ...members.map((member) => member.normalisation)])
    requireNumbers('std', std, { above: 0 });
  const graph = new Graph({ target: options.target });
  const images = graph.input('images', [batchSize, 3, imageSize, imageSize]);
  let sum: Value | undefined;
  for (const [m, member] of members.entries()) {
    const part = graph.within(`member${m + 1}.`, () =>
      appendMember(graph, member, renormalise(graph, images, normalisation, member.normalisation), classCount),
    );
    const weighted = graph.node('Mul', [part, graph.scalar(member.weight)], part.shape);
    sum = sum ? graph.node('Add', [sum, weighted], part.shape) : weighted;
  }
  const probabilities = sum!;
  // A probability of 0 has no logarithm; this is too small to change any other.
  const positive = graph.node('Add', [probabilities, graph.scalar(1e-37)], probabilities.shape);
  graph.output('logits', graph.node('Log', [positive], probabilities.shape));
  graph.output('probabilities', probabilities);
  return graph;
}

/** One member's probabilities [N, K], of its views' mean. */
function appendMember(graph: Graph, member: EnsembleGraphMember, images: Value, classCount: number): Value {
  const { model, weights, outOfDistribution } = member;
  const network = new Network(graph, { weights });
  const views = viewsOf(graph, images, member.views);
  const count = views.length;
  const batch = count === 1 ? images : stack(graph, views);
  const features = model.buildFeatures(network, batch);
  const probabilities = softmax(graph, model.buildHead(network, features, classCount));
  if (outOfDistribution) {
    const scores = appendOutOfDistribution(graph, features, outOfDistribution);
    graph.output('out_of_distribution', count === 1 ? scores : firstView(graph, scores, count));
  }
  if (count === 1) return probabilities;
  const grouped = byView(graph, probabilities, count);
  return graph.node('ReduceMean', [grouped], grouped.shape.slice(1), { axes: [0], keepdims: 0 });
}

/** Images normalised one way as if they had been normalised another way: a factor and a shift for each channel. */
function renormalise(graph: Graph, images: Value, from: ChannelNormalisation, to: ChannelNormalisation): Value {
  const same = [0, 1, 2].every((c) => from.mean[c] === to.mean[c] && from.std[c] === to.std[c]);
  if (same) return images;
  const perChannel = (value: (channel: number) => number) =>
    graph.initializer(Float32Array.from([0, 1, 2], value), [1, 3, 1, 1]);
  const scaled = graph.node('Mul', [images, perChannel((c) => from.std[c] / to.std[c])], images.shape);
  return graph.node('Add', [scaled, perChannel((c) => (from.mean[c] - to.mean[c]) / to.std[c])], images.shape);
}

/** The same views as test-time augmentation has elsewhere, in the same order; what several are made of is made once. */
function viewsOf(graph: Graph, images: Value, views: TestTimeAugmentation): Value[] {
  const known = new Map<string, Value>();
  const once = (key: string, make: () => Value): Value => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
  return viewSets[views].map(({ zoom, at, way }) => {
    const key = `${zoom} ${at}`;
    const part = zoom === 1 ? images : once(key, () => enlarge(graph, images, zoom, at));
    const side = way < 4 ? 'upright' : 'turned';
    const upright =
      way < 4 ? part : once(`${key} turned`, () => graph.node('Transpose', [part], part.shape, { perm: [0, 1, 3, 2] }));
    const mirrored = () => once(`${key} ${side} mirrored`, () => mirror(graph, upright, 3));
    const made = [() => upright, mirrored, () => mirror(graph, mirrored(), 2), () => mirror(graph, upright, 2)];
    return made[way % 4]();
  });
}

/** A part of square images, as large as the whole: along each axis a product with a matrix of constants. */
function enlarge(graph: Graph, images: Value, zoom: number, [x, y]: View['at']): Value {
  const size = images.shape[3];
  const columns = graph.initializer(enlargingMatrix(size, zoom, x), [size, size]);
  const across = graph.node('MatMul', [images, columns], images.shape);
  // From the left, rows of the result are asked for: the matrix the other way round.
  const matrix = enlargingMatrix(size, zoom, y);
  const rows = graph.initializer(
    matrix.map((_, i) => matrix[(i % size) * size + Math.floor(i / size)]),
    [size, size],
  );
  return graph.node('MatMul', [rows, across], images.shape);
}

/** Reverses one axis. */
const mirror = (graph: Graph, value: Value, axis: number): Value =>
  graph.node(
    'Slice',
    [value, graph.integers([-1]), graph.integers([-(2 ** 31)]), graph.integers([axis]), graph.integers([-1])],
    value.shape,
  );

const stack = (graph: Graph, views: readonly Value[]): Value =>
  graph.node('Concat', views, [views.length * views[0].shape[0], ...views[0].shape.slice(1)], { axis: 0 });

/** [V * N, ...] as [V, N, ...]; N may be any when the graph runs. */
function byView(graph: Graph, value: Value, count: number): Value {
  const [rows, ...rest] = value.shape;
  const shape: Shape = [count, rows / count, ...rest];
  return graph.node('Reshape', [value, graph.integers([count, -1, ...rest])], shape);
}

/** Of [V * N] the first N. */
function firstView(graph: Graph, scores: Value, count: number): Value {
  const grouped = byView(graph, scores, count);
  const first = graph.node('Slice', [grouped, ...[0, 1, 0].map((at) => graph.integers([at]))], [1, grouped.shape[1]]);
  return graph.node('Reshape', [first, graph.integers([-1])], [grouped.shape[1]]);
}
