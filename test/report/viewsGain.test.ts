import { describe, expect, it } from 'vitest';
import { comparePredictions, evaluatePredictions } from '../../src/evaluation/index.js';
import { describeViewsGain } from '../../src/report/describeVariation.js';
import { madeUpPredictions } from './fixtures.js';

const predictions = madeUpPredictions();
const evaluation = evaluatePredictions(predictions, { split: 'test', seed: 0, resamples: 20 });
/** Every answer is the first class: balanced accuracy is one share of the classes. */
const blind = {
  ...predictions,
  probabilities: predictions.probabilities.map((_, i) => (i % predictions.classes.length === 0 ? 1 : 0)),
};

describe('describeViewsGain', () => {
  it('says by how much, and whether it may be chance', () => {
    const gained = (comparison: ReturnType<typeof comparePredictions>) =>
      describeViewsGain({ ...evaluation, testTimeAugmentation: { views: 'flips', comparison } }).join(' ');
    const over = comparePredictions(blind, predictions, { seed: 0, resamples: 200 });
    const { difference } = over.metrics.find(({ metric }) => metric === 'balancedAccuracy')!;
    expect(difference).toBeGreaterThan(0.1);
    const points = (100 * difference).toFixed(1);
    expect(gained(over)).toContain('the mean over the image and its mirrored copies');
    expect(gained(over)).toContain(`${points} percentage points higher than that of one look at each image`);
    expect(gained(over)).not.toContain('chance');
    expect(gained(comparePredictions(predictions, blind, { seed: 0, resamples: 0 }))).toContain(
      `${points} percentage points lower`,
    );
    expect(gained(comparePredictions(predictions, predictions, { seed: 0, resamples: 20 }))).toContain(
      'it may be chance',
    );
  });

  it('says nothing of runs that look once', () => {
    expect(describeViewsGain(evaluation)).toEqual([]);
  });
});
