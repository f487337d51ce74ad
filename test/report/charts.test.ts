import { describe, expect, it } from 'vitest';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import {
  binaryQuestions,
  decisionCurve,
  operatingPoints,
  reliabilityBins,
  scoreImages,
  scoreQuestion,
  WeightedImages,
} from '../../src/evaluation/index.js';
import { perfectConfusionMatrix } from '../../src/evaluation/metrics/confusionMatrix.js';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import {
  accuracyCurveChart,
  accuracyProgressChart,
  classCountsChart,
  compareCurvesChart,
  confidenceChart,
  confusionMatrixChart,
  decisionCurveChart,
  explorationCharts,
  learningRateChart,
  lossCurveChart,
  lossProgressChart,
  precisionRecallChart,
  recallCurvesChart,
  recallIntervalsChart,
  reliabilityChart,
  rocChart,
} from '../../src/report/index.js';
import { findBestEpoch } from '../../src/training/findBestEpoch.js';
import { readLearningRates } from '../../src/training/findLearningRate.js';
import { classes, madeUpExploration, madeUpPredictions, madeUpRecords } from './fixtures.js';
import { assertWellFormed, parsePage } from './structure.js';

const document = plotDocument();
const predictions = madeUpPredictions();
const evaluation = evaluatePredictions(predictions, { split: 'test', seed: 0, resamples: 50 });
const recalls = evaluation.intervals!.perClass.map(({ recall }) => recall);

/** A range test over 60 steps: the loss falls from step 20 and explodes from step 50. */
const rangeTest = Array.from({ length: 60 }, (_, i) => {
  const smoothedLoss = 2 - 0.03 * Math.max(0, Math.min(i, 50) - 20) + (i > 50 ? (i - 50) ** 2 : 0);
  return { step: i + 1, learningRate: 10 ** (-6 + i / 10), loss: smoothedLoss + 0.1 * Math.sin(i), smoothedLoss };
});
const finding = { records: rangeTest, reason: 'loss-rose', ...readLearningRates(rangeTest) } as const;

const scored = scoreImages(predictions);
const ones = new Float64Array(scored.images).fill(1);
const [question] = binaryQuestions(predictions.classes);
const melanoma = scoreQuestion(scored, predictions.classes, question);

const recallClasses = classes.map((c, k) => ({ ...c, images: 10 * k, lesions: k === 6 ? null : 7 * k }));

/** A training in its second of three epochs. */
const progress = {
  steps: Array.from({ length: 500 }, (_, i) => ({
    step: i + 1,
    epoch: (i + 1) / 400,
    loss: 2 - i / 500,
    accuracy: i / 500,
    imagesPerSecond: 50,
  })),
  epochs: madeUpRecords(1),
  planned: 3,
};

const charts: Record<string, string> = {
  'loss so far': lossProgressChart(progress, { document }),
  'accuracy so far': accuracyProgressChart(progress, { document }),
  'loss so far, no step': lossProgressChart({ steps: [], epochs: [], planned: 3 }, { document }),
  'several runs': compareCurvesChart(
    [
      { label: 'A', epochs: madeUpRecords() },
      { label: 'B', epochs: madeUpRecords(5) },
      { label: 'C', epochs: [] },
    ],
    'balancedAccuracy',
    { document },
  ),
  'learning rate': learningRateChart(finding, { document }),
  'learning rate, nothing found': learningRateChart(
    { ...finding, records: rangeTest.slice(0, 12), steepest: null, minimum: null },
    { document },
  ),
  ...Object.fromEntries(explorationCharts(madeUpExploration(), { document }).map(({ name, svg }) => [name, svg])),
  loss: lossCurveChart(madeUpRecords(), { document, overfittingFrom: 15 }),
  accuracy: accuracyCurveChart(madeUpRecords(), { document }),
  'recall by class': recallCurvesChart(madeUpRecords(), recallClasses, { document }),
  'recall by class, one epoch': recallCurvesChart(madeUpRecords(1), recallClasses, { document }),
  'loss, no epoch': lossCurveChart([], { document }),
  'accuracy, one epoch': accuracyCurveChart(madeUpRecords(1), { document }),
  'confusion matrix': confusionMatrixChart(evaluation.confusionMatrix, classes, { document }),
  'perfect matrix': confusionMatrixChart(perfectConfusionMatrix(evaluation.confusionMatrix), classes, { document }),
  recall: recallIntervalsChart(evaluation.perClass, recalls, { document }),
  'recall without intervals': recallIntervalsChart(evaluation.perClass, null, { document }),
  confidence: confidenceChart(predictions, { document }),
  reliability: reliabilityChart(
    reliabilityBins(new WeightedImages(scored)),
    reliabilityBins(new WeightedImages(scored)),
    { document },
  ),
  roc: rocChart(operatingPoints(melanoma, ones), question, { document }),
  'precision-recall': precisionRecallChart(operatingPoints(melanoma, ones), 0.1, question, { document }),
  decision: decisionCurveChart(decisionCurve(melanoma, ones, [0.01, 0.1, 0.2, 0.5]), question, { document }),
};

const rectangles = (svg: string) =>
  [...parsePage(svg).querySelectorAll('rect')].slice(1).map((rect) => ({
    width: Number(rect.getAttribute('width')),
    height: Number(rect.getAttribute('height')),
    fill: rect.getAttribute('fill'),
  }));
const texts = (svg: string) => [...parsePage(svg).querySelectorAll('text')].map((text) => text.textContent);

