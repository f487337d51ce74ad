import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { averagePredictions, type Predictions } from '../../../src/evaluation/index.js';
import { readModelFile } from '../../../src/node/prediction/modelFile.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { readPredictions } from '../../../src/node/run/readPredictions.js';
import { openRunFolder, type RunFolder, readConfig, runFolderPaths } from '../../../src/node/run/runFolder.js';
import { compareStep } from '../../../src/node/steps/compare.js';
import { ensembleStep } from '../../../src/node/steps/ensemble.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { explainStep } from '../../../src/node/steps/explain.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { reportStep } from '../../../src/node/steps/report.js';
import { ensembleConfig } from '../../../src/training/recipe/ensembleConfig.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { addTinyMember } from '../tinyMember.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
let second: RunFolder;
let third: RunFolder;
let ensemble: RunFolder;
beforeAll(async () => {
  tiny = await makeTinyRun();
  // Another network, normalisation and augmentation; another image size.
  second = await addTinyMember(tiny, 'second', {
    model: 'mobilenet_v2',
    mean: [0.5, 0.4, 0.3],
    testTimeAugmentation: 'none',
  });
  third = await addTinyMember(tiny, 'third', { imageSize: 40, seed: 22 });
  ensemble = runFolderPaths(join(tiny.root, 'ensemble'));
  await ensembleStep(testContext(), { members: [tiny.run.path, second.path], run: ensemble.path });
}, 600_000);
afterAll(() => tiny.remove());

/** A few of the run's image files. */
const images = () => {
  const folder = join(tiny.data, 'HAM10000_images_part_1');
  return readdirSync(folder)
    .slice(0, 5)
    .map((name) => join(folder, name));
};

const same = (found: Predictions, expected: Predictions) => {
  expect(found.imageIds).toEqual(expected.imageIds);
  const differences = found.probabilities.map((p, i) => Math.abs(p - expected.probabilities[i]));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
};

const evaluate = async (run: RunFolder, split: 'test' | 'validation') => {
  const { evaluation } = await evaluateStep(testContext(), { run: run.path, split, resamples: 50 });
  return { evaluation, predictions: await readPredictions(run, split) };
};

