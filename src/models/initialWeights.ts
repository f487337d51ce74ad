import { Graph, type Shape } from '../graph/index.js';
import { Network, type Weights } from '../nn/index.js';
import { Random } from '../random.js';
import type { ModelDefinition } from './model.js';

export interface NetworkSize {
  readonly model: ModelDefinition;
  readonly classCount: number;
  readonly imageSize: number;
}

/** Builds the network for its record only: layers, parameters, shapes. */
export function describeNetwork({ model, classCount, imageSize }: NetworkSize, batchSize = 1): Network {
  const graph = new Graph();
  const network = new Network(graph);
  model.build(network, graph.input('images', [batchSize, 3, imageSize, imageSize]), classCount);
  return network;
}

/** Random weights before training; the same for the same seed. */
export function initialWeights(size: NetworkSize, seed: number): Weights {
  const weights = new Map<string, { data: Float32Array; shape: Shape }>();
  for (const { name, shape, initialise } of describeNetwork(size).parameters) {
    weights.set(name, { data: initialise(new Random(seed, 'initial-weights', name)), shape });
  }
  return weights;
}
