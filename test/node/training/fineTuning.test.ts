import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, findModel, initialWeights } from '../../../src/models/index.js';
import { createRunFolder, readTrainedConfig, runFolderPaths } from '../../../src/node/run/runFolder.js';
import { trainRun } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import type { RunConfig } from '../../../src/training/recipe/config.js';
import { recipeChangesOf } from '../../../src/training/recipe/recipeChangesOf.js';
import { formatSetting, recipeSettings, valueAt } from '../../../src/training/recipe/recipeSettings.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { copyPaintedData } from '../paintedData.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-tune-'));
const data = join(root, 'data');
const weightsFile = join(root, 'start.safetensors');
const start = initialWeights({ model: findModel('lenet'), classCount: 7, imageSize: 24 }, 77);

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await copyPaintedData(data, { images: 140, size: [40, 30] });
  writeFileSync(weightsFile, encodeSafetensors(start, {}));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const options = (name: string, more: Partial<RunOptions> = {}): RunOptions => ({
  data,
  run: join(root, name),
  preset: 'demo',
  weightsFile,
  overrides: { imageSize: 24, epochs: 2, batchSize: 8, freeze: 'conv2', learningRateFactors: { classifier: 3 } },
  ...more,
});
const weightsOf = (path: string) => decodeSafetensors(readFileSync(path), path).weights;

