import { afterAll } from 'vitest';
import { planBatches } from '../../src/data/augmentation/batches.js';
import { initialWeights, lenet, openClassifier, openFeatureExtractor } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { computeFeatures, copyRow, featureBatches } from '../../src/training/featureTable.js';
import { validateHead } from '../../src/training/headTraining.js';
import {
  estimateTraining,
  findLearningRate,
  learningRateAt,
  presets,
  readLearningRates,
  Trainer,
  train,
  validate,
} from '../../src/training/index.js';
import { hasStalled } from '../../src/training/optimisation/earlyStopping.js';
import { drawMixShare, mixRows } from '../../src/training/optimisation/mixup.js';
import { makeOptimizer, WeightAverage } from '../../src/training/optimisation/optimizers.js';
import { planParameterRuns } from '../../src/training/optimisation/parameterRuns.js';
import { ParameterStore } from '../../src/training/optimisation/parameterStore.js';
import { scoreValidation } from '../../src/training/validate.js';
import { type Contract, notFrom, notLabels, notWhole, testContracts } from './contract.js';

const size = { model: lenet, classCount: 3, imageSize: 16 };
const options = {
  ...size,
  batchSize: 4,
  optimizer: { kind: 'adam' as const, weightDecay: 0, gradientClipping: 0 },
  classWeights: [1, 2, 0],
  labelSmoothing: 0,
  mixup: 0,
  weightAveraging: 0,
  seed: 0,
};
const weights = initialWeights(size, 0);
const pixels = 3 * 16 * 16;
const trainer = await Trainer.open(nodeRuntime, options, weights);
const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize: 4 });
const extractor = await openFeatureExtractor(nodeRuntime, { ...size, weights, batchSize: 2 });
afterAll(() => Promise.all([trainer.close(), classifier.close(), extractor.close()]));

const notWeights = [[1, 2], [1, 2, -1], [1, 2, Number.NaN], [0, 0, 0], [1, 2, Number.POSITIVE_INFINITY], null];
const named = (name: string, call: Contract['call'], good: Contract['good'], bad: Contract['bad']): Contract => ({
  name,
  call,
  good,
  bad,
});
const schedule = { schedule: 'cosine', learningRate: 0.1, warmUp: 0.1, stepEpochs: 2, stepFactor: 0.1 };
const store = () => new ParameterStore([{ name: 'w', shape: [4], initialise: () => new Float32Array(4) }], 2);
const table = { views: 1, count: 4, width: 2, values: new Float32Array(8) };
const batch = {
  images: new Float32Array(4 * pixels),
  labels: Int32Array.of(0, 1, 2, 0),
  indices: new Int32Array(4),
  epoch: 0,
  step: 0,
};
const batches = { next: () => Promise.resolve(batch), recycle() {} };
const images = { imageSize: 16, imageIds: ['a', 'b'], read() {} };
const preprocessing = {
  imageSize: 16,
  fit: 'squash',
  resize: 'bilinear-antialiased',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  statistics: '',
} as const;

