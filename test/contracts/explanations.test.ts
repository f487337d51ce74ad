import {
  classActivationMap,
  coarsenHeatMap,
  combineHeatMaps,
  enlargeHeatMap,
  openGradCam,
  scaleHeatMap,
} from '../../src/explain/index.js';
import { Graph, toOnnx } from '../../src/graph/index.js';
import { initialWeights, lenet } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { notLabels, notWhole, testContracts } from './contract.js';

const heat = { width: 2, height: 2, values: Float32Array.of(0, 1, 0.5, 0.2) };
const map = { ...heat, peak: 1, empty: false };

testContracts('explanations', [
  {
    call: classActivationMap,
    good: () => [
      {
        activations: new Float32Array(8),
        gradients: new Float32Array(8),
        channels: 2,
        height: 2,
        width: 2,
        method: 'hirescam',
      },
    ],
    bad: [
      ['0.activations', [new Float32Array(7)]],
      ['0.gradients', [new Float32Array(9)]],
      ['0.channels', [3, ...notWhole(1)]],
      ['0.method', ['lime']],
    ],
  },
  {
    call: scaleHeatMap,
    good: () => [[1, 2], 2, 1],
    bad: [
      ['0', [[1]]],
      ['1', notWhole(1)],
    ],
  },
  {
    call: enlargeHeatMap,
    good: () => [heat, 4, 4],
    bad: [
      ['0.values', [new Float32Array(3)]],
      ['1', notWhole(1)],
    ],
  },
  {
    call: coarsenHeatMap,
    good: () => [heat, 1],
    bad: [
      ['0.values', [new Float32Array(3)]],
      ['1', notWhole(1)],
    ],
  },
  {
    call: combineHeatMaps,
    good: () => [
      [map, map],
      [0.5, 0.5],
    ],
    bad: [
      ['0', [[]]],
      ['1', [[1], [1, Number.NaN], [1, -1]]],
    ],
  },
  {
    name: 'GradCam.explain',
    call: async (images: Float32Array, classes: number[], layer: string, batchSize: number) => {
      const size = { model: lenet, classCount: 3, imageSize: 16 };
      const opened = await openGradCam(nodeRuntime, { ...size, weights: initialWeights(size, 0), layer, batchSize });
      return opened.explain(images, classes).finally(() => opened.close());
    },
    good: () => [new Float32Array(2 * 768).fill(0.5), [0, 1], 'conv1', 1],
    bad: [
      ['0', [new Float32Array(768)]],
      ['1', [[0], ...notLabels(3)]],
      ['3', notWhole(1)],
    ],
  },
  {
    name: 'Session.run',
    call: async (data: Float32Array) => {
      const graph = new Graph();
      graph.output('y', graph.node('Relu', [graph.input('x', [2, 2])], [2, 2]));
      const session = await nodeRuntime.open(toOnnx(graph));
      return session.run({ x: { data, shape: [2, 2] } }).finally(() => session.close());
    },
    good: () => [new Float32Array(4)],
    bad: [['0', [new Float32Array(3), new Float32Array(5)]]],
  },
]);
