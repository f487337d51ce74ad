import {
  accuracy,
  analyseErrors,
  bootstrapIntervals,
  brierScore,
  comparePredictions,
  compareSamples,
  conformalThresholds,
  evaluatePredictions,
  expectedCalibrationError,
  fitCalibration,
  fitTemperature,
  macroF1,
  measureCoverage,
  recall,
  reliabilityBins,
  scoreImages,
} from '../../src/evaluation/index.js';
import { predictionsOf } from '../evaluation/makePredictions.js';
import { type Contract, notBetween, notLabels, notWhole, testContracts } from './contract.js';

const rows = [
  [0.9, 0.1],
  [0.2, 0.8],
  [0.6, 0.4],
];
const predictions = predictionsOf([0, 1, 1], rows);
const arrays = { labels: [0, 1, 1], probabilities: rows, classes: ['a', 'b'], imageIds: predictions.imageIds };
const fitted = fitCalibration(predictions);

/** What no function may take for labels with their probabilities. */
const notArrays: Contract['bad'] = [
  ['0.labels', [...notLabels(2, 3), [], [0, 1], ['0', '2', '0'], [0, 1, null], null]],
  ['0.probabilities', [[], rows.slice(1), rows.map(([p]) => [p]), rows.flat().slice(1), [[1, 0], [1], [1, 0]], null]],
  ['0.probabilities', [Number.NaN, -0.1, 1.5].map((p) => [[p, 1 - p], ...rows.slice(1)])],
  ['0.classes', [['a'], ['a', 'b', 'c'], ['a', 'a']]],
  ['0.groups', [['a'], ['a', null, 'b'], ['a', Number.NaN, 'b']]],
  ['0.imageIds', [['a'], ['a', 'a', 'b']]],
];
const notPredictions: Contract['bad'] = [
  ['0.labels', [Int32Array.of(0, 1, 2), Int32Array.of(0, -1, 1), Int32Array.of(0, 1)]],
  ['0.lesionIds', [['one']]],
  ['0.imageIds', [['one']]],
  ['0.probabilities', [new Float32Array(5)]],
];
/** A function that takes predictions in any form, first. */
const ofPredictions = (
  call: Contract['call'],
  rest: readonly unknown[] = [],
  more: Contract['bad'] = [],
): Contract[] => [
  { call, name: `${call.name || 'metric'}, of arrays`, good: () => [arrays, ...rest], bad: [...notArrays, ...more] },
  { call, name: `${call.name || 'metric'}, of predictions`, good: () => [predictions, ...rest], bad: notPredictions },
];
const bootstrap = { metrics: { accuracy }, resamples: 10 };
const resamples: Contract['bad'][number] = ['2.resamples', notWhole(0)];

testContracts('evaluation', [
  ...ofPredictions(
    evaluatePredictions,
    [{ resamples: 10 }],
    [
      ['1.seed', [Number.NaN, 0.5, null, '0']],
      ['1.resamples', notWhole(0)],
      ['1.level', notBetween(0, 1)],
    ],
  ),
  ...ofPredictions(scoreImages),
  ...[accuracy, macroF1, brierScore, expectedCalibrationError, reliabilityBins].flatMap((metric) =>
    ofPredictions(metric),
  ),
  ...ofPredictions(recall, [1], [['1', [-1, 2, 0.5, Number.NaN, null]]]),
  ...ofPredictions(
    bootstrapIntervals,
    [bootstrap],
    [
      ['1.level', notBetween(0, 1)],
      ['1.resamples', notWhole(1)],
      ['1.seed', [Number.NaN, 0.5, null, '0']],
    ],
  ),
  ...ofPredictions(comparePredictions, [arrays, { resamples: 10 }], [resamples, ['2.seed', [Number.NaN, 0.5]]]),
  ...ofPredictions(compareSamples, [arrays, { resamples: 10 }], [resamples, ['2.seed', [Number.NaN, 0.5]]]),
  ...ofPredictions(analyseErrors),
  ...ofPredictions(fitTemperature),
  ...ofPredictions(fitCalibration),
  ...ofPredictions(conformalThresholds, [0.9], [['1', notBetween(0, 1)]]),
  ...ofPredictions(measureCoverage, [fitted.conformal[0]], [['1.thresholds', [[0.1], [0.1, Number.NaN]]]]),
]);
