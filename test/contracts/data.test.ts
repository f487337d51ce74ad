import { augmentImage, drawAugmentation } from '../../src/data/augmentation/augmentation.js';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import { makeBatch, normaliseImage, planBatches, planEvaluationBatches } from '../../src/data/augmentation/batches.js';
import { classWeights, countClasses } from '../../src/data/classWeights.js';
import type { ImageRecord } from '../../src/data/dataset.js';
import { kFolds, splitDataset } from '../../src/data/groups/split.js';
import { foldRatios, splitByRule } from '../../src/data/groups/splitRule.js';
import { channelStatistics } from '../../src/data/preparation/normalisation.js';
import { Random } from '../../src/random.js';
import { type Contract, notFrom, notWhole, testContracts } from './contract.js';

const record = (i: number): ImageRecord => ({ imageId: `i${i}`, lesionId: `l${i}`, label: i % 2, age: null });
const records = Array.from({ length: 12 }, (_, i) => record(i));
const classes = ['a', 'b'].map((id) => ({ id, name: id }));
const settings = augmentationSettings.parse({ rotationDegrees: 30 });
const preprocessing = { imageSize: 4, mean: [0, 0, 0], std: [1, 1, 1] };
const prepared = { imageSize: 4, imageIds: ['i0', 'i1'], read() {} };
const source = { images: prepared, indices: [0, 1], labels: [0, 1], preprocessing, seed: 0 };
const plan = planEvaluationBatches({ count: 2, batchSize: 2 });
const drawn = [{ name: 'flip', parameters: { horizontal: true, vertical: false } }];
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
      ['1.0.name', ['flop', '']],
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
