import { restrictCalibration } from '../../src/evaluation/certainty/restrictCalibration.js';
import {
  accuracy,
  auroc,
  averagePrecision,
  averagePredictions,
  confusionMatrix,
  decisionCurve,
  evaluateOutOfDistribution,
  evaluateSubgroups,
  fitCalibration,
  fitEnsembleWeights,
  fitOutOfDistribution,
  mostProbable,
  operatingPoints,
  outOfDistributionThreshold,
  percentileInterval,
  predictionSets,
  rankScores,
  restrictPredictions,
  scaleTemperature,
  scoreImages,
  scoreOutOfDistribution,
  scoreQuestion,
  sensitivityAtSpecificity,
  WeightedImages,
  wilsonInterval,
} from '../../src/evaluation/index.js';
import { resampleMetrics } from '../../src/evaluation/metrics/intervals.js';
import { squaredErrors } from '../../src/evaluation/metrics/squaredErrors.js';
import { averageProbabilities } from '../../src/evaluation/predictions/averagePredictions.js';
import { takeRows } from '../../src/evaluation/predictions/takeRows.js';
import { Random } from '../../src/random.js';
import { predictionsOf } from '../evaluation/makePredictions.js';
import { type Contract, notBetween, notFrom, notLabels, notWhole, testContracts } from './contract.js';

const rows = [
  [0.9, 0.1],
  [0.2, 0.8],
  [0.6, 0.4],
];
const predictions = predictionsOf([0, 1, 1], rows);
const arrays = { labels: [0, 1, 1], probabilities: rows, classes: ['a', 'b'], imageIds: predictions.imageIds };
const scored = scoreImages(predictions);
const weights = [1, 1, 1];
const question = { id: 'yes', title: 'Yes', classes: ['b'] };
const answers = scoreQuestion(scored, predictions.classes, question);
const fitted = fitCalibration(predictions);
const statistics = fitOutOfDistribution({ features: [0, 1, 1, 0, 2, 2], labels: [0, 1, 1], classes: 2 });

const resamples: Contract['bad'][number] = ['2.resamples', notWhole(0)];