describe('ensembleStep', () => {
  it('describes itself, and copies the split', async () => {
    const config = ensembleConfig.parse(JSON.parse(readFileSync(ensemble.config, 'utf8')));
    expect(config.ensemble.members.map(({ run, weight, model }) => [run, weight, model])).toEqual([
      ['../run', 0.5, 'lenet'],
      ['../second', 0.5, 'mobilenet_v2'],
    ]);
    expect(readFileSync(ensemble.splitsCsv, 'utf8')).toBe(readFileSync(tiny.run.splitsCsv, 'utf8'));
    expect(config.ensemble.splits).toBe(JSON.parse(readFileSync(ensemble.splitsJson, 'utf8')).sha256);
    expect(readdirSync(ensemble.path)).not.toContain('metrics.jsonl');
  });

  it('answers with the mean of its members, and says what it adds to the best of them', async () => {
    const before = await evaluateStep(testContext(), { run: ensemble.path, resamples: 50 });
    expect(before.evaluation.ensemble?.comparison).toBeNull();
    const parts = [await evaluate(tiny.run, 'test'), await evaluate(second, 'test')];
    const { evaluation, predictions } = await evaluate(ensemble, 'test');
    same(
      predictions,
      averagePredictions(
        parts.map((part) => part.predictions),
        [0.5, 0.5],
      ),
    );
    const config = ensembleConfig.parse(await readConfig(ensemble));
    const [a, b] = config.ensemble.members.map(({ validation }) => validation!.balancedAccuracy);
    const best = b > a ? 1 : 0;
    expect(evaluation.ensemble?.bestMember.run).toBe(config.ensemble.members[best].run);
    const gain = evaluation.ensemble?.comparison?.metrics.find(({ metric }) => metric === 'balancedAccuracy');
    expect(gain?.difference).toBeCloseTo(evaluation.balancedAccuracy - parts[best].evaluation.balancedAccuracy, 12);
    // The very numbers that compare gives.
    const { comparisons } = await compareStep(testContext(), {
      runs: [[tiny.run, second][best].path, ensemble.path],
    });
    const compared = comparisons[0].metrics.find(({ metric }) => metric === 'balancedAccuracy');
    expect(compared?.difference).toBe(gain?.difference);
    expect(evaluation.calibration?.temperature).toBe(
      JSON.parse(readFileSync(ensemble.calibration, 'utf8')).temperature,
    );
  });

  it('takes members of other image sizes, with weights chosen on validation, for all but export', async () => {
    const run = join(tiny.root, 'sizes');
    const members = [tiny.run.path, third.path];
    const { config } = await ensembleStep(testContext(), { members, run, weighting: 'validation' });
    const { members: described, validation } = config.ensemble;
    const weights = described.map(({ weight }) => weight);
    expect(weights[0] + weights[1]).toBeCloseTo(1, 12);
    const folder = await openRunFolder(run);
    const parts = [await evaluate(tiny.run, 'validation'), await evaluate(third, 'validation')];
    const { evaluation, predictions } = await evaluate(folder, 'validation');
    same(
      predictions,
      averagePredictions(
        parts.map((part) => part.predictions),
        weights,
      ),
    );
    expect(evaluation.loss).toBeCloseTo(validation!.weighted.loss, 6);
    expect(described.map((member) => member.validation!.loss)).toEqual(parts.map((part) => part.evaluation.loss));
    expect(evaluation.ensemble).toBeUndefined();
    // Both have a share, so that one size is not enough.
    expect(Math.min(...weights)).toBeGreaterThan(0);
    await expect(exportStep(testContext(), { run })).rejects.toMatchObject({ kind: 'run', code: 'ensemble-sizes' });
    const [image] = images();
    const [{ probabilities }] = (await predictImages(testContext(), { source: run, inputs: [image] })).images;
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  });

  it('is one file with the members’ normalisation and augmentation inside, and predicts the same from it', async () => {
    const { check, path, metadata } = await exportStep(testContext(), { run: ensemble.path });
    expect(check.maxDifference).toBeLessThan(1e-5);
    expect(metadata).toMatchObject({ model: 'ensemble', checkpoint: 'ensemble', testTimeAugmentation: 'none' });
    expect(JSON.parse(metadata.ensemble).map(({ weight }: { weight: number }) => weight)).toEqual([0.5, 0.5]);
    expect((await readModelFile(path)).certainty?.temperature).toBeGreaterThan(0);
    const [run, file] = await Promise.all(
      [ensemble.path, path].map((source) => predictImages(testContext(), { source, inputs: images() })),
    );
    const differences = run.images.flatMap(({ probabilities }, i) =>
      probabilities.map((p, k) => Math.abs(p - file.images[i].probabilities[k])),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    expect(run.testTimeAugmentation).toBeNull();
    expect(file.images[0].sets).toEqual(run.images[0].sets);
    await expect(exportStep(testContext(), { run: ensemble.path, gradCamLayer: true })).rejects.toMatchObject({
      code: 'grad-cam-of-ensemble',
    });
  }, 600_000);

  it('is explained by its members’ maps, and has a report that names them', async () => {
    const explained = await explainStep(testContext(), { run: ensemble.path, localised: 4 });
    expect(explained.layer).toBe('conv2, features.18.0');
    expect(explained.checkpoint.name).toBe('ensemble');
    const { path } = await reportStep(testContext(), ensemble.path);
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('id="ensemble"');
    expect(html).not.toContain('id="training"');
    for (const words of ['mean', 'LeNet', 'MobileNetV2', 'second', 'lesionlab ensemble run second --run runs/again'])
      expect(html).toContain(words);
    expect(readFileSync(ensemble.modelCard, 'utf8')).toContain(
      'LeNet (run, weight 0.500) and MobileNetV2 (second, weight 0.500)',
    );
  }, 600_000);
});

describe('ensembleStep refuses', () => {
  const make = (members: readonly string[], name = 'refused') =>
    ensembleStep(testContext(), { members, run: join(tiny.root, name) });

  it('fewer than two, the same twice, and its own folder', async () => {
    await expect(make([tiny.run.path])).rejects.toMatchObject({ kind: 'usage', code: 'one-member' });
    await expect(make([tiny.run.path, tiny.run.path])).rejects.toMatchObject({ code: 'member-twice' });
    const inside = { members: [tiny.run.path, second.path], run: second.path, overwrite: true };
    await expect(ensembleStep(testContext(), inside)).rejects.toMatchObject({ code: 'ensemble-in-member' });
    expect(readdirSync(second.path)).toContain('config.json');
  });

  it('members of another split, with status 4, and leaves nothing behind', async () => {
    const other = await addTinyMember(tiny, 'other-split');
    const text = readFileSync(other.splitsCsv, 'utf8');
    writeFileSync(other.splitsCsv, text.replace(',train', ',test'));
    const call = await callCommandLine([
      'ensemble',
      tiny.run.path,
      other.path,
      '--run',
      join(tiny.root, 'refused'),
      '--json',
    ]);
    expect(call.status).toBe(4);
    expect(call.json()).toMatchObject({
      error: { code: 'other-split', hint: expect.stringContaining('--split-seed') },
    });
    expect(readdirSync(tiny.root)).not.toContain('refused');
  });

  it('members with other classes or image files, and ensembles as members', async () => {
    const other = await addTinyMember(tiny, 'other-data');
    const config = JSON.parse(readFileSync(other.config, 'utf8'));
    writeFileSync(other.config, JSON.stringify({ ...config, data: { ...config.data, sha256: 'other' } }));
    await expect(make([tiny.run.path, other.path])).rejects.toMatchObject({ kind: 'run', code: 'other-images' });
    await expect(make([tiny.run.path, ensemble.path])).rejects.toMatchObject({ kind: 'run', code: 'is-ensemble' });
  });

  it('to go on with members that have changed or are gone', async () => {
    const changing = await addTinyMember(tiny, 'changing');
    await make([tiny.run.path, changing.path], 'of-changing');
    const run = join(tiny.root, 'of-changing');
    const kept = mkdtempSync(join(tiny.root, 'kept-'));
    cpSync(changing.path, kept, { recursive: true });
    cpSync(tiny.run.lastCheckpoint, changing.bestCheckpoint);
    await expect(evaluateStep(testContext(), { run })).rejects.toMatchObject({
      kind: 'run',
      code: 'ensemble-member-changed',
    });
    rmSync(changing.path, { recursive: true });
    await expect(evaluateStep(testContext(), { run })).rejects.toMatchObject({ kind: 'run', code: 'ensemble-member' });
    cpSync(kept, changing.path, { recursive: true });
    await expect(evaluateStep(testContext(), { run, checkpoint: 'last' })).rejects.toMatchObject({
      kind: 'usage',
      code: 'checkpoint-of-ensemble',
    });
    expect((await evaluateStep(testContext(), { run, resamples: 0 })).checkpoint.name).toBe('ensemble');
  });

  it('to explain members that see other parts of an image', async () => {
    const cropped = await addTinyMember(tiny, 'cropped', { fit: 'crop' });
    await make([tiny.run.path, cropped.path], 'of-cropped');
    await expect(explainStep(testContext(), { run: join(tiny.root, 'of-cropped') })).rejects.toMatchObject({
      kind: 'run',
      code: 'ensemble-fits',
    });
  });
});
