import { describe, expect, it } from 'vitest';
import { add, conv, Graph, globalAveragePool, linear, toOnnx } from '../../../src/graph/index.js';
import { foreignModel } from '../../../src/models/foreign/foreignModel.js';
import { initialWeights } from '../../../src/models/index.js';
import { readNetwork } from '../../../src/onnx/index.js';
import { Random } from '../../../src/random.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { Trainer } from '../../../src/training/trainer.js';
import { buildTrainingGraph } from '../../../src/training/trainingGraph.js';

const [imageSize, batchSize, classCount] = [16, 3, 4];

/** Whole, depthwise, grouped and shared filters, as a file's network. */
function model() {
  const graph = new Graph();
  const random = new Random(0, 'filters');
  const weight = (name: string, shape: readonly number[]) =>
    graph.initializer(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal() / 8),
      shape,
      name,
    );
  const images = graph.input('images', [batchSize, 3, imageSize, imageSize]);
  const layer = (x: typeof images, name: string, shape: readonly number[], groups = 1) =>
    graph.apply(conv, [x, weight(`${name}.weight`, shape), weight(`${name}.bias`, [shape[0]])], {
      stride: 1,
      padding: (shape[2] - 1) / 2,
      groups,
      activation: 'relu',
    });
  let x = layer(images, 'stem', [32, 3, 3, 3]);
  x = layer(x, 'whole', [32, 32, 3, 3]);
  x = layer(x, 'depthwise', [32, 1, 3, 3], 32);
  x = layer(x, 'grouped', [32, 16, 1, 1], 2);
  const shared = weight('shared.weight', [32, 32, 1, 1]);
  const window = { stride: 1, padding: 0 };
  x = graph.apply(conv, [graph.apply(conv, [x, shared], window), shared], window);
  x = graph.apply(add, [x, x], {});
  const pooled = graph.apply(globalAveragePool, [x], {});
  graph.output('logits', graph.apply(linear, [pooled, weight('head.weight', [6, 32]), weight('head.bias', [6])], {}));
  const network = readNetwork(toOnnx(graph), { name: 'filters.onnx' });
  const input = { name: 'images', layout: 'nchw', side: imageSize } as const;
  return foreignModel(network, { id: 'filters', input, imageSize, output: 'logits', head: 'new' });
}

describe("filters of a file's network", () => {
  const options = { model: model(), classCount, imageSize, batchSize };

  it('lie in blocks where convolutions alone take them, each once', () => {
    const { network } = buildTrainingGraph(options, 'cpu', undefined, 16);
    const layouts = Object.fromEntries(network.parameters.map(({ name, layout }) => [name, layout?.kind]));
    expect(layouts).toEqual({
      'stem.weight': 'outputs',
      'stem.bias': undefined,
      'whole.weight': 'filter',
      'whole.bias': undefined,
      'depthwise.weight': 'outputs',
      'depthwise.bias': undefined,
      'grouped.weight': 'filter',
      'grouped.bias': undefined,
      'shared.weight': undefined,
      'head.weight': undefined,
      'head.bias': undefined,
    });
    const plain = buildTrainingGraph(options, 'cpu').network;
    expect(plain.parameters.every(({ layout }) => layout === undefined)).toBe(true);
  });

  it('are trained as they are row by row', async () => {
    const weights = initialWeights({ model: options.model, classCount, imageSize }, 0);
    const random = new Random(1, 'images');
    const images = Float32Array.from({ length: batchSize * 3 * imageSize ** 2 }, () => random.normal());
    const losses = async (runtime: typeof nodeRuntime) => {
      const trainer = await Trainer.open(
        runtime,
        {
          ...options,
          optimizer: { kind: 'sgd', weightDecay: 0 },
          classWeights: [1, 1, 1, 1],
          labelSmoothing: 0,
          weightAveraging: 0,
        },
        weights,
      );
      const found: number[] = [];
      for (let i = 0; i < 5; i++) found.push((await trainer.step(images, Int32Array.of(0, 1, 2), 0.2)).loss);
      await trainer.close();
      return found;
    };
    const plain = await losses({ ...nodeRuntime, open: nodeRuntime.open, channelBlock: async () => undefined });
    const own = await losses(nodeRuntime);
    expect(plain[4]).toBeLessThan(plain[0] - 0.01);
    plain.forEach((loss, i) => {
      expect(Math.abs(own[i] - loss)).toBeLessThan(1e-4 * loss);
    });
  });
});