testContracts('metrics', [
  {
    call: fitEnsembleWeights,
    good: () => [[arrays, arrays]],
    bad: [
      ['0', [[]]],
      [
        '0.1.labels',
        [
          [0, 0, 1],
          [0, 1],
        ],
      ],
    ],
  },
  {
    call: evaluateSubgroups,
    good: () => [predictions, new Map(), { seed: 0, resamples: 10 }],
    bad: [resamples],
  },
  {
    call: resampleMetrics,
    good: () => [scored, [accuracy], 10, new Random(0)],
    bad: [['2', notWhole(0)]],
  },
  {
    call: (images: typeof scored, own: Float64Array) => new WeightedImages(images, own),
    name: 'WeightedImages',
    good: () => [scored, Float64Array.of(1, 0, 2.5)],
    bad: [['1', [Float64Array.of(1, 1), Float64Array.of(1, -1, 1), Float64Array.of(1, Number.NaN, 1)]]],
  },
  {
    call: auroc,
    good: () => [[0.1, 0.9, 0.4], [0, 1, 1], 1, weights],
    bad: [
      [
        '0',
        [
          [0.1, Number.NaN, 0.4],
          [0.1, 0.4],
        ],
      ],
      [
        '1',
        [
          [0, 1],
          [0, 0.5, 1],
          [0, -1, 1],
        ],
      ],
      ['2', notWhole(0)],
      [
        '3',
        [
          [1, 1],
          [1, -1, 1],
          [1, Number.NaN, 1],
        ],
      ],
    ],
  },
  {
    call: averagePrecision,
    good: () => [rankScores([0.1, 0.9, 0.4]), [0, 1, 1], 1, weights],
    bad: [
      ['1', [[0, 1]]],
      ['2', notWhole(0)],
      ['3', [[1, 1]]],
    ],
  },
  { call: rankScores, good: () => [[1, 2]], bad: [['0', [[Number.NaN], [1, Number.POSITIVE_INFINITY]]]] },
  {
    call: confusionMatrix,
    good: () => [[0, 1], [1, 1], 2, [1, 1]],
    bad: [
      ['0', [...notLabels(2), [0]]],
      ['1', [...notLabels(2), [0]]],
      ['2', notWhole(1)],
      ['3', [[1], [1, -1], [1, Number.NaN]]],
    ],
  },
  {
    call: percentileInterval,
    good: () => [Float64Array.of(1, 2, 3), 0.9],
    bad: [['1', notBetween(0, 1)]],
  },
  {
    call: wilsonInterval,
    good: () => [0.5, 10, 0.95],
    bad: [
      ['0', notFrom(0, 1)],
      ['1', [Number.NaN, 0, -1, null]],
      ['2', notBetween(0, 1)],
    ],
  },
  {
    call: scoreQuestion,
    good: () => [scored, predictions.classes, question],
    bad: [
      ['1', [predictions.classes.slice(1)]],
      ['2.classes', [[], ['mel']]],
    ],
  },
  {
    call: sensitivityAtSpecificity,
    good: () => [answers, weights, 0.9],
    bad: [
      ['1', [[1, 1]]],
      ['2', notFrom(0, 1)],
    ],
  },
  { call: operatingPoints, good: () => [answers, weights], bad: [['1', [[1, 1]]]] },
  {
    call: decisionCurve,
    good: () => [answers, weights, [0.1]],
    bad: [
      ['1', [[1, 1]]],
      ['2', [[0], [1], [Number.NaN]]],
    ],
  },
  {
    call: squaredErrors,
    good: () => [{ images: 3, classes: 2, labels: predictions.labels, probabilities: scored.probabilities }],
    bad: [
      ['0.labels', [Int32Array.of(1)]],
      ['0.probabilities', [new Float64Array(5)]],
    ],
  },
  {
    call: mostProbable,
    good: () => [rows.flat(), 2],
    bad: [
      ['0', [[0.1, 0.2, 0.7]]],
      ['1', notWhole(1)],
    ],
  },
  { call: takeRows, good: () => [predictions, [0, 0, 2]], bad: [['1', [[3], [-1], [0.5], [Number.NaN]]]] },
  {
    call: restrictPredictions,
    good: () => [predictions, [0, 1]],
    bad: [
      [
        '1',
        [
          [0, 2],
          [0, 0],
          [0, 0.5],
        ],
      ],
    ],
  },
  { call: restrictCalibration, good: () => [fitted, [1]], bad: [['1', [[2], [0, 0], [0.5]]]] },
  {
    call: averageProbabilities,
    good: () => [
      [Float32Array.of(1, 0), Float32Array.of(0, 1)],
      [0.5, 0.5],
    ],
    bad: [
      ['0', [[], [Float32Array.of(1, 0)], [Float32Array.of(1, 0), Float32Array.of(1)]]],
      ['1', [[1], [0.5, 0.6], [1.5, -0.5], [Number.NaN, 1]]],
    ],
  },
  { call: averagePredictions, good: () => [[predictions], [1]], bad: [['1', [[0.5], [Number.NaN], []]]] },
  {
    call: scaleTemperature,
    good: () => [rows.flat(), 2, 1.5],
    bad: [
      ['0', [[0.1, 0.2, 0.7]]],
      ['1', notWhole(1)],
      ['2', [0, -1, Number.NaN, Number.POSITIVE_INFINITY]],
    ],
  },
  {
    call: predictionSets,
    good: () => [rows.flat(), { thresholds: [0.1, 0.2] }],
    bad: [
      ['0', [[0.1, 0.2, 0.7]]],
      ['1.thresholds', [[0.1, Number.NaN]]],
    ],
  },
  {
    call: fitOutOfDistribution,
    good: () => [{ features: [0, 1, 1, 0, 2, 2], labels: [0, 1, 1], classes: 2, seed: 0 }],
    bad: [
      ['0.features', [[0, 1, 1, 0, 2, Number.NaN]]],
      ['0.labels', notLabels(2, 3)],
      ['0.classes', notWhole(1)],
    ],
  },
  {
    call: outOfDistributionThreshold,
    good: () => [[1, 2, 3], 0.99],
    bad: [
      ['0', [[], [1, Number.NaN]]],
      ['1', [0, 1.01, Number.NaN, 99]],
    ],
  },
  {
    call: evaluateOutOfDistribution,
    good: () => [
      predictions,
      { threshold: 1, trainingImages: 3, scores: [1, 2, 3], foreign: new Map(), seed: 0, resamples: 0 },
    ],
    bad: [
      ['1.threshold', [Number.NaN, null]],
      ['1.scores', [[1, 2]]],
    ],
  },
  {
    call: scoreOutOfDistribution,
    good: () => [statistics, [0, 1]],
    bad: [['1', [[0, 1, 2]]]],
  },
]);