testContracts('training', [
  named(
    'Trainer.step',
    trainer.step.bind(trainer),
    () => [new Float32Array(4 * pixels), Int32Array.of(0, 1, 2, 1), 1e-3],
    [
      ['0', [new Float32Array(3 * pixels), new Float32Array(4 * pixels + 1), new Float32Array(0), null]],
      ['1', [Int32Array.of(0, 1, 2), Int32Array.of(0, 1, 2, 9), Int32Array.of(0, -1, 2, 0), ...notLabels(3, 4)]],
      ['2', notFrom(0)],
    ],
  ),
  named(
    'Trainer.open',
    async (own: typeof options) => (await Trainer.open(nodeRuntime, own, weights)).close(),
    () => [options],
    [
      ['0.classCount', [...notWhole(2), 4]],
      ['0.imageSize', notWhole(1)],
      ['0.batchSize', notWhole(1)],
      ['0.classWeights', notWeights],
      ['0.labelSmoothing', [-0.1, 1, Number.NaN, null]],
      ['0.mixup', notFrom(0, 1).filter((value) => value !== null)],
      ['0.weightAveraging', [-0.1, 1, Number.NaN, null]],
      ['0.seed', [0.5, Number.NaN, null]],
      ['0.optimizer.kind', ['rmsprop', null]],
      ['0.optimizer.weightDecay', notFrom(0)],
      ['0.optimizer.gradientClipping', notFrom(0).filter((value) => value !== null)],
      ['0.optimizer.learningRateFactor', [() => Number.NaN, () => -1]],
    ],
  ),
  named(
    'Trainer.restoreState',
    (steps: number) => trainer.restoreState(trainer.readState(), steps),
    () => [3],
    [['0', notWhole(0)]],
  ),
  named('classify', classifier.classify.bind(classifier), () => [new Float32Array(4 * pixels)], [
    ['0', [new Float32Array(pixels), new Float32Array(0)]],
  ]),
  named('extract', extractor.extract.bind(extractor), () => [new Float32Array(2 * pixels)], [
    ['0', [new Float32Array(pixels), new Float32Array(0)]],
  ]),
  {
    call: learningRateAt,
    good: () => [3, 10, 0, { ...schedule, schedule: 'step' }],
    bad: [
      ['0', [...notWhole(0), 11]],
      ['1', notWhole(1)],
      ['2', notWhole(0)],
      ['3.schedule', ['linear', null]],
      ['3.learningRate', notFrom(0)],
      ['3.warmUp', notFrom(0, 1)],
      ['3.stepEpochs', notWhole(1)],
      ['3.stepFactor', [0, -1, Number.NaN]],
    ],
  },
  named(
    'Optimizer.update',
    (step: number, rate: number) => makeOptimizer(store(), options.optimizer).update(step, rate),
    () => [0, 0.1],
    [
      ['0', notWhole(0)],
      ['1', notFrom(0)],
    ],
  ),
  named(
    'WeightAverage',
    (decay: number, step: number) => new WeightAverage(store(), decay).update(step),
    () => [0.99, 0],
    [
      ['0', [1, -0.1, Number.NaN, null]],
      ['1', notWhole(0)],
    ],
  ),
  {
    call: planParameterRuns,
    good: () => [store(), { learningRateFactor: () => 0.1 }],
    bad: [['1.learningRateFactor', [() => Number.NaN, () => -1]]],
  },
  named(
    'ParameterStore',
    (names: string[], arrays: number) => {
      const initialise = () => new Float32Array(4);
      const made = new ParameterStore(
        names.map((name) => ({ name, shape: [4], initialise })),
        arrays,
      );
      made.takeArray();
      made.takeArray();
    },
    () => [['a', 'b'], 2],
    [
      ['0', [['a', 'a']]],
      ['1', [1, ...notWhole(0)]],
    ],
  ),
  {
    call: drawMixShare,
    good: () => [0.2, 0, 3],
    bad: [
      ['0', notFrom(0, 1)],
      ['1', [0.5, Number.NaN]],
    ],
  },
  {
    call: mixRows,
    good: () => [new Float32Array(12), 4, 0.7],
    bad: [
      ['0', [new Float32Array(13)]],
      ['1', notWhole(1)],
      ['2', notFrom(0.5, 1)],
    ],
  },
  { call: hasStalled, good: () => [{ epoch: 3, bestEpoch: 1 }, 2], bad: [['1', notWhole(0)]] },
  named(
    'computeFeatures',
    (own: object) =>
      computeFeatures({
        extractor,
        openView: () => ({
          ...batches,
          next: async () => ({ ...batch, images: new Float32Array(2 * pixels) }),
          close: async () => {},
        }),
        ...own,
      } as never),
    () => [{ count: 3, views: 1 }],
    [
      ['0.count', notWhole(1)],
      ['0.views', notWhole(1)],
    ],
  ),
  {
    call: featureBatches,
    good: () => [{ table, labels: [0, 1, 2, 0], batchSize: 2, seed: 0, firstStep: 0 }],
    bad: [
      [
        '0.labels',
        [
          [0, 1],
          [0, 0.5, 1, 0],
          [0, Number.NaN, 1, 0],
        ],
      ],
      ['0.batchSize', notWhole(1)],
      ['0.seed', [0.5, Number.NaN]],
      ['0.firstStep', notWhole(0)],
      ['0.table.values', [new Float32Array(7)]],
      ['0.table.count', [5]],
      ['0.table.width', notWhole(1)],
    ],
  },
  { call: copyRow, good: () => [table, 0, 3, new Float32Array(4), 1], bad: [['2', [4, -1, 0.5, Number.NaN]]] },
  named(
    'findLearningRate',
    (range: object, smoothing: number) =>
      findLearningRate({
        trainer: { step: async () => ({ loss: 1, weight: 1, correct: 0 }) },
        batches,
        range: range as never,
        smoothing,
      }),
    () => [{ lowest: 1e-5, highest: 1, steps: 5 }, 0.9],
    [
      ['0.lowest', [0, -1, 2, Number.NaN]],
      ['0.highest', [1e-6, Number.NaN, Number.POSITIVE_INFINITY]],
      ['0.steps', notWhole(1)],
      ['1', [1, -0.1, Number.NaN, null]],
    ],
  ),
  {
    call: readLearningRates,
    good: () => [[{ step: 1, learningRate: 0.1, loss: 1, smoothedLoss: 1 }]],
    bad: [
      ['0.0.learningRate', [0, Number.NaN]],
      ['0.0.smoothedLoss', [Number.NaN]],
    ],
  },
  named(
    'train',
    (own: object) =>
      train({
        trainer,
        training: { ...schedule, epochs: 1, earlyStopping: 0 },
        classIds: ['a', 'b', 'c'],
        plan: planBatches({ count: 8, batchSize: 4, seed: 0 }),
        batches,
        validate: () => Promise.reject(new Error('not asked')),
        ...own,
      } as never),
    () => [{ training: { ...schedule, epochs: 1, earlyStopping: 0 }, classIds: ['a', 'b', 'c'], recordsPerEpoch: 10 }],
    [
      ['0.training.epochs', notWhole(1)],
      [
        '0.classIds',
        [
          ['a', 'b'],
          ['a', 'a', 'b'],
        ],
      ],
      ['0.plan', [planBatches({ count: 8, batchSize: 3, seed: 0 })]],
      ['0.recordsPerEpoch', [0, -1, Number.NaN]],
    ],
  ),
  named(
    'scoreValidation',
    (classWeights: number[], steps: number, labels: Int32Array, used: number) =>
      scoreValidation(classifier, classWeights, steps, () => ({ images: batch.images, labels, used })),
    () => [[1, 1, 1], 1, batch.labels, 4],
    [
      ['0', notWeights],
      ['1', notWhole(1)],
      ['2', notLabels(3, 4)],
      ['3', [5, -1, 0.5]],
    ],
  ),
  named(
    'validate',
    (indices: number[], labels: number[]) =>
      validate(classifier, { images, indices, labels, preprocessing, seed: 0 }, [1, 1, 1]),
    () => [
      [0, 1],
      [0, 1],
    ],
    [
      ['0', [[]]],
      ['1', [[0], ...notLabels(3)]],
    ],
  ),
  named(
    'validateHead',
    (labels: number[], own: typeof table) =>
      validateHead(nodeRuntime, { model: lenet, weights, classCount: 3, table: own, labels, classWeights: [1, 1, 1] }),
    () => [[0, 1, 2, 0], { ...table, width: 84, values: new Float32Array(4 * 84) }],
    [
      ['0', [[0, 1], ...notLabels(3, 4)]],
      ['1.count', [0]],
    ],
  ),
  named(
    'estimateTraining',
    (own: never) =>
      estimateTraining(
        nodeRuntime,
        { ...presets.lenet.recipe, imageSize: 16, training: { ...presets.lenet.recipe.training, batchSize: 2 } },
        own,
        {},
      ),
    () => [{ images: 10, classCount: 2, epochsDone: 0 }],
    [
      ['0.images', notWhole(1)],
      ['0.classCount', notWhole(2)],
      ['0.epochsDone', [...notWhole(0), 1e6]],
    ],
  ),
]);
