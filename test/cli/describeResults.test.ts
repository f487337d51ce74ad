import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { describe as describeExplanations, register } from '../../src/cli/commands/explain.js';
import { describeEvaluation } from '../../src/cli/describeEvaluation.js';
import { describeRun } from '../../src/cli/describeRun.js';
import { formatEvaluation } from '../../src/cli/formatEvaluation.js';
import { formatTable } from '../../src/cli/formatTable.js';
import { notices } from '../../src/cli/notices.js';
import { foreignKinds } from '../../src/data/foreign/foreignImages.js';
import {
  conformalLevels,
  conformalThresholds,
  evaluatePredictions,
  fitTemperature,
} from '../../src/evaluation/index.js';
import { explainers, explanationMethods } from '../../src/explain/index.js';
import type { ExplainStepResult } from '../../src/node/steps/explain.js';
import type { RunStepResult } from '../../src/node/steps/run.js';
import { randomPredictions, sevenClasses } from '../evaluation/makePredictions.js';

const predictions = randomPredictions(500, 4);
const classes = sevenClasses.map((info, k) =>
  k === 0 ? { ...info, name: 'Actinic keratoses and intraepithelial carcinoma' } : info,
);
const evaluation = evaluatePredictions(
  { ...predictions, classes },
  {
    split: 'test',
    seed: 1,
    resamples: 100,
    calibration: {
      temperature: fitTemperature(predictions).temperature,
      conformal: conformalLevels.map((level) => conformalThresholds(predictions, level)),
    },
    outOfDistribution: {
      threshold: 5,
      trainingImages: 300,
      scores: predictions.imageIds.map((_, i) => i % 6),
      foreign: new Map(foreignKinds.map((kind) => [kind, [4, 9]])),
    },
  },
);
const checkpoint = { name: 'best' as const, epoch: 3, sha256: '0' };
const evaluated = { evaluation, checkpoint, files: ['runs/x/evaluation/test/evaluation.json'] };
const runResult = (synthetic: boolean) =>
  ({
    training: {
      config: { data: { excluded: [], synthetic } },
      diverged: null,
      run: { model: 'runs/x/model.onnx' },
    },
    evaluation: evaluated,
    report: { path: 'runs/x/report.html', bytes: 1 },
  }) as unknown as RunStepResult;

describe('results in the terminal', () => {
  const ofRun = describeRun(runResult(true), { width: 80 });
  const ofEvaluation = describeEvaluation(evaluated, 80);

  it('are the same for run and evaluate, within 80 columns', () => {
    for (const text of [ofRun, ofEvaluation])
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(ofEvaluation).toMatch(/^Sets made for 90%: /m);
    expect(ofEvaluation).toContain('painted images of each kind');
    const start = ofRun.indexOf('accuracy');
    const shared = ofRun.slice(start, ofRun.indexOf('Research'));
    expect(shared).toMatch(/macro AUROC +0\.\d{3} +0\.\d{3} to [01]\.\d{3}/);
    expect(shared).toMatch(/class +images +lesions +sensitivity \(recall\) +95% interval +name/);
    expect(shared).toMatch(/akiec.*Actinic.*…/);
    expect(ofEvaluation).toContain(shared.trim());
  });

  it('cut no name where the output is no terminal', () => {
    const piped = describeEvaluation(evaluated, Number.POSITIVE_INFINITY);
    expect(piped).toContain('Actinic keratoses and intraepithelial carcinoma');
    expect(piped).not.toContain('…');
    // Sentences are broken all the same.
    const noted = formatEvaluation({ ...evaluation, notes: ['word '.repeat(40)] }, Number.POSITIVE_INFINITY);
    expect(noted.split('\n').filter((line) => line.startsWith('word')).length).toBeGreaterThan(1);
  });

  it('call the AUROC of two classes no mean', () => {
    const two = { ...evaluation, perClass: evaluation.perClass.slice(0, 2) };
    expect(formatEvaluation(two, 80)).toMatch(/^AUROC +0/m);
    expect(formatEvaluation(two, 80)).not.toContain('macro AUROC');
  });

  it('mark classes with few lesions', () => {
    const few = evaluation.perClass.filter(({ lesions }) => lesions < 10);
    expect(few.length).toBeGreaterThan(0);
    for (const { dx } of few) expect(ofRun).toMatch(new RegExp(`^${dx} \\*`, 'm'));
    expect(ofRun).not.toMatch(/^nv \*/m);
    expect(ofRun).toContain('* fewer than 10 lesions');
  });

  it('say what they are for, unless quiet', () => {
    expect(ofRun).toContain('Research and education only. Not a medical device.');
    expect(ofRun).toContain('Synthetic images');
    expect(describeRun(runResult(false))).not.toContain('Synthetic images');
    expect(describeRun(runResult(true), { quiet: true })).not.toContain('Not a medical device');
    expect(notices({ data: { synthetic: false } })).toEqual(['Research and education only. Not a medical device.']);
  });

  it('show a missing interval as a dash', () => {
    expect(describeEvaluation({ ...evaluated, evaluation: { ...evaluation, intervals: null } })).toMatch(
      /balanced accuracy +\d+\.\d% +–/,
    );
  });
});

