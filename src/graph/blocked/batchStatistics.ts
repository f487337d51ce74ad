import { usageError } from '../../errors.js';
import type { Graph, Value } from '../graph.js';
import {
  type AffineOptions,
  cutChannels,
  fillChannels,
  scaleChannels,
  sumChannels,
  sumProducts,
} from './channelSums.js';

/**
 * Normalises blocked x [N, C, H, W] by its own statistics, and ends as `scaleChannels` does. Saves `mean` and `variance` (population) [C], and
 * what `batchGradient` wants. Sums of squares lose digits where a channel's mean is much larger than its spread.
 * @param scale [C] @param bias [C]
 */
export function normaliseByBatch(
  graph: Graph,
  x: Value,
  [scale, bias]: readonly [Value, Value],
  epsilon: number,
  ending: Pick<AffineOptions, 'sum' | 'activation'>,
  saved: Record<string, Value>,
): Value {
  const filled = (vector: Value) => fillChannels(graph, vector);
  const channels = filled(scale).shape;
  const share = graph.scalar(1 / valuesPerChannel(x));
  const mean = graph.node('Mul', [sumChannels(graph, x), share], channels);
  const squares = graph.node('Mul', [sumProducts(graph, x, x), share], channels);
  const square = graph.node('Mul', [mean, mean], channels);
  const variance = graph.node('Relu', [graph.node('Sub', [squares, square], channels)], channels);
  saved.filledMean = mean;
  saved.mean = cutChannels(graph, mean, scale.shape[0]);
  saved.variance = cutChannels(graph, variance, scale.shape[0]);
  saved.spread = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)], channels)], channels);
  saved.factor = graph.node('Div', [filled(scale), saved.spread], channels);
  const offset = graph.node('Mul', [mean, saved.factor], channels);
  const shift = graph.node('Sub', [filled(bias), offset], channels);
  return scaleChannels(graph, x, saved.factor, { ...ending, shift });
}

/**
 * With M values a channel and dy the gradient before the activation: dBias = sum dy; moment = sum dy (x - mean);
 * dScale = moment / spread; dx = factor (dy + b x + d), b = -moment / (M spread^2), d = -dBias / M - b mean.
 * @param gradient blocked, before the activation
 * @returns dScale and dBias [C filled up], and dx / factor
 */
export function batchGradient(
  graph: Graph,
  gradient: Value,
  x: Value,
  { filledMean, spread }: Readonly<Record<string, Value>>,
): { readonly scale: Value; readonly bias: Value; readonly centred: Value } {
  const binary = (operator: string, a: Value, b: Value) => graph.node(operator, [a, b], spread.shape);
  const bias = sumChannels(graph, gradient);
  const products = sumProducts(graph, gradient, x);
  const moment = binary('Sub', products, binary('Mul', filledMean, bias));
  const scale = binary('Div', moment, spread);
  const share = graph.scalar(-1 / valuesPerChannel(x));
  const slope = binary('Mul', binary('Div', scale, spread), share);
  const constant = binary('Sub', binary('Mul', bias, share), binary('Mul', slope, filledMean));
  return { scale, bias, centred: scaleChannels(graph, x, slope, { shift: constant, sum: gradient }) };
}

const valuesPerChannel = ({ shape: [n, , h, w] }: Value) => n * h * w;

/** @throws LesionlabError kind `usage` where there is one value a channel, which no statistics can be made of */
export function requireValues({ shape }: Pick<Value, 'shape'>): void {
  if (shape[0] * shape[2] * shape[3] >= 2) return;
  throw usageError('batch-norm-single', `Batch norm: expected more than one value a channel, found one in [${shape}]`, {
    hint: 'Train with a larger batch or larger images.',
  });
}
