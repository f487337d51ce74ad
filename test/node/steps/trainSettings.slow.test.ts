import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { decodeSafetensors } from '../../../src/models/index.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import type { StepContext } from '../../../src/node/machine/stepContext.js';
import { runFolderPaths } from '../../../src/node/run/runFolder.js';
import { ensembleStep } from '../../../src/node/steps/ensemble.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { trainRun } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import type { EpochRecord } from '../../../src/training/events.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-settings-'));
const data = join(root, 'data');
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 140, size: [40, 30], progress: silentProgress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const options = (name: string, training: object, more: Partial<RunOptions> = {}): RunOptions => ({
  data,
  run: join(root, name),
  recipe: { extends: 'demo', imageSize: 32, training: { epochs: 4, batchSize: 8, ...training } },
  ...more,
});

/** A context that is interrupted after so many reports of training. */
function interruptedAfter(steps: number): StepContext {
  const controller = new AbortController();
  let seen = 0;
  const update = (label: string) => () => {
    if (label === 'Training' && ++seen === steps) controller.abort();
  };
  const start = (label: string) => ({ update: update(label), end: () => {} });
  return { ...testContext(controller.signal), progress: { note: () => {}, start } };
}

async function expectSameAfterInterruption(
  name: string,
  training: object,
  more: Partial<RunOptions> = {},
  interruptions: readonly number[] = [3, 7],
) {
  const whole = (await trainRun(testContext(), options(`${name}-whole`, training, more))).run;
  const parts = options(`${name}-parts`, training, more);
  for (const steps of interruptions)
    await trainRun(interruptedAfter(steps), { ...parts, resume: existsSync(runFolderPaths(parts.run).config) }).catch(
      (error) => expect(error).toMatchObject({ kind: 'interrupted' }),
    );
  const { run } = await trainRun(testContext(), { ...parts, resume: true });
  for (const file of ['bestCheckpoint', 'lastCheckpoint', 'trainingState'] as const) {
    const weights = (path: string) => readFileSync(path).subarray(-2000).toString('base64');
    expect(weights(run[file]), file).toBe(weights(whole[file]));
  }
  const epochs = async (path: string) =>
    (await readJsonLines<EpochRecord>(path)).map(({ seconds: _, imagesPerSecond: __, ...record }) => record);
  expect(await epochs(run.metrics)).toEqual(await epochs(whole.metrics));
  return { run, epochs: await epochs(run.metrics) };
}

