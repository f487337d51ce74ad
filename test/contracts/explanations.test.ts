import {
  averageFaithfulness,
  baselineImage,
  checkRandomisation,
  classActivationMap,
  coarsenHeatMap,
  combineHeatMaps,
  enlargeHeatMap,
  explainNetwork,
  mapLayout,
  measureFaithfulness,
  occludeImages,
  openGradCam,
  randomiseWeights,
  rankCorrelation,
  scaleHeatMap,
  summariseFaithfulness,
} from '../../src/explain/index.js';
import { Graph, toOnnx } from '../../src/graph/index.js';
import { initialWeights, lenet } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { cornerClassifier } from '../explain/cornerClassifier.js';
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
    call: mapLayout,
    good: () => [[1, 17, 8], { height: 32, width: 32 }, { leadingTokens: 1, channels: 'first' }],
    bad: [
      ['0', [[1, 17], [1, 15, 8], [1, 2, 3, 4, 5], []]],
      ['2.leadingTokens', [2, -1, 0.5, Number.NaN]],
      ['2.channels', ['middle']],
    ],
  },
  {
    call: baselineImage,
    good: () => [new Float32Array(48), 4, { baseline: 'black', normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } }],
    bad: [
      ['0', [new Float32Array(47)]],
      ['1', notWhole(1)],
      ['2.baseline', ['white']],
      ['2.normalisation', [undefined]],
      ['2.normalisation.mean', [[0], [0, Number.NaN, 0]]],
      [
        '2.normalisation.std',
        [
          [1, 1],
          [1, 0, 1],
          [1, Number.NaN, 1],
        ],
      ],
    ],
  },
  {
    call: occludeImages,
    good: () => [cornerClassifier(8, 2), new Float32Array(384).fill(0.5), [0, 1], { imageSize: 8, cells: 4, patch: 2 }],
    bad: [
      ['1', [new Float32Array(383)]],
      ['2', [[0], ...notLabels(2)]],
      ['3.imageSize', notWhole(1)],
      ['3.cells', [...notWhole(1), 9]],
      ['3.patch', [...notWhole(1), 5]],
      ['3.baseline', ['white']],
    ],
  },
  {
    call: measureFaithfulness,
    good: () => [
      cornerClassifier(8, 2),
      new Float32Array(384).fill(0.5),
      [0, 1],
      [map, map],
      { imageSize: 8, steps: 2, seed: 1, deletedTo: 'mean', insertedInto: 'blurred' },
    ],
    bad: [
      ['1', [new Float32Array(383)]],
      ['2', [[0], ...notLabels(2)]],
      ['3', [[map], []]],
      ['4.imageSize', notWhole(1)],
      ['4.steps', notWhole(1)],
      ['4.seed', [0.5, Number.NaN]],
      ['4.deletedTo', ['white']],
      ['4.insertedInto', ['white']],
    ],
  },
  {
    call: averageFaithfulness,
    good: () => [
      [[null], [null]],
      [0.5, 0.5],
    ],
    bad: [
      ['0', [[], [[null], []]]],
      ['1', [[1], [0.5, 0.6], [2, -1]]],
    ],
  },
  {
    call: summariseFaithfulness,
    good: () => [[null, null], ['a', 'b'], { resamples: 5 }],
    bad: [['1', [['a'], []]]],
  },
  {
    call: rankCorrelation,
    good: () => [
      [1, 2],
      [2, 1],
    ],
    bad: [
      ['0', [[1, Number.NaN]]],
      ['1', [[1], [1, Number.POSITIVE_INFINITY]]],
    ],
  },
  {
    call: randomiseWeights,
    good: () => [
      { model: lenet, weights: initialWeights({ model: lenet, classCount: 2, imageSize: 16 }, 0) },
      { share: 0.5, seed: 1 },
    ],
    bad: [
      ['1.share', [0, 1.1, Number.NaN]],
      ['1.seed', [0.5, Number.NaN]],
    ],
  },
  {
    call: checkRandomisation,
    good: () => [[map], async () => [map], { lesionIds: ['a'], levels: 1, resamples: 5 }],
    bad: [
      ['2.lesionIds', [[], ['a', 'b']]],
      ['2.levels', notWhole(1)],
      ['2.resamples', notWhole(1)],
    ],
  },
  {
    call: async (images: Float32Array, classes: number[], options: object) => {
      const size = { model: lenet, classCount: 3, imageSize: 16 };
      const weights = initialWeights(size, 0);
      const explained = { ...size, weights, method: 'integrated-gradients', ...options } as const;
      return explainNetwork(nodeRuntime, explained, images, classes);
    },
    name: 'explainNetwork',
    good: () => [new Float32Array(2 * 768).fill(0.5), [0, 1], { steps: 2, batchSize: 3, baseline: 'mean' }],
    bad: [
      ['0', [new Float32Array(768)]],
      ['1', [[0], ...notLabels(3)]],
      ['2.steps', notWhole(1)],
      ['2.batchSize', notWhole(1)],
      ['2.baseline', ['white']],
      ['2.method', ['lime']],
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
