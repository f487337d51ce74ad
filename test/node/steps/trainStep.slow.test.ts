import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { decodeSafetensors } from '../../../src/models/index.js';
import { openLimited, prepareData } from '../../../src/node/dataset/trainingData.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import type { StepContext } from '../../../src/node/machine/stepContext.js';
import { loadWeightsBeforeTraining } from '../../../src/node/run/checkpointFile.js';
import { createRunFolder, type RunFolder, runFolderPaths } from '../../../src/node/run/runFolder.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { trainRun } from '../../../src/node/steps/run.js';
import { splitStep } from '../../../src/node/steps/split.js';
import { trainStep } from '../../../src/node/steps/train.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import type { EpochRecord, StepRecord } from '../../../src/training/events.js';
import type { Recipe } from '../../../src/training/recipe/config.js';
import { findPreset } from '../../../src/training/recipe/presets/registry.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-train-'));
const data = join(root, 'data');
const epochs = 3;

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 140, size: [40, 30], progress: silentProgress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const options = (name: string, more: Partial<RunOptions> = {}): RunOptions => ({
  data,
  run: join(root, name),
  preset: 'demo',
  overrides: { imageSize: 24, epochs, batchSize: 8 },
  weightsFile: null,
  limit: null,
  excludeUnusable: false,
  resume: false,
  overwrite: false,
  tensorBoard: false,
  ...more,
});

/** A context whose signal is aborted once training has reported `steps` times. */
function interruptedAfter(steps: number): StepContext {
  const controller = new AbortController();
  let seen = 0;
  const progress = {
    note: () => {},
    start: (label: string) => ({
      update: () => {
        if (label === 'Training' && ++seen === steps) controller.abort();
      },
      end: () => {},
    }),
  };
  return { ...testContext(controller.signal), progress };
}

const bytesOf = (path: string) => readFileSync(path).toString('base64');
const read = async (run: RunFolder) => ({
  // Everything but what the clock says.
  metrics: (await readJsonLines<EpochRecord>(run.metrics)).map(
    ({ seconds: _, imagesPerSecond: __, ...record }) => record,
  ),
  steps: (await readJsonLines<StepRecord>(run.steps)).map(({ imagesPerSecond: _, ...record }) => record),
  best: bytesOf(run.bestCheckpoint),
  last: bytesOf(run.lastCheckpoint),
  splits: readFileSync(run.splitsCsv, 'utf8'),
});

