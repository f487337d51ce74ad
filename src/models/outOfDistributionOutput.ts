import type { Graph, Value } from '../graph/index.js';

/** What tells how far an image's features lie from those of the images that a network was trained on. */
export interface FeatureStatistics {
  /** Numbers an image that the network's head takes, D. */
  readonly features: number;
  /** Numbers an image after whitening, W; at most D. */
  readonly width: number;
  /** [D], mean of the features. */
  readonly centre: Float32Array;
  /** [D, W]: within a class, centred features times this have the identity as their covariance. */
  readonly whitening: Float32Array;
  /** [K, W], centres of the classes after whitening. */
  readonly means: Float32Array;
}

/**
 * Adds the squared Mahalanobis distance of features to the nearest class to a graph: features [N, D] to [N]. Differences are taken before
 * they are squared, since float32 has few digits to lose.
 */
export function appendOutOfDistribution(graph: Graph, features: Value, statistics: FeatureStatistics): Value {
  const [count, columns] = features.shape;
  const { width, means } = statistics;
  const classes = means.length / width;
  const centred = graph.node('Sub', [features, graph.initializer(statistics.centre, [1, columns])], features.shape);
  const whitened = graph.node(
    'MatMul',
    [centred, graph.initializer(statistics.whitening, [columns, width])],
    [count, width],
  );
  const rows = graph.node('Unsqueeze', [whitened, graph.integers([1])], [count, 1, width]);
  const differences = graph.node('Sub', [rows, graph.initializer(means, [1, classes, width])], [count, classes, width]);
  const distances = graph.node('ReduceSumSquare', [differences], [count, classes], { axes: [2], keepdims: 0 });
  return graph.node('ReduceMin', [distances], [count], { axes: [1], keepdims: 0 });
}
