import { describe, expect, it } from 'vitest';
import { compareChoices, toPredictions } from '../../src/evaluation/index.js';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { Random } from '../../src/random.js';
import { ablationFile, describeVerdict, figureWords, renderAblation } from '../../src/report/index.js';

const labels = Array.from({ length: 90 }, (_, i) => i % 3);
const network = (quality: number, seed: number) => {
  const random = new Random(seed);
  const probabilities = labels.map((label) => {
    const raised = [0, 1, 2].map((k) => Math.exp((k === label ? quality : 0) + random.normal()));
    return raised.map((value) => value / raised.reduce((a, b) => a + b, 0));
  });
  return {
    predictions: toPredictions({ labels, probabilities, classes: ['nv', 'mel', 'bcc'] }),
    trainedPrevalence: [1 / 3, 1 / 3, 1 / 3],
  };
};
const networks = (quality: number, first: number) => [0, 1, 2].map((s) => network(quality, first + s));
const {
  baseline,
  choices,
  seeds: _,
  ...compared
} = compareChoices(
  { id: 'baseline', networks: networks(1, 1) },
  [
    { id: 'sharper', networks: networks(2.5, 11) },
    { id: 'other <b>', networks: networks(1, 21) },
  ],
  { resamples: 1000 },
);
const trainings = { runs: ['a', 'b', 'c'], seconds: [60, 62, 61], epochs: [4, 4, 4] };
const result = {
  ...compared,
  lesionlab: '1.2.3',
  data: { id: 'made-up', name: 'Made up', synthetic: true, images: 300 },
  classes: ['nv', 'mel', 'bcc'].map((id) => ({ id, name: id.toUpperCase() })),
  recipe: { preset: 'lenet', overrides: ['epochs=4'], model: 'lenet' },
  splitSeed: 0,
  seeds: [0, 1, 2],
  figure: 'logLoss' as const,
  baseline: { ...baseline, ...trainings },
  choices: choices.map((choice) => ({ ...choice, ...trainings, changes: ['focalLoss 0, now 2'], timeRatio: 1.25 })),
};

describe('the page of an ablation', () => {
  const page = renderAblation(result as never, { document: plotDocument() });

  it('says of each choice what is shown, in plain words', () => {
    expect(page).toMatch(/<strong>sharper<\/strong> helps: −\d\.\d{3} \(−/);
    expect(page).toMatch(
      /<strong>other &lt;b&gt;<\/strong> shows no difference that this design could have seen \(smaller than about \d\.\d{3}\): /,
    );
    expect(page).toContain('focalLoss 0, now 2');
    expect(page).toContain('1.25 times as long');
    expect(page).toContain('Synthetic images');
    expect(page.match(/class="lesionlab-chart"/g)).toHaveLength(3);
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });

  it('is of a file that is read again', () => {
    const again = ablationFile.parse(JSON.parse(JSON.stringify(result)));
    expect(again).toEqual(JSON.parse(JSON.stringify(result)));
    expect(ablationFile.safeParse({ ...result, figure: 'luck' }).success).toBe(false);
  });

  it('has balanced accuracies in points, and words for networks that answer alike', () => {
    const words = figureWords('balancedAccuracy', 3);
    expect(words.signed(0.1234)).toBe('+12.3');
    const own = result.choices[0].figures.balancedAccuracy;
    expect(describeVerdict({ ...own, standardError: 0 }, words)).toContain('no difference at all');
    expect(describeVerdict({ ...own, verdict: 'hurts', pValue: 0.0001 }, words)).toMatch(
      /^hurts: .* points \(.*p below 0.001$/,
    );
  });
});
