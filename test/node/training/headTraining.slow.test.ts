import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, findModel, initialWeights } from '../../../src/models/index.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import type { StepContext } from '../../../src/node/machine/stepContext.js';
import { type RunFolder, runFolderPaths } from '../../../src/node/run/runFolder.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { explainStep } from '../../../src/node/steps/explain.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { trainRun } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import type { EpochRecord } from '../../../src/training/events.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-head-'));
const data = join(root, 'data');
const cache = join(root, 'cache');
const weightsFile = join(root, 'weights.safetensors');
const size = { model: findModel('mobilenet_v2_levels'), classCount: 7, imageSize: 32 };
const given = initialWeights(size, 8);

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = cache;
  await writeSyntheticDataset(data, { images: 72, size: [40, 30], progress: silentProgress });
  // A trunk alone, as a file of another network with the same trunk is.
  const trunk = new Map([...given].filter(([name]) => !name.startsWith('head.')));
  writeFileSync(weightsFile, encodeSafetensors(trunk, { mean: '0.5,0.4,0.3', std: '0.25,0.5,0.25' }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const options = (name: string, more: Partial<RunOptions> = {}): RunOptions => ({
  data,
  run: join(root, name),
  preset: 'head',
  overrides: { imageSize: 32, epochs: 3, batchSize: 8 },
  weightsFile,
  ...more,
});

/** A context that counts the images whose features were computed, and aborts when `stop` says so. */
function watched(stop: (label: string, updates: number) => boolean = () => false) {
  const controller = new AbortController();
  const seen = { features: 0, training: 0 };
  const progress = {
    note: () => {},
    start: (label: string) => ({
      update: (done: number) => {
        if (label === 'Computing features') seen.features = done;
        if (label === 'Training') seen.training += 1;
        if (stop(label, label === 'Training' ? seen.training : done)) controller.abort();
      },
      end: () => {},
    }),
  };
  return { context: { ...testContext(controller.signal), progress } as StepContext, seen };
}

const featureFiles = () => readdirSync(cache).filter((name) => name.endsWith('.features'));
const read = async (run: RunFolder) => ({
  metrics: (await readJsonLines<EpochRecord>(run.metrics)).map(
    ({ seconds: _, imagesPerSecond: __, ...record }) => record,
  ),
  best: readFileSync(run.bestCheckpoint).toString('base64'),
  last: readFileSync(run.lastCheckpoint).toString('base64'),
});

// Many small trainings, and every one begins threads.
describe('the training of a head', { timeout: 180_000 }, () => {
  it('leaves the rest of the network as it was, and takes the normalisation from the weights file', async () => {
    const { context, seen } = watched();
    const { run, config, epochs } = await trainRun(context, options('a'));
    expect(epochs).toHaveLength(3);
    expect(seen.features).toBeGreaterThan(6 * 40);
    expect(config.preprocessing).toMatchObject({
      mean: [0.5, 0.4, 0.3],
      std: [0.25, 0.5, 0.25],
      statistics: 'weights',
    });
    expect(config.recipe).toMatchObject({ training: { freeze: 'backbone' }, featureViews: 6 });
    const { weights } = decodeSafetensors(readFileSync(run.lastCheckpoint), 'last');
    for (const [name, { data: before }] of given) {
      const same = weights.get(name)!.data.every((value, i) => value === before[i]);
      expect(same, name).toBe(!name.startsWith('head.'));
    }
  });

  it('validates as the whole network does on the images', async () => {
    const run = runFolderPaths(join(root, 'a'));
    const records = await readJsonLines<EpochRecord>(run.metrics);
    // Without the flips that the preset evaluates with.
    const config = JSON.parse(readFileSync(run.config, 'utf8'));
    const plain = { ...config, recipe: { ...config.recipe, evaluation: { testTimeAugmentation: 'none' } } };
    writeFileSync(run.config, JSON.stringify(plain));
    const { evaluation } = await evaluateStep(testContext(), {
      run: run.path,
      split: 'validation',
      checkpoint: 'last',
      resamples: 0,
    });
    expect(evaluation.accuracy).toBeCloseTo(records[2].validationAccuracy, 12);
    expect(evaluation.balancedAccuracy).toBeCloseTo(records[2].validationBalancedAccuracy, 12);
    expect(records[2].validationRecall).toEqual(
      Object.fromEntries(evaluation.perClass.map(({ dx, recall, support }) => [dx, support > 0 ? recall : null])),
    );
    writeFileSync(run.config, JSON.stringify(config));
  });

  it('makes a run that can be explained and exported', async () => {
    const run = join(root, 'a');
    await explainStep(testContext(), { run });
    const { path } = await exportStep(testContext(), { run });
    expect(existsSync(path)).toBe(true);
  });

  it('finds its features again, and computes damaged ones anew', async () => {
    const whole = await read(runFolderPaths(join(root, 'a')));
    const [name, ...others] = featureFiles();
    expect(others).toEqual([]);
    const path = join(cache, name);
    const bytes = readFileSync(path);

    const again = watched();
    expect(await read((await trainRun(again.context, options('b'))).run)).toEqual(whole);
    expect(again.seen.features).toBe(0);

    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 100] ^= 0x10;
    const damages = [
      () => writeFileSync(path, flipped),
      () => truncateSync(path, statSync(path).size - 8),
      () => writeFileSync(path, 'no features'),
    ];
    for (const [i, damage] of damages.entries()) {
      damage();
      const { context, seen } = watched();
      expect(await read((await trainRun(context, options(`damaged${i}`))).run)).toEqual(whole);
      expect(seen.features).toBeGreaterThan(0);
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
  });

  it('computes other features for another seed, other weights', async () => {
    await trainRun({ ...watched().context, seed: 1 }, options('seed'));
    expect(featureFiles()).toHaveLength(2);
    const other = join(root, 'other.safetensors');
    writeFileSync(other, encodeSafetensors(initialWeights(size, 9), {}));
    const { config } = await trainRun(testContext(), options('weights', { weightsFile: other }));
    expect(featureFiles()).toHaveLength(3);
    // The file doesn't say: ImageNet's.
    expect(config.preprocessing).toMatchObject({ mean: [0.485, 0.456, 0.406], statistics: 'imagenet' });
  });

  it('ends the same after interruptions, without the weights file', async () => {
    const whole = await read(runFolderPaths(join(root, 'a')));
    for (const name of featureFiles()) rmSync(join(cache, name));
    const early = watched((label) => label === 'Computing features');
    await expect(trainRun(early.context, options('pieces'))).rejects.toMatchObject({ kind: 'interrupted' });
    expect(featureFiles()).toEqual([]);
    const path = join(root, 'copy.safetensors');
    let interruptions = 0;
    for (let attempt = 0; attempt < 20; attempt++) {
      const { context } = watched((label, updates) => label === 'Training' && updates === 6);
      const outcome = await trainRun(context, options('pieces', { resume: true })).catch((error) => error);
      if (outcome.kind !== 'interrupted') break;
      interruptions += 1;
      // What was trained so far has all that is needed.
      if (existsSync(weightsFile)) {
        writeFileSync(path, readFileSync(weightsFile));
        rmSync(weightsFile);
      }
    }
    writeFileSync(weightsFile, readFileSync(path));
    expect(interruptions).toBeGreaterThan(0);
    expect(await read(runFolderPaths(join(root, 'pieces')))).toEqual(whole);
  });

  it('is refused without weights, saying which, and on resuming with others', async () => {
    await expect(trainRun(testContext(), options('none', { weightsFile: null }))).rejects.toMatchObject({
      kind: 'usage',
      code: 'weights-needed',
      hint: expect.stringContaining('mobilenet_v2-7ebf99e0.pth'),
    });
    expect(existsSync(join(root, 'none'))).toBe(false);
    await expect(
      trainRun(testContext(), options('a', { resume: true, weightsFile: join(root, 'other.safetensors') })),
    ).rejects.toMatchObject({ code: 'resume-changes' });
  });
});
