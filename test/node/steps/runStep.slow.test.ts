import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import { runFolderPaths } from '../../../src/node/run/runFolder.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { runStep } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-whole-'));
const data = join(root, 'data');
const run = runFolderPaths(join(root, 'run'));
const options: RunOptions = {
  data,
  run: run.path,
  preset: 'demo',
  overrides: { imageSize: 24, epochs: 2, batchSize: 8 },
};

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 140, size: [40, 30], progress: silentProgress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('begins anew where an attempt with bad data left off', async () => {
  const part = join(data, 'HAM10000_images_part_1');
  const path = join(part, readdirSync(part)[0]);
  const bytes = readFileSync(path);
  writeFileSync(path, 'not an image');
  await expect(runStep(testContext(), options)).rejects.toMatchObject({ kind: 'data', code: 'unusable-images' });
  expect(existsSync(run.path)).toBe(false);
  writeFileSync(path, bytes);
});

it('writes the whole run folder', async () => {
  const result = await runStep(testContext(), options);
  const evaluation = run.evaluation('test');
  for (const file of [
    join(run.exploration, 'exploration.html'),
    run.config,
    run.splitsCsv,
    run.splitsJson,
    run.steps,
    run.metrics,
    run.trainingBatch,
    run.bestCheckpoint,
    run.lastCheckpoint,
    evaluation.predictions,
    evaluation.evaluation,
    evaluation.log,
    run.explanationsJson,
    run.model,
    run.report,
  ])
    expect(existsSync(file), file).toBe(true);
  expect(readdirSync(run.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(JSON.parse(readFileSync(run.splitsJson, 'utf8')).leakage).toEqual({ lesions: 0, images: 0 });
  expect(result.evaluation.checkpoint.epoch).toBe(result.training.bestEpoch);
  expect(readFileSync(run.report, 'utf8')).toContain('Synthetic images');
});

it('looks at the test split once for the same weights, however often it is resumed', async () => {
  const { log, evaluation } = run.evaluation('test');
  const before = readFileSync(evaluation, 'utf8');
  const call = await callCommandLine(['run', data, '--run', run.path, '--resume', '--json', '--quiet']);
  expect(call.status, call.stderr).toBe(0);
  expect(call.json()).toMatchObject({ epochs: 2, diverged: null, evaluation: { split: 'test' } });
  expect(await readJsonLines(log)).toHaveLength(1);
  expect(readFileSync(evaluation, 'utf8')).toBe(before);

  // Another checkpoint stands there now: the run's own is put back.
  await evaluateStep(testContext(), { run: run.path, checkpoint: 'last', resamples: 0 });
  const { evaluation: again } = await runStep(testContext(), { ...options, resume: true });
  expect(again.checkpoint.name).toBe('best');
  expect(await readJsonLines(log)).toHaveLength(3);
  expect(readFileSync(evaluation, 'utf8')).toBe(before);
});
