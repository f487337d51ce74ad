import {
  aurocVariance,
  clusteredAuroc,
  cohensKappa,
  designEffect,
  fleissKappa,
  partialAuroc,
  readerPower,
  scoreChallenge,
  sizeForAurocWidth,
  sizeForCalibration,
  sizeForDifference,
  sizeForShareWidth,
} from '../../src/evaluation/index.js';
import { notBetween, notLabels, testContracts } from './contract.js';

const scores = [0.1, 0.9, 0.4, 0.6];
const labels = [0, 1, 0, 1];
const notScores = [[], [0.1, Number.NaN, 0.4, 0.6]];
const readers = {
  treatmentReader: 0.0002,
  error: 0.0008,
  lesions: 100,
  correlations: [0.4, 0.4, 0.3],
  difference: 0.05,
};

testContracts('readers, challenges and plans', [
  {
    call: clusteredAuroc,
    good: () => [scores, labels, ['a', 'b', 'c', 'd'], { level: 0.9 }],
    bad: [
      ['0', notScores],
      ['1', [...notLabels(2, 4), [0, 1]]],
      ['2', [['a']]],
      ['3.level', notBetween(0, 1)],
    ],
  },
  {
    call: partialAuroc,
    good: () => [scores, labels, 0.8],
    bad: [
      ['0', [[0.1, Number.NaN, 0.4, 0.6]]],
      ['1', [[0, 1], notLabels(2, 4)[1]]],
      ['2', [-0.1, 1, Number.NaN, '0.8', null]],
    ],
  },
  {
    call: cohensKappa,
    good: () => [labels, [0, 1, 1, 1], { level: 0.9 }],
    bad: [
      [
        '0',
        [
          [0, -1, 0, 1],
          [0, 0.5, 0, 1],
        ],
      ],
      [
        '1',
        [
          [0, 1],
          [0, Number.NaN, 0, 1],
        ],
      ],
      ['2.level', notBetween(0, 1)],
    ],
  },
  {
    call: fleissKappa,
    good: () => [
      [
        [0, 1],
        [1, 1],
      ],
      { clusterOf: [0, 1] },
    ],
    bad: [
      [
        '0',
        [
          [
            [0, -1],
            [1, 1],
          ],
          [
            [0, 0.5],
            [1, 1],
          ],
        ],
      ],
      ['1.clusterOf', [[0]]],
    ],
  },
  {
    call: scoreChallenge,
    good: () => ['isic2020', { imageIds: ['a', 'b'], values: [0, 1] }, { imageIds: ['b', 'a'], values: [0.5, 0.25] }],
    bad: [
      ['0', ['isic2021', null]],
      ['1.values', [[0], [0, 2], [0, Number.NaN]]],
      ['2.values', [[0.5], [0.5, -1]]],
    ],
  },
  {
    call: sizeForShareWidth,
    good: () => [0.1, { share: 0.85, prevalence: 0.2, imagesPerLesion: 2, correlation: 0.5 }],
    bad: [
      ['0', notBetween(0, 1)],
      ['1.share', notBetween(0, 1)],
      ['1.prevalence', [0, 1.1, Number.NaN, null]],
      ['1.imagesPerLesion', [0.5, Number.NaN]],
      ['1.correlation', [-0.1, 1.1]],
    ],
  },
  {
    call: sizeForDifference,
    good: () => [{ share: 0.85, other: 0.75, prevalence: 0.2 }],
    bad: [
      ['0.other', [...notBetween(0, 1), 0.85]],
      ['0.power', [0, 1, Number.NaN]],
      ['0.paired', [-2, 1, Number.NaN]],
    ],
  },
  {
    call: sizeForAurocWidth,
    good: () => [0.1, { auroc: 0.85, prevalence: 0.2 }],
    bad: [
      ['0', notBetween(0, 1)],
      ['1.auroc', [0.5, 1, Number.NaN]],
      ['1.prevalence', notBetween(0, 1)],
    ],
  },
  {
    call: sizeForCalibration,
    good: () => [{ auroc: 0.8, prevalence: 0.2 }],
    bad: [
      ['0.auroc', [0.5, 1, Number.NaN]],
      ['0.prevalence', notBetween(0, 1)],
      ['0.slopeWidth', [0, Number.NaN]],
    ],
  },
  {
    call: readerPower,
    good: () => [5, 100, readers],
    bad: [
      ['0', [1, 2.5, Number.NaN]],
      ['1', [0, Number.NaN]],
      ['2.error', [0, Number.NaN]],
      ['2.treatmentReader', [-1, Number.NaN]],
    ],
  },
  { call: designEffect, good: () => [{ imagesPerLesion: 2 }], bad: [['0.imagesPerLesion', [0, Number.NaN]]] },
  {
    call: aurocVariance,
    good: () => [0.85, 30, 70],
    bad: [
      ['0', [0.5, 1, Number.NaN]],
      ['1', [1, Number.NaN]],
      ['2', [0, Number.NaN]],
    ],
  },
]);