describe('a training that goes on is the one that was never interrupted', () => {
  it('with averaged weights, batch norms computed anew and blocks left out, chosen by a smoothed macro AUROC', async () => {
    const { epochs } = await expectSameAfterInterruption(
      'averaged',
      {
        ...{ averagedTail: 0.5, recomputedBatchNorm: 3, dropPath: 0.3, layerDecay: 0.8, schedule: 'cosine' },
        ...{ checkpointRule: 'macro-auroc', checkpointSmoothing: 2 },
      },
      { overrides: { model: 'mobilenet_v3_small' } },
    );
    expect(epochs).toHaveLength(4);
    const areas = epochs.map(({ validationMacroAuroc }) => validationMacroAuroc!);
    const means = areas.slice(1).map((area, i) => (area + areas[i]) / 2);
    const best = epochs.filter((epoch) => epoch.best).at(-1)!;
    expect(best.epoch).toBe(2 + means.indexOf(Math.max(...means)));
  }, 240_000);

  it('with last epochs on whole images, in which classifier and batch norms alone change', async () => {
    const model = 'mobilenet_v3_small';
    const sizes = { imageSize: 40, trainingImageSize: 32, dropPath: 0.2, weightAveraging: 0.9 };
    const overrides = { model, ...sizes, checkpointRule: 'last' } as const;
    const before = (await trainRun(testContext(), options('before', { epochs: 2 }, { overrides }))).run;
    // In the first part, at its end, and in the last.
    for (const [i, interruptions] of [
      [3, 22],
      [22, 5],
    ].entries()) {
      const { run, epochs } = await expectSameAfterInterruption(
        `full-size-${i}`,
        { fullSizeEpochs: 2, recomputedBatchNorm: 2 * i },
        { overrides },
        interruptions,
      );
      expect(epochs[2].learningRate).toBeLessThan(epochs[0].learningRate);
      if (i > 0) continue;
      const weightsOf = (path: string) => decodeSafetensors(readFileSync(path), path).weights;
      const [then, now] = [before, run].map(({ lastCheckpoint }) => weightsOf(lastCheckpoint));
      const norms = new Set(
        [...then.keys()].flatMap((name) => (name.endsWith('.running_mean') ? [name.slice(0, -13)] : [])),
      );
      for (const [name, { data: values }] of then) {
        const adapts = norms.has(name.slice(0, name.lastIndexOf('.'))) || name.startsWith('classifier');
        if (!name.endsWith('num_batches_tracked'))
          expect([name, Buffer.from(values.buffer).equals(Buffer.from(now.get(name)!.data.buffer))]).toEqual([
            name,
            !adapts,
          ]);
      }
    }
  }, 480_000);

  it('with a teacher, which is asked once', async () => {
    await trainRun(testContext(), options('teacher', {}));
    const teacher = { source: join(root, 'teacher') };
    const { run } = await expectSameAfterInterruption('student', { distillation: 0.6, mixup: 0.2 }, { teacher });
    const config = JSON.parse(readFileSync(run.config, 'utf8'));
    const { labels } = parsePredictionsCsv(readFileSync(run.teacher, 'utf8'), { file: run.teacher });
    expect(config.teacher).toMatchObject({ images: labels.length, learnedFrom: labels.length, prevalence: 'shifted' });
    // Something else came of it than of the diagnoses alone.
    const alone = (await trainRun(testContext(), options('alone', { mixup: 0.2 }))).run;
    expect(readFileSync(alone.lastCheckpoint).equals(readFileSync(run.lastCheckpoint))).toBe(false);
    // Answers that were changed since are none.
    writeFileSync(run.teacher, `${readFileSync(run.teacher, 'utf8')}\n`);
    const again = options('student-parts', { distillation: 0.6, mixup: 0.2 }, { resume: true });
    await expect(trainRun(testContext(), again)).rejects.toMatchObject({ kind: 'run', code: 'teacher-changed' });
  }, 240_000);
});

describe('a teacher', () => {
  it('that knows images which the network is chosen or tested on is refused, and nothing is left behind', async () => {
    const other = options(
      'spoiled',
      { distillation: 0.5 },
      { teacher: { source: join(root, 'teacher') }, splitSeed: 1 },
    );
    await expect(trainRun(testContext(), other)).rejects.toMatchObject({
      kind: 'data',
      code: 'teacher-knows-images',
      details: expect.arrayContaining([expect.stringMatching(/: (validation|test) here/)]),
    });
    expect(existsSync(other.run)).toBe(false);
  }, 60_000);

  it('is named where a recipe learns from one, and only there', async () => {
    await expect(trainRun(testContext(), options('none', { distillation: 0.5 }))).rejects.toMatchObject({
      code: 'teacher-needed',
    });
    const teacher = { source: join(root, 'teacher') };
    await expect(trainRun(testContext(), options('none', {}, { teacher }))).rejects.toMatchObject({
      code: 'teacher-unheeded',
    });
  });
});

it('a last training learns from the validation images, which choose and calibrate nothing', async () => {
  const context = testContext();
  const { run, config, bestEpoch } = await trainRun(context, options('final', { trainOn: 'train-and-validation' }));
  expect(config.recipe.training).toMatchObject({ checkpointRule: 'last', earlyStopping: 0 });
  expect(bestEpoch).toBe(4);
  expect(context.notes.join(' ')).toContain('The validation images are learned from, too');
  await expect(evaluateStep(context, { run: run.path, split: 'validation' })).rejects.toMatchObject({
    code: 'empty-split',
  });
  await evaluateStep(context, { run: run.path, scoresOnly: true, resamples: 100 });
  expect(existsSync(run.calibration)).toBe(false);
  const steps = await readJsonLines<{ step: number }>(run.steps);
  const plain = await readJsonLines<{ step: number }>(runFolderPaths(join(root, 'alone')).steps);
  expect(steps.at(-1)!.step).toBeGreaterThan(plain.at(-1)!.step);
  const members = [run.path, join(root, 'alone')];
  await expect(ensembleStep(context, { members, run: join(root, 'together') })).rejects.toMatchObject({
    code: 'validation-learned',
  });
}, 120_000);
