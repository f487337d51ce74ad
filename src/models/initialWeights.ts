import { requireLength } from '../checks.js';
import { elementCount, Graph, type Shape } from '../graph/index.js';
import { Network, type Weights } from '../nn/index.js';
import { Random } from '../random.js';
import type { ModelDefinition } from './model.js';

/** An architecture with its number of classes and the side of its square input in pixels: what decides all shapes. */
export interface NetworkSize {
  readonly model: ModelDefinition;
  readonly classCount: number;
  readonly imageSize: number;
}

/** Builds the network for its record only: layers, parameters, shapes. Two images, since batch norm wants more than one value. */
export function describeNetwork({ model, classCount, imageSize }: NetworkSize, batchSize = 2): Network {
  const graph = new Graph();
  const network = new Network(graph);
  model.build(network, graph.input('images', [batchSize, 3, imageSize, imageSize]), classCount);
  return network;
}

/** Random weights before training, buffers included; the same for the same seed. */
export function initialWeights(size: NetworkSize, seed: number): Weights {
  const weights = new Map<string, { data: Float32Array; shape: Shape }>();
  for (const tensor of describeNetwork(size).tensors) {
    const { name, shape } = tensor;
    const data =
      'initialise' in tensor
        ? tensor.initialise(new Random(seed, 'initial-weights', name))
        : new Float32Array(elementCount(shape)).fill(tensor.initial);
    requireLength(`Initial values of "${name}"`, data, elementCount(shape), `as shape [${shape.join(', ')}] has`);
    weights.set(name, { data, shape });
  }
  return weights;
}
