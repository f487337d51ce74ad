import { describe, expect, it } from 'vitest';
import { comparePredictions, type EnsembleGain, evaluatePredictions } from '../../src/evaluation/index.js';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import {
  clearDermChecklist,
  modelCard,
  type ReportInput,
  renderMarkdown,
  renderReport,
} from '../../src/report/index.js';
import type { EnsembleConfig } from '../../src/training/recipe/ensembleConfig.js';
import { madeUpConfig, madeUpPredictions, madeUpSplits } from './fixtures.js';
import { findPageFaults, parsePage } from './structure.js';

const predictions = madeUpPredictions();
const { recipe, overrides, preset, classWeights, ...common } = madeUpConfig();
const member = (run: string, weight: number): EnsembleConfig['ensemble']['members'][number] => ({
  run,
  weight,
  checkpoint: 'best',
  sha256: 'ab'.repeat(32),
  model: 'resnet18',
  parameters: 11_000_000,
  seed: 3,
  preprocessing: common.preprocessing,
  testTimeAugmentation: 'flips',
  validation: { balancedAccuracy: 0.7, loss: 0.6 },
});
const score = (balancedAccuracy: number) => ({ balancedAccuracy, loss: 0.5 });
const config: EnsembleConfig = {
  ...common,
  model: { id: 'ensemble', parameters: 22_000_000, weightsFile: null },
  ensemble: {
    weighting: 'validation',
    method: 'those under which <b>something</b> is most likely',
    splits: 'cd'.repeat(32),
    validation: { images: 200, lesions: 150, equal: score(0.71), weighted: score(0.73) },
    members: [member('first', 0.6), member("it's second", 0.4), member('third', 0)],
  },
};
const evaluated = (ensemble?: EnsembleGain): ReportInput => ({
  config,
  runFolder: 'runs/ensemble',
  exploration: null,
  splits: madeUpSplits(),
  records: [],
  layers: null,
  trainingBatch: null,
  evaluation: { ...evaluatePredictions(predictions, { split: 'test', seed: 0, resamples: 20 }), ensemble },
  predictions,
  subgroups: null,
  leak: null,
  leakFolder: 'runs/leak',
  validationCounts: null,
  externals: [],
  testLooks: { times: 1, weights: 1, checkpoint: 'ensemble', epoch: null, sha256: 'ef'.repeat(32) },
  sampleGrid: null,
  pictures: new Map(),
  explanations: null,
  writtenBy: 'lesionlab 0.1.0',
});
const bestMember = { run: '../first', validationBalancedAccuracy: 0.7 };
const comparison = comparePredictions(predictions, predictions, { seed: 0, resamples: 20 });
const input = evaluated({ bestMember, comparison });

describe('the report of an ensemble', () => {
  const html = renderReport(input, { document: plotDocument() });
  const page = parsePage(html);
  const words = (selector: string) => page.querySelector(selector)?.textContent?.replace(/\s+/g, ' ') ?? '';

  it('is a page without faults, with its members in place of a training', () => {
    expect(findPageFaults(html)).toEqual([]);
    expect(page.querySelector('#training')).toBeNull();
    const members = words('#ensemble');
    for (const part of [
      'first',
      "it's second",
      '0.600',
      'not used',
      'ResNet-18',
      '73.0% balanced accuracy, against 71.0%',
    ])
      expect(members).toContain(part);
    expect(html).not.toContain('<b>something</b>');
  });

  it('says what it adds to its best member, and that it may be chance', () => {
    expect(words('#ensemble')).toContain('0.0 percentage points higher than that of first');
    expect(words('#ensemble')).toContain('The interval holds 0');
    const missing = parsePage(renderReport(evaluated({ bestMember, comparison: null }), { document: plotDocument() }));
    expect(missing.querySelector('#ensemble')?.textContent).toContain('lesionlab evaluate first');
  });

  it('names the networks first, and the command that makes it again', () => {
    expect(words('#summary')).toContain('the weighted mean of the answers of 2 networks (ResNet-18)');
    const command = "lesionlab ensemble first 'it'\\''s second' third --run runs/again --weighting validation";
    expect(words('#configuration')).toContain(command);
    expect(renderMarkdown(modelCard(input))).toContain(command);
    expect(renderMarkdown(clearDermChecklist(input))).toContain(
      'An ensemble: the weighted mean of the probabilities of',
    );
  });
});
