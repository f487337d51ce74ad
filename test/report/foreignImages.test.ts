import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluatePredictions } from '../../src/evaluation/index.js';
import type { ReportInput } from '../../src/report/index.js';
import { renderCertainty } from '../../src/report/parts/certainty.js';
import { randomPredictions } from '../evaluation/makePredictions.js';
import { madeUpConfig } from './fixtures.js';

const predictions = randomPredictions(200, 2);
const render = (outOfDistribution: EvaluateOptions['outOfDistribution'], resamples = 20) =>
  renderCertainty(
    {
      config: madeUpConfig(),
      evaluation: evaluatePredictions(predictions, { split: 'test', seed: 0, resamples, outOfDistribution }),
    } as ReportInput,
    {} as Parameters<typeof renderCertainty>[1],
  );

describe('images of something else in the report', () => {
  const found = {
    threshold: 3,
    trainingImages: 2000,
    scores: Array.from({ length: 200 }, (_, i) => (i < 5 ? 4 : 3)),
    foreign: new Map([['drawn', [9, 9, 9, 1]]]),
  };

  it('gives false alarms with their interval, and hits by kind in words', () => {
    const html = render(found);
    expect(html).toContain('from 2,000 training images');
    expect(html).toMatch(/it would flag 5, 2\.5% \(95% interval \d\.\d% to \d\.\d%\): false alarms/);
    expect(html).toMatch(/Text, shapes, drawings, charts.*4.*75\.0%/s);
    expect(render(found, 0)).toContain('flag 5, 2.5%: false alarms');
  });

  it('is left out where that was not looked at, also by runs of earlier versions', () => {
    expect(render(null)).toBe('');
    const { outOfDistribution: _, ...earlier } = evaluatePredictions(predictions, {
      split: 'test',
      seed: 0,
      resamples: 0,
    });
    const input = { config: madeUpConfig(), evaluation: earlier } as ReportInput;
    expect(renderCertainty(input, {} as Parameters<typeof renderCertainty>[1])).toBe('');
  });
});
