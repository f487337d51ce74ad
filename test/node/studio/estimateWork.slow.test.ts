import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStudioWork } from '../../../dist/node/studio/studioWork.js';
import type { Recipe } from '../../../src/training/index.js';
import { makeTinyRun, type TinyRun } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun();
  // All its epochs are over.
  const { recipe } = JSON.parse(readFileSync(tiny.run.config, 'utf8')) as { recipe: Recipe };
  const names = ['trainLoss', 'trainAccuracy', 'validationLoss', 'validationAccuracy', 'validationBalancedAccuracy'];
  const figures = Object.fromEntries([...names, 'learningRate', 'seconds', 'imagesPerSecond'].map((name) => [name, 1]));
  const lines = Array.from({ length: recipe.training.epochs }, (_, i) => JSON.stringify({ epoch: i + 1, ...figures }));
  writeFileSync(tiny.run.metrics, `${lines.join('\n')}\n`);
}, 600_000);
afterAll(() => tiny.remove());

it('a plan that is still to be begun costs its time, whatever lies in the folder of runs', async () => {
  const work = openStudioWork(tiny.root, [tiny.data]);
  const settings = { preset: 'lenet', overrides: { imageSize: 32, epochs: 20 } };
  // The second shares prepared images with the first.
  const jobs = [basename(tiny.run.path), 'other'].map((id, seed) => ({ id, seed, settings }));
  const of = async (ids: readonly object[]) =>
    await work.estimate({ data: basename(tiny.data), threads: 1, jobs: ids });
  const [one, two] = [await of(jobs.slice(0, 1)), await of(jobs)];
  expect(one.trainings).toBe(1);
  expect(one.seconds).toBeGreaterThan(0.01);
  expect(two).toMatchObject({ trainings: 2, cacheBytes: one.cacheBytes, runBytes: 2 * one.runBytes });
  await work.close();
}, 120_000);