describe('explain', () => {
  it('says how its examples were chosen', () => {
    const result = {
      layer: 'conv2',
      method: 'grad-cam',
      checkpoint,
      images: [
        {
          reason: 'class',
          empty: {},
          localisation: null,
          imageId: 'a',
          dx: 'mel',
          explained: 'mel',
          predicted: 'mel',
          confidence: 1,
        },
      ],
      localisation: null,
      masksLeftOut: [{ imageId: 'b', reason: 'b_segmentation.png: the mask has another shape' }],
      written: ['a.png', 'explanations.json'],
    } as unknown as ExplainStepResult;
    expect(describeExplanations(result)).toMatch(/right answer that the model was most sure of/);
    expect(describeExplanations(result)).toMatch(
      /One lesion mask was left out:\n {2}b_segmentation.png: the mask has another shape/,
    );
    let help = '';
    const command = new Command('explain');
    register(command);
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toMatch(/right answer that\s+the model was most sure of/);
    expect(help).toMatch(/not counted as an evaluation/);
    for (const id of explanationMethods) expect(help).toMatch(new RegExp(`\\n  ${id} +${explainers[id].summary} \\(`));
  });

  it('says from what an image was told, how exactly, and whether that is worth anything', () => {
    const mean = (value: number | null) => ({
      mean: value,
      interval: value === null ? null : [value - 0.1, value + 0.1],
    });
    const order = (value: number) => ({ deletion: mean(value), insertion: mean(value + 0.3), firstFall: mean(0) });
    const result = {
      ...{ layer: 'input', method: 'integrated-gradients', baseline: 'blurred', completenessError: 0.0123 },
      ...{ checkpoint, images: [], localisation: null, masksLeftOut: [], written: ['a.png', 'explanations.json'] },
      check: {
        ...{ images: 8, deletedTo: 'mean', insertedInto: 'blurred', words: ['They are worth it.'] },
        faithfulness: { map: order(0.2), random: order(0.4), rings: order(0.5) },
        randomisation: [
          { share: 0.5, correlation: mean(null), emptyMaps: 8 },
          { share: 1, correlation: mean(0.31), emptyMaps: 0 },
        ],
      },
    } as unknown as ExplainStepResult;
    const found = describeExplanations(result);
    expect(found).toContain('integrated-gradients from the baseline blurred');
    expect(found).toContain('The credit of all places together is off by 1.2% of what it had to be.');
    expect(found).toContain('Checked over 8 test images:');
    expect(found).toMatch(/this map +20\.0% +10\.0% to 30\.0% +50\.0% +40\.0% to 60\.0%\n/);
    expect(found).toMatch(/random map +40\.0%.*\nrings around the middle +50\.0%/);
    expect(found).toMatch(/50% of the stages, from the head +– +–\nall weights +0\.31 +0\.21 to 0\.41/);
    expect(found).toContain('They are worth it.');
    const unchecked = describeExplanations({ ...result, check: undefined });
    expect(unchecked).not.toContain('Checked');
  });
});

describe('formatTable', () => {
  it('shortens the last column alone, to the width', () => {
    const table = formatTable(['id', 'name'], [['melanoma', 'a rather long name']], { width: 20 });
    expect(table.split('\n')[2]).toBe('melanoma  a rather…');
    expect(formatTable(['id', 'name'], [['melanoma', 'a rather long name']])).toContain('long name');
  });
});
