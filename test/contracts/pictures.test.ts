import { augmentImage, drawAugmentation } from '../../src/data/augmentation/augmentation.js';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import { makeBatch, normaliseImage, planBatches, planEvaluationBatches } from '../../src/data/augmentation/batches.js';
import { classWeights, countClasses } from '../../src/data/classWeights.js';
import type { ImageRecord } from '../../src/data/dataset.js';
import { kFolds, splitDataset } from '../../src/data/groups/split.js';
import { foldRatios, splitByRule } from '../../src/data/groups/splitRule.js';
import { channelStatistics } from '../../src/data/preparation/normalisation.js';
import {
  classActivationMap,
  coarsenHeatMap,
  combineHeatMaps,
  enlargeHeatMap,
  openGradCam,
  scaleHeatMap,
} from '../../src/explain/index.js';
import { Graph, toOnnx } from '../../src/graph/index.js';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  affineMap,
  colorHeat,
  colormapTable,
  cropImage,
  drawMontage,
  enlargeField,
  fitToSquare,
  flipMap,
  identity,
  measureText,
  overlayHeat,
  perspectiveMap,
  resizeImage,
  warpSquare,
} from '../../src/image/index.js';
import { initialWeights, lenet } from '../../src/models/index.js';
import { Random } from '../../src/random.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { type Contract, notFrom, notLabels, notWhole, testContracts } from './contract.js';

const image = { width: 4, height: 3, channels: 3, data: new Uint8Array(36) };
const notRaster: Contract['bad'] = [
  ['0.width', [...notWhole(1), 5]],
  ['0.height', [...notWhole(1), 4]],
  ['0.channels', [2, 0, Number.NaN, null]],
  ['0.data', [new Uint8Array(35), null]],
];
const heat = { width: 2, height: 2, values: Float32Array.of(0, 1, 0.5, 0.2) };
const map = { ...heat, peak: 1, empty: false };
const planes = () => [new Float32Array(12), 0, 4, 0.1];
const corners = [0, 0, 3, 0, 3, 3, 0, 3];
const adjust = (call: Contract['call'], notAmount: readonly unknown[]): Contract => ({
  call,
  good: planes,
  bad: [
    ['1', [1, -1, 0.5, Number.NaN]],
    ['2', [5, ...notWhole(1)]],
    ['3', notAmount],
  ],
});

testContracts('pictures', [
  { call: resizeImage, good: () => [image, 2, 5], bad: [...notRaster, ['1', notWhole(1)], ['2', notWhole(1)]] },
  {
    call: cropImage,
    good: () => [image, 1, 1, 2, 2],
    bad: [
      ...notRaster,
      ['1', [3, ...notWhole(0)]],
      ['2', [2, ...notWhole(0)]],
      ['3', [4, ...notWhole(1)]],
      ['4', notWhole(1)],
    ],
  },
  { call: fitToSquare, good: () => [image, 2, 'crop'], bad: [...notRaster, ['1', notWhole(1)], ['2', ['pad', null]]] },
  {
    call: warpSquare,
    good: () => [new Uint8Array(48), 4, identity, 'reflect', new Float32Array(48), 0],
    bad: [
      ['0', [new Uint8Array(47)]],
      ['1', [5, ...notWhole(1)]],
      ['2', [[1, 0, 0]]],
      ['4', [new Float32Array(47)]],
      ['5', [1, -1, 0.5]],
    ],
  },
  adjust(adjustBrightness, notFrom(0)),
  adjust(adjustContrast, notFrom(0)),
  adjust(adjustSaturation, notFrom(0)),
  adjust(adjustHue, notFrom(-0.5, 0.5)),
  {
    call: flipMap,
    good: () => [4, 3, true, false],
    bad: [
      ['0', notWhole(1)],
      ['1', notWhole(1)],
    ],
  },
  {
    call: affineMap,
    good: () => [4, 3, 90, [1, 0], 1.5],
    bad: [
      ['0', notWhole(1)],
      ['2', [Number.NaN, null]],
      ['3', [[Number.NaN, 0]]],
      ['4', [0, -1, Number.NaN]],
    ],
  },
  {
    call: perspectiveMap,
    good: () => [corners, corners],
    bad: [
      ['0', [[0, 0], corners.map(() => Number.NaN)]],
      ['1', [[0, 0]]],
    ],
  },
  {
    call: enlargeField,
    good: () => [heat.values, 2, 2, 4, 4],
    bad: [
      ['0', [[1, 2, 3]]],
      ['1', [3, ...notWhole(1)]],
      ['4', notWhole(1)],
    ],
  },
  {
    call: overlayHeat,
    good: () => [image, heat, { opacity: 0.5 }],
    bad: [
      ...notRaster,
      ['0', [{ width: 2, height: 2, channels: 1, data: new Uint8Array(4) }]],
      ['1.values', [[1, 2, 3]]],
      ['1.width', notWhole(1)],
      ['2.opacity', notFrom(0, 1)],
      ['2.colormap', ['jet']],
    ],
  },
  {
    call: colorHeat,
    good: () => [heat, 4, 4],
    bad: [
      ['1', notWhole(1)],
      ['2', notWhole(1)],
    ],
  },
  { call: colormapTable, good: () => ['viridis'], bad: [['0', ['jet', 'toString', null]]] },
  {
    call: drawMontage,
    good: () => [[{ image }], { columns: 1, gap: 2, textScale: 1 }],
    bad: [
      [
        '0.0.image',
        [
          { ...image, channels: 1, data: new Uint8Array(12) },
          { ...image, width: 9 },
        ],
      ],
      ['1.columns', notWhole(1)],
      ['1.gap', notWhole(0)],
      ['1.textScale', notWhole(1)],
    ],
  },
  { call: measureText, good: () => ['text', 2], bad: [['1', notWhole(1)]] },
]);

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