describe('a run with frozen stages', () => {
  it('keeps them bit by bit, also when it goes on after its weights file is gone', async () => {
    const whole = await trainRun(testContext(), options('whole'));
    const controller = new AbortController();
    const progress = {
      ...silentProgress,
      start: (label: string) => ({
        update: (done: number) => void (label === 'Training' && done >= 4 && controller.abort()),
        end: () => {},
      }),
    };
    const interrupted = { ...testContext(controller.signal), progress };
    await expect(trainRun(interrupted, options('pieces'))).rejects.toMatchObject({ kind: 'interrupted' });
    renameSync(weightsFile, `${weightsFile}.away`);
    try {
      await trainRun(testContext(), { ...options('pieces'), weightsFile: null, overrides: {}, resume: true });
    } finally {
      renameSync(`${weightsFile}.away`, weightsFile);
    }
    const [a, b] = ['whole', 'pieces'].map((name) => weightsOf(runFolderPaths(join(root, name)).lastCheckpoint));
    expect([...a.keys()]).toEqual([...start.keys()]);
    for (const [name, { data: values }] of a) {
      expect(values, name).toEqual(b.get(name)!.data);
      const same = values.every((value, i) => value === start.get(name)!.data[i]);
      expect(same, name).toBe(/^conv[12]\./.test(name));
    }
    expect(whole.config.overrides).toContain('freeze=conv2');
  });

  it('refuses other settings on resuming, and takes the same', async () => {
    const again = { ...options('whole'), resume: true };
    const changed = { ...again, overrides: { learningRateFactors: { classifier: 2 } } };
    await expect(trainRun(testContext(), changed)).rejects.toMatchObject({
      code: 'resume-changes',
      message: expect.stringContaining('learningRateFactors (asked for: classifier=2, the run has: classifier=3)'),
    });
    await trainRun(testContext(), again);
  });

  it('takes the settings for the same that there were none of when the run began, and stand at their defaults', async () => {
    const path = runFolderPaths(join(root, 'whole')).config;
    const text = readFileSync(path, 'utf8');
    const { recipe, preset } = await readTrainedConfig(runFolderPaths(join(root, 'whole')));
    const early = JSON.parse(text) as RunConfig;
    const unsaid = recipeSettings.filter(
      ({ path, standard }) =>
        standard !== undefined && formatSetting(standard) === formatSetting(valueAt(recipe, path)),
    );
    expect(unsaid.length).toBeGreaterThan(10);
    for (const { group, name } of unsaid)
      delete ((group ? valueAt(early.recipe, group) : early.recipe) as Record<string, unknown>)[name];
    writeFileSync(path, JSON.stringify(early));
    const { preset: _, overrides: __, ...rest } = options('whole');
    const again = { ...rest, recipe: recipeChangesOf({ recipe, preset }), resume: true };
    await trainRun(testContext(), again);
    writeFileSync(path, text);
  });

  it('knows its weights file by its contents, wherever it lies', async () => {
    const { model } = await readTrainedConfig(runFolderPaths(join(root, 'whole')));
    const bytes = readFileSync(weightsFile);
    expect(model.weightsSha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const moved = join(root, 'moved.safetensors');
    writeFileSync(moved, bytes);
    await trainRun(testContext(), { ...options('whole'), weightsFile: moved, resume: true });
    writeFileSync(moved, encodeSafetensors(start, { other: 'contents' }));
    const other = trainRun(testContext(), { ...options('whole'), weightsFile: moved, resume: true });
    await expect(other).rejects.toMatchObject({
      code: 'resume-changes',
      message: expect.stringMatching(/weights \(asked for: .*moved.*, SHA-256 .*, the run has: .*, SHA-256/),
    });
  });

  it('does not begin anew with other weights under the same name', async () => {
    const run = runFolderPaths(join(root, 'pieces'));
    // As it is where a training was stopped before its first epoch was over.
    for (const path of [run.trainingState, run.metrics, run.steps, run.bestCheckpoint, run.lastCheckpoint])
      rmSync(path, { force: true });
    const bytes = readFileSync(weightsFile);
    const again = () =>
      trainRun(testContext(), { ...options('pieces'), weightsFile: null, overrides: {}, resume: true });
    const { model } = await readTrainedConfig(run);
    writeFileSync(model.weightsFile!, encodeSafetensors(start, { other: 'contents' }));
    try {
      await expect(again()).rejects.toMatchObject({ code: 'weights-changed' });
    } finally {
      writeFileSync(model.weightsFile!, bytes);
    }
    // Runs of earlier versions don't say which weights they began with.
    const { weightsSha256: _, ...older } = model;
    const config = JSON.parse(readFileSync(run.config, 'utf8'));
    writeFileSync(run.config, JSON.stringify({ ...config, model: older, split: undefined }));
    const { config: resumed } = await again();
    expect(resumed.model).toEqual(older);
    expect(resumed.split).toBeUndefined();
  });

  it('says so where what is frozen was never trained', async () => {
    const context = testContext();
    await trainRun(context, options('random', { weightsFile: null }));
    expect(context.notes.join('\n')).toContain('What is frozen (conv2) stays at random weights');
  });
});

describe('early stopping', () => {
  it('ends a run, says why, and leaves it ended', async () => {
    // Rates this small change nothing: the first epoch stays the best.
    const overrides = { imageSize: 24, epochs: 9, batchSize: 8, learningRate: 1e-12, earlyStopping: 2 };
    const context = testContext();
    const result = await trainRun(context, options('early', { overrides }));
    expect(result.epochs).toHaveLength(3);
    expect(result.bestEpoch).toBe(1);
    expect(result.endedEarly).toMatch(/ended after epoch 3 of 9, since no epoch after 1 had a better/);
    expect(context.notes).toContain(result.endedEarly);
    const again = testContext();
    const resumed = await trainRun(again, { ...options('early'), weightsFile: null, overrides: {}, resume: true });
    expect(resumed.epochs).toEqual(result.epochs);
    expect(resumed.endedEarly).toBe(result.endedEarly);
    expect(again.notes).toContain('Its training is over.');
  });
});

describe('options', () => {
  const train = (name: string, ...more: string[]) =>
    callCommandLine(['train', data, '--run', join(root, name), '--preset', 'demo', '--image-size', '24', ...more]);

  it('land in the recipe', async () => {
    const call = await train(
      'options',
      ...'--epochs 1 --batch-size 8 --optimizer sgd --learning-rate 0.02 --schedule step --step-epochs 3 --step-factor 0.5'.split(
        ' ',
      ),
      ...'--warm-up 0.1 --weight-decay 0.001 --weight-decay-on weights --clip 5 --label-smoothing 0.1 --mixup 0.2'.split(
        ' ',
      ),
      ...'--weight-averaging 0.9 --freeze conv1 --learning-rate-factors backbone=0.5,fc3=2 --early-stopping 4'.split(
        ' ',
      ),
      ...'--fit crop --class-weights median-frequency --test-time-augmentation flips-and-turns --json'.split(' '),
    );
    expect(call.status).toBe(0);
    expect(call.json()).toMatchObject({ epochs: 1, endedEarly: null });
    const config = JSON.parse(readFileSync(runFolderPaths(join(root, 'options')).config, 'utf8'));
    expect(config.recipe.fit).toBe('crop');
    expect(config.preprocessing.fit).toBe('crop');
    expect(config.recipe.evaluation.testTimeAugmentation).toBe('flips-and-turns');
    expect(config.overrides).toContain('testTimeAugmentation=flips-and-turns');
    expect(config.recipe.training).toMatchObject({
      classWeights: 'median-frequency',
      optimizer: 'sgd',
      learningRate: 0.02,
      schedule: 'step',
      stepEpochs: 3,
      stepFactor: 0.5,
      warmUp: 0.1,
      weightDecay: 0.001,
      weightDecayOn: 'weights',
      gradientClipping: 5,
      labelSmoothing: 0.1,
      mixup: 0.2,
      weightAveraging: 0.9,
      freeze: 'conv1',
      learningRateFactors: { backbone: 0.5, fc3: 2 },
      earlyStopping: 4,
    });
  });

  it.each([
    ['--freeze', 'layer4', /conv1, conv2, fc1, fc2/],
    ['--freeze', 'fc3', /nothing of LeNet is trained/],
    ['--learning-rate-factors', 'head=2', /backbone, classifier, conv1/],
    ['--learning-rate-factors', 'conv1', /stage=factor/],
    ['--learning-rate-factors', 'conv1=1,conv1=2', /there twice/],
    ['--step-epochs', '3', /the schedule one-cycle has no steps/],
    ['--optimizer', 'lion', /adamw/],
  ])('that make no sense are refused before anything is written: %s %s', async (option, value, message) => {
    const call = await train('never', option, value);
    expect(call.status).toBe(2);
    expect(call.stderr).toMatch(message);
    await expect(createRunFolder(join(root, 'never'))).resolves.toBeDefined();
    rmSync(join(root, 'never'), { recursive: true });
  });
});