describe('a training', () => {
  it('is the same for the same seed, and another for another', async () => {
    const [a, b, c] = [
      await trainRun(testContext(), options('a')),
      await trainRun(testContext(), options('b')),
      await trainRun({ ...testContext(), seed: 1 }, options('c')),
    ];
    const whole = await read(a.run);
    expect(whole.metrics.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(whole.metrics).toEqual(a.epochs.map(({ seconds: _, imagesPerSecond: __, ...record }) => record));
    const again = await read(b.run);
    expect(again.metrics).toEqual(whole.metrics);
    expect(again).toEqual(whole);
    const other = await read(c.run);
    expect(other.splits).not.toBe(whole.splits);
    expect(other.metrics[0].trainLoss).not.toBe(whole.metrics[0].trainLoss);
    for (const file of [a.run.config, a.run.layersTable, a.run.trainingBatch, join(a.run.curves, 'loss.svg')])
      expect(existsSync(file), file).toBe(true);
  });

  it('ends the same after interruptions in the middle of epochs', async () => {
    const whole = await read(runFolderPaths(join(root, 'a')));
    let interruptions = 0;
    let inEpoch = 0;
    for (let attempt = 0; ; attempt++) {
      expect(attempt).toBeLessThan(100);
      try {
        await trainRun(interruptedAfter(9), options('pieces', { resume: attempt > 0 }));
        break;
      } catch (error) {
        expect(error).toMatchObject({
          kind: 'interrupted',
          exitStatus: 130,
          hint: expect.stringContaining('`resume`'),
        });
        interruptions += 1;
        const state = readFileSync(runFolderPaths(join(root, 'pieces')).trainingState);
        const position = JSON.parse(decodeSafetensors(state, 'state').metadata.position);
        if (position.stepsInEpoch > 0) inEpoch += 1;
      }
    }
    expect(interruptions).toBeGreaterThan(1);
    expect(inEpoch).toBeGreaterThan(0);
    expect(await read(runFolderPaths(join(root, 'pieces')))).toEqual(whole);
  });

  it('that was killed goes on from what it saved: lines beyond that are cut', async () => {
    const whole = await read(runFolderPaths(join(root, 'a')));
    const killed = options('killed');
    await expect(trainRun(interruptedAfter(25), killed)).rejects.toMatchObject({ kind: 'interrupted' });
    const run = runFolderPaths(killed.run);
    // As if it had gone on for a while: logged more than it saved, saved weights but not the state, and torn a line.
    const [step] = await readJsonLines<StepRecord>(run.steps);
    appendFileSync(run.steps, `${JSON.stringify({ ...step, step: 9000, epoch: 99 })}\n{"step": 90`);
    const [epoch] = await readJsonLines<EpochRecord>(runFolderPaths(join(root, 'a')).metrics);
    appendFileSync(run.metrics, `${JSON.stringify({ ...epoch, epoch: 99, validationBalancedAccuracy: 1 })}\n`);
    writeFileSync(run.lastCheckpoint, readFileSync(runFolderPaths(join(root, 'c')).bestCheckpoint));
    await trainRun(testContext(), { ...killed, resume: true });
    expect(await read(run)).toEqual(whole);
  });

  it('that was killed before it was configured begins anew', async () => {
    const whole = await read(runFolderPaths(join(root, 'a')));
    const early = options('early', { resume: true });
    const run = await createRunFolder(early.run);
    // Of data that has changed since.
    writeFileSync(run.splitsCsv, 'image_id,lesion_id,dx,split\nX,Y,nv,train\n');
    await trainRun(testContext(), early);
    expect(await read(run)).toEqual(whole);
    // Without its configuration, nobody knows what the rest is of.
    rmSync(run.config);
    await expect(trainRun(testContext(), early)).rejects.toMatchObject({ code: 'missing-config', exitStatus: 4 });
    expect(await read(run)).toEqual(whole);
  });

  it('that is over is left as it is', async () => {
    const before = await read(runFolderPaths(join(root, 'a')));
    const context = testContext();
    const result = await trainRun(context, options('a', { resume: true }));
    expect(result.epochs).toHaveLength(epochs);
    expect(await read(result.run)).toEqual(before);
  });

  it('is replaced with --overwrite only', async () => {
    const again = options('b', { overrides: { imageSize: 24, epochs: 1, batchSize: 8 } });
    const { run } = await trainRun(testContext(), { ...again, overwrite: true });
    expect(await readJsonLines(run.metrics)).toHaveLength(1);
    writeFileSync(join(run.path, 'notes.txt'), 'mine');
    await expect(trainRun(testContext(), again)).rejects.toMatchObject({ code: 'run-exists' });
    await trainRun(testContext(), { ...again, overwrite: true });
    expect(readFileSync(join(run.path, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('begins with the weights given', async () => {
    const { bestCheckpoint } = runFolderPaths(join(root, 'a'));
    const name = 'continued';
    const overrides = { imageSize: 24, epochs: 1, batchSize: 4, learningRate: 1e-12 };
    const context = testContext();
    const { config, run } = await trainRun(context, options(name, { weightsFile: bestCheckpoint, overrides }));
    expect(config.model.weightsFile).toBe(bestCheckpoint);
    // What was taken from the file is said.
    expect(context.notes.join('\n')).toMatch(/(\d+) of \1 tensors taken/);
    const weights = (path: string) => decodeSafetensors(readFileSync(path), path).weights.get('fc3.weight')!.data;
    const [given, after] = [weights(bestCheckpoint), weights(run.lastCheckpoint)];
    for (const [i, value] of after.entries()) expect(Math.abs(value - given[i])).toBeLessThan(1e-6);
    // Its name stands in the configuration, and a resumed run needs the file no more.
    const config_ = JSON.parse(readFileSync(run.config, 'utf8'));
    writeFileSync(run.config, JSON.stringify({ ...config_, model: { ...config_.model, weightsFile: '/gone' } }));
    await trainRun(testContext(), options(name, { resume: true, overrides: {} }));
    // The maps before training are of the same weights, wherever the file is now.
    const before = await loadWeightsBeforeTraining(run);
    expect(before.get('fc3.weight')!.data).toEqual(given);
    rmSync(run.initialWeights);
    await expect(loadWeightsBeforeTraining(run)).rejects.toMatchObject({ kind: 'run', code: 'no-checkpoint' });
  });

  it('keeps no weights that follow from the seed', async () => {
    const run = runFolderPaths(join(root, 'a'));
    expect(existsSync(run.initialWeights)).toBe(false);
    const before = await loadWeightsBeforeTraining(run);
    const trained = decodeSafetensors(readFileSync(run.lastCheckpoint), run.lastCheckpoint).weights;
    expect([...before.keys()]).toEqual([...trained.keys()]);
    expect(before.get('fc3.weight')!.data).not.toEqual(trained.get('fc3.weight')!.data);
  });

  it('writes TensorBoard files when asked', async () => {
    const { run } = await trainRun(testContext(), options('board', { tensorBoard: true }));
    const [file, ...others] = readdirSync(run.tensorboard);
    expect(others).toEqual([]);
    expect(file).toMatch(/^events\.out\.tfevents\./);
    const text = readFileSync(join(run.tensorboard, file), 'latin1');
    for (const tag of ['loss/train', 'loss/validation', 'accuracy/validation balanced', 'learning rate'])
      expect(text).toContain(tag);
    expect(existsSync(runFolderPaths(join(root, 'a')).tensorboard)).toBe(false);
  });
});

describe('validation metrics', () => {
  it('are those of evaluate on the validation split', async () => {
    const {
      run,
      config,
      epochs: records,
      bestEpoch,
    } = await trainRun(
      testContext(),
      options('guide', {
        preset: 'guide-lenet',
        overrides: { imageSize: 24, epochs: 3, batchSize: 4, learningRate: 1e-3 },
      }),
    );
    expect(config.recipe.evaluation.testTimeAugmentation).toBe('none');
    const best = records[bestEpoch - 1];
    for (const [checkpoint, record] of [
      ['best', best],
      ['last', records[2]],
    ] as const) {
      const { evaluation } = await evaluateStep(testContext(), {
        run: run.path,
        split: 'validation',
        checkpoint,
        resamples: 0,
      });
      expect(evaluation.accuracy).toBe(record.validationAccuracy);
      expect(evaluation.balancedAccuracy).toBeCloseTo(record.validationBalancedAccuracy, 12);
      expect(record.validationRecall).toEqual(
        Object.fromEntries(evaluation.perClass.map(({ dx, recall, support }) => [dx, support > 0 ? recall : null])),
      );
      const path = run.evaluation('validation').predictions;
      const { classes } = config.data;
      const { labels, probabilities } = parsePredictionsCsv(readFileSync(path, 'utf8'), { file: path, classes });
      const weightOf = (label: number) => config.classWeights[label];
      let [loss, sum] = [0, 0];
      for (const [i, label] of [...labels].entries()) {
        loss -= weightOf(label) * Math.log(probabilities[i * classes.length + label]);
        sum += weightOf(label);
      }
      expect(Math.abs(loss / sum - record.validationLoss)).toBeLessThan(1e-5);
    }
    expect(best.validationBalancedAccuracy).toBe(Math.max(...records.map((r) => r.validationBalancedAccuracy)));
  });
});

describe('a learning rate that is much too high', () => {
  /** Plain gradient descent, which has nothing to hold it back. */
  const recipe = (learningRate: number, epochs: number): Recipe => {
    const { recipe: demo } = findPreset('demo');
    const training = {
      ...demo.training,
      optimizer: 'sgd',
      learningRate,
      schedule: 'constant',
      weightAveraging: 0,
    } as const;
    return { ...demo, imageSize: 24, training: { ...training, epochs, batchSize: 16, warmUp: 0, weightDecay: 0 } };
  };

  async function train(name: string, wild: Recipe, resume = false) {
    const context = testContext();
    const run = await createRunFolder(join(root, name), { resume });
    const dataset = await openLimited({ data, limit: null }, 0);
    const prepared = await prepareData(context, dataset, wild, { excludeUnusable: false });
    const { splits } = await splitStep(context, dataset, run.path);
    try {
      const result = await trainStep(context, {
        run,
        dataset,
        splits,
        splitRule: { kind: 'lesions' },
        splitSeed: 0,
        ratios: [64, 16, 20],
        prepared: prepared.prepared,
        recipe: wild,
        preset: 'demo',
        overrides: [],
        dataFolders: [data],
        limit: null,
        excluded: [],
        weightsFile: null,
        resume,
        tensorBoard: false,
      });
      return { context, run, result };
    } finally {
      prepared.prepared.close();
      await dataset.images.close();
    }
  }

  it('stops with an error where no epoch went well', async () => {
    await expect(train('wild', recipe(1e30, 3))).rejects.toMatchObject({
      kind: 'run',
      code: 'diverged',
      message: expect.stringMatching(/diverged: after step \d+/),
      hint: expect.stringContaining('`learningRate`'),
    });
    expect(existsSync(runFolderPaths(join(root, 'wild')).bestCheckpoint)).toBe(false);
    // What comes next says what is missing.
    expect((await callCommandLine(['evaluate', join(root, 'wild')])).status).toBe(4);
  });

  it('keeps the last good checkpoint, and says so', async () => {
    const first = await train('later', recipe(1e-3, 2));
    expect(first.result.diverged).toBeNull();
    const { context, run, result } = await train('later', recipe(1e30, 6), true);
    expect(result.diverged).toMatch(/diverged: after step \d+.*checkpoint of epoch [12] is kept/);
    expect(context.notes).toContain(result.diverged);
    expect(result.epochs).toEqual(first.result.epochs);
    for (const { validationRecall = {}, best: _, ...record } of await readJsonLines<EpochRecord>(run.metrics))
      for (const value of [...Object.values(record), ...Object.values(validationRecall)])
        expect(value).toSatisfy(Number.isFinite);
    const { evaluation } = await evaluateStep(testContext(), { run: run.path, split: 'validation', resamples: 0 });
    expect(Number.isFinite(evaluation.loss)).toBe(true);
  });
});