const record = (i: number): ImageRecord => ({ imageId: `i${i}`, lesionId: `l${i}`, label: i % 2, age: null });
const records = Array.from({ length: 12 }, (_, i) => record(i));
const classes = ['a', 'b'].map((id) => ({ id, name: id }));
const settings = augmentationSettings.parse({ rotationDegrees: 30 });
const preprocessing = { imageSize: 4, mean: [0, 0, 0], std: [1, 1, 1] };
const prepared = { imageSize: 4, imageIds: ['i0', 'i1'], read() {} };
const source = { images: prepared, indices: [0, 1], labels: [0, 1], preprocessing, seed: 0 };
const plan = planEvaluationBatches({ count: 2, batchSize: 2 });
const drawn = {
  horizontalFlip: true,
  verticalFlip: false,
  rotation: 0,
  translate: [0, 0],
  scale: 1,
  corners: null,
  color: [],
};
const notSeed = [0.5, Number.NaN, Number.POSITIVE_INFINITY, '0', null];
const notRecords: Contract['bad'] = [
  ['0', [[]]],
  ['0.0.label', [2, -1, 0.5, Number.NaN]],
];

testContracts('data and chance', [
  {
    call: splitDataset,
    good: () => [records, classes, { seed: 0, ratios: [64, 16, 20] }],
    bad: [
      ...notRecords,
      ['2.seed', notSeed],
      [
        '2.ratios',
        [
          [1, 1],
          [1, 0, 1],
          [1, -1, 1],
          [1, Number.NaN, 1],
        ],
      ],
    ],
  },
  {
    call: kFolds,
    good: () => [records, classes, 3, { seed: 0 }],
    bad: [...notRecords, ['2', notWhole(2)], ['3.seed', notSeed]],
  },
  {
    call: splitByRule,
    good: () => [records, classes, { kind: 'fold', fold: 1, folds: 3 }, { seed: 0 }],
    bad: [
      ['2.fold', [3, ...notWhole(0)]],
      ['2.folds', [2, ...notWhole(3)]],
      ['2.kind', ['patients', null]],
    ],
  },
  { call: foldRatios, good: () => [5], bad: [['0', notWhole(3)]] },
  {
    call: classWeights,
    good: () => [[5, 0, 1], 'median-frequency'],
    bad: [
      ['0', [[], [0, 0], [1, -1], [1, 0.5], [1, Number.NaN]]],
      ['1', ['balanced', null]],
    ],
  },
  {
    call: countClasses,
    good: () => [records, 2],
    bad: [
      ['0.0.label', [2, -1, 0.5]],
      ['1', notWhole(1)],
    ],
  },
  {
    call: planBatches,
    good: () => [{ count: 5, batchSize: 2, seed: 0 }],
    bad: [
      ['0.count', notWhole(1)],
      ['0.batchSize', notWhole(1)],
      ['0.seed', notSeed],
    ],
  },
  {
    name: 'BatchPlan.batchRows',
    call: (step: number) => planBatches({ count: 5, batchSize: 2, seed: 0 }).batchRows(step),
    good: () => [7],
    bad: [['0', notWhole(0)]],
  },
  {
    call: planEvaluationBatches,
    good: () => [{ count: 5, batchSize: 2, epoch: 0 }],
    bad: [
      ['0.count', notWhole(0)],
      ['0.batchSize', notWhole(1)],
      ['0.epoch', notWhole(0)],
    ],
  },
  {
    call: makeBatch,
    good: () => [source, plan.batchRows(0), new Float32Array(96)],
    bad: [
      ['0.labels', [[0], [0, 0.5], [0, Number.NaN], [0, -1]]],
      ['0.preprocessing.imageSize', [5]],
      [
        '0.preprocessing.std',
        [
          [1, 0, 1],
          [1, Number.NaN, 1],
        ],
      ],
      [
        '0.augmentation',
        [
          { ...settings, rotationDegrees: Number.NaN },
          { ...settings, horizontalFlip: 2 },
        ],
      ],
      ['1.rows', [Int32Array.of(0, 2), Int32Array.of(-1, 0)]],
      ['1.padding', [3, -1]],
      ['2', [new Float32Array(95)]],
    ],
  },
  {
    call: normaliseImage,
    good: () => [new Uint8Array(48), preprocessing, new Float32Array(96), 48],
    bad: [
      ['0', [new Uint8Array(47)]],
      ['1.imageSize', notWhole(1)],
      ['1.mean', [[0, Number.NaN, 0]]],
      ['1.std', [[1, 0, 1]]],
      ['3', [49, -1, 0.5]],
    ],
  },
  {
    call: drawAugmentation,
    good: () => [settings, 8, new Random(0)],
    bad: [
      ['0.hue', notFrom(0, 0.5)],
      [
        '0.translate',
        [
          [0, 2],
          [0, Number.NaN],
        ],
      ],
      [
        '0.scale',
        [
          [0, 1],
          [1, Number.NaN],
        ],
      ],
      ['0.fill', ['blue']],
      ['1', notWhole(1)],
    ],
  },
  {
    call: augmentImage,
    good: () => [new Uint8Array(48), drawn, 'zero', preprocessing, new Float32Array(48), 0],
    bad: [
      ['0', [new Uint8Array(47)]],
      ['4', [new Float32Array(47)]],
      ['5', [1, -1, 0.5]],
    ],
  },
  { call: channelStatistics, good: () => [prepared, [0, 1]], bad: [['1', [[], [2], [-1], [0.5]]]] },
  { name: 'new Random', call: (seed: number) => new Random(seed, 'x'), good: () => [-3], bad: [['0', notSeed]] },
  {
    name: 'Random.integer',
    call: (bound: number) => new Random(0).integer(bound),
    good: () => [3],
    bad: [['0', notWhole(1)]],
  },
  {
    name: 'Random.uniform',
    call: (low: number, high: number) => new Random(0).uniform(low, high),
    good: () => [0, 1],
    bad: [
      ['0', [Number.NaN, Number.NEGATIVE_INFINITY]],
      ['1', [Number.NaN, Number.POSITIVE_INFINITY]],
    ],
  },
  {
    name: 'Random.normal',
    call: (mean: number, deviation: number) => new Random(0).normal(mean, deviation),
    good: () => [0, 1],
    bad: [
      ['0', [Number.NaN]],
      ['1', notFrom(0).filter((value) => value !== '0.5' && value !== null)],
    ],
  },
]);