describe('charts', () => {
  it('has all of the exploration', () => {
    expect(Object.keys(charts)).toEqual(
      expect.arrayContaining(
        'class-counts class-weights sex localization age dx-type images-per-lesion diagnosis-by-localization diagnosis-by-age diagnosis-by-sex missing-values'.split(
          ' ',
        ),
      ),
    );
  });

  it.each(Object.entries(charts))('%s stands alone, well-formed and described', (_, svg) => {
    assertWellFormed(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* role="img" aria-labelledby="\S+ \S+"/);
    expect(svg).toMatch(/<title id="[^"]+">[^<]{3,}<\/title><desc id="[^"]+">[^<]{15,}<\/desc>/);
    expect(svg).toMatch(/ width="420" height="\d+" viewBox="0 0 420 \d+"/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).not.toMatch(/NaN|undefined|Infinity|currentColor/);
    // Every colour is a variable of the theme, with a plain one for programs that know no variables.
    expect(svg).not.toMatch(/(fill|stroke)="var\(/);
  });

  it('draws a training so far with few points and an axis as long as the plan', () => {
    const [path] = [...parsePage(charts['loss so far']).querySelectorAll('path')].filter(
      (found) => (found.getAttribute('d') ?? '').length > 500,
    );
    const points = path.getAttribute('d')!.split('L').length;
    expect(points).toBe(167);
    expect(texts(charts['loss so far'])).toContain('3');
    expect(charts['loss so far']).toContain('up to epoch 1.2 of 3');
  });

  it('keeps all words within the picture, as far as their length can be guessed', () => {
    for (const [name, svg] of Object.entries(charts))
      for (const text of texts(svg)) {
        expect.soft(text!.length * 5.2, `${name}: ${text}`).toBeLessThan(420);
      }
  });

  it('marks where the loss falls steepest and is lowest, and leaves out what would press it flat', () => {
    const svg = charts['learning rate'];
    expect(finding.minimum).toBeCloseTo(10 ** -1, 10);
    expect(texts(svg)).toContain('lowest: 1e-1');
    expect(texts(svg).some((text) => /^steepest: \d(\.\d)?e-\d$/.test(text!))).toBe(true);
    // Losses of 2 at most, and not of 82.
    expect(texts(svg)).not.toContain('10.00');
    expect(svg).toContain('Line chart of the loss over the learning rate');
    expect(charts['learning rate, nothing found']).toContain('It never fell.');
  });

  it('draws bars in proportion to counts, in class colours, with the counts beside them', () => {
    const svg = charts['class-counts'];
    const bars = rectangles(svg);
    expect(bars).toHaveLength(7);
    expect(bars[1].width / bars[5].width).toBeCloseTo(514 / 6705, 3);
    expect(bars[5].fill).toBe('#0072b2');
    expect(texts(svg)).toContain('6,705 / 5,403 · 66.9%');
    expect(svg).toContain('Melanoma (mel): 1,113 images of 614 lesions, 11.1%');
  });

  it('leaves lesions out where the dataset has none', () => {
    const svg = classCountsChart(madeUpExploration().classes, { document, hasLesionIds: false });
    expect(svg).not.toContain('lesion<');
    expect(texts(svg)).toContain('1,113 · 11.1%');
  });

  it('writes every count of the confusion matrix, shaded by the share of its row', () => {
    const svg = charts['confusion matrix'];
    for (const count of evaluation.confusionMatrix.flat()) expect(svg).toContain(`>${count.toLocaleString('en-US')}<`);
    const cells = [...parsePage(svg).querySelectorAll('rect')].filter((rect) => rect.getAttribute('fill-opacity'));
    expect(cells).toHaveLength(49);
    const melanoma = evaluation.confusionMatrix[4];
    const share = melanoma[4] / melanoma.reduce((a, b) => a + b, 0);
    expect(Number(cells[4 * 7 + 4].getAttribute('fill-opacity'))).toBeCloseTo(share, 6);
    expect(svg).toMatch(/Melanoma: \d+ of \d+ right \(\d+%\), most often taken for/);
  });

  it('marks the best epoch, the earlier of equals, and where overfitting begins', () => {
    const records = madeUpRecords();
    const best = findBestEpoch(records)!;
    expect(texts(charts.loss)).toContain(`best: epoch ${best.epoch}`);
    expect(texts(charts.loss)).toContain('overfitting');
    expect(texts(charts.accuracy)).not.toContain('overfitting');
    const tied = [...records, { ...best, epoch: 25 }];
    expect(findBestEpoch(tied)!.epoch).toBe(best.epoch);
    expect(findBestEpoch([])).toBeUndefined();
  });

  it('moves labels of curves apart that end at the same height', () => {
    const records = madeUpRecords().map((record) => ({ ...record, validationLoss: record.trainLoss }));
    const labels = [...parsePage(lossCurveChart(records, { document })).querySelectorAll('text')].filter((text) =>
      /^(training|validation)$/.test(text.textContent ?? ''),
    );
    const [first, second] = labels.map((text) => Number(/,([\d.]+)\)/.exec(text.getAttribute('transform')!)![1]));
    expect(Math.abs(first - second)).toBeGreaterThan(13);
  });

  it('escapes what comes from the data', () => {
    const [first, ...others] = madeUpExploration().classes;
    const svg = classCountsChart([{ ...first, name: '<script>alert("&")</script>' }, ...others], { document });
    assertWellFormed(svg);
    expect(svg).not.toContain('<script');
  });

  it('is the same every time', () => {
    const again = lossCurveChart(madeUpRecords(), { document: plotDocument(), overfittingFrom: 15 });
    expect(again).toBe(charts.loss);
  });
});
