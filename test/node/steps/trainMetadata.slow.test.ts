import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { runFolderPaths } from '../../../src/node/run/runFolder.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { explainStep } from '../../../src/node/steps/explain.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { exportInt8Step } from '../../../src/node/steps/exportInt8.js';
import { judgeStep } from '../../../src/node/steps/judge.js';
import { trainRun } from '../../../src/node/steps/run.js';
import { shortcutsStep } from '../../../src/node/steps/shortcuts.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-metadata-'));
const data = join(root, 'data');
const run = runFolderPaths(join(root, 'run'));
const options = (name: string, more: object = {}): RunOptions => ({
  data,
  run: join(root, name),
  recipe: {
    ...{ extends: 'demo', imageSize: 32, metadata: ['age', 'sex', 'site'] },
    training: { epochs: 4, batchSize: 8, metadataDropout: 0.3 },
    ...more,
  },
});

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 140, size: [40, 30], progress: silentProgress });
  await trainRun(testContext(), options('run'));
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a network that is told metadata', () => {
  it('is evaluated with and without it, and by what each column gave', async () => {
    const { metadata } = JSON.parse(readFileSync(run.config, 'utf8'));
    expect(metadata.columns.map(({ name }: { name: string }) => name)).toEqual(['age', 'sex', 'site']);
    await evaluateStep(testContext(), { run: run.path, resamples: 50 });
    const evaluation = JSON.parse(readFileSync(run.evaluation('test').evaluation, 'utf8'));
    const { comparison, columns } = evaluation.metadata;
    expect(columns.map(({ name }: { name: string }) => name)).toEqual(['age', 'sex', 'site']);
    const figure = (of: typeof comparison) => of.metrics.find(({ metric }: { metric: string }) => metric === 'loss');
    expect(figure(comparison).difference).not.toBe(0);
    expect(figure(comparison).interval).toHaveLength(2);
    expect(figure(columns[0].comparison).difference).not.toBe(figure(columns[1].comparison).difference);
  }, 120_000);

  it('answers alike out of an exported file, with a table and without', async () => {
    const { check } = await exportStep(testContext(), { run: run.path });
    expect(check.maxDifference).toBeLessThan(1e-5);
    const dataset = await openDataset(data);
    const { probabilities, imageIds } = parsePredictionsCsv(readFileSync(run.evaluation('test').predictions, 'utf8'), {
      file: 'predictions.csv',
    });
    const tested = dataset.records.find(({ imageId }) => imageId === imageIds[0])!;
    const input = join(root, `${tested.imageId}.jpg`);
    writeFileSync(input, await dataset.images.read(tested.imageId));
    await dataset.images.close();
    const table = join(root, 'told.csv');
    writeFileSync(
      table,
      `image_id,age,sex,localization\n${tested.imageId},${tested.age},${tested.sex},${tested.localization}\n`,
    );
    const asked = async (source: string, metadata?: string) =>
      (await predictImages(testContext(), { source, inputs: [input], metadata })).images[0].probabilities;
    const told = await asked(run.path, table);
    const untold = await asked(run.path);
    expect(Math.max(...told.map((value, k) => Math.abs(value - probabilities[k])))).toBeLessThan(1e-5);
    expect(Math.max(...told.map((value, k) => Math.abs(value - untold[k])))).toBeGreaterThan(1e-4);
    for (const [file, expected] of [
      [await asked(run.model, table), told],
      [await asked(run.model), untold],
    ])
      expect(Math.max(...file.map((value, k) => Math.abs(value - expected[k])))).toBeLessThan(1e-5);
  }, 60_000);

  it('is told what the data says by commands that ask a file or change its pictures', async () => {
    const { probabilities, imageIds } = parsePredictionsCsv(readFileSync(run.evaluation('test').predictions, 'utf8'), {
      file: 'predictions.csv',
    });
    const classCount = probabilities.length / imageIds.length;
    const expected = new Map(imageIds.map((id, i) => [id, probabilities.slice(i * classCount, (i + 1) * classCount)]));
    const compareRows = (text: string, columns: (row: string[]) => string[]) => {
      let compared = 0;
      for (const row of text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','))) {
        const own = expected.get(row[0]);
        if (!own) continue;
        compared += 1;
        expect(Math.max(...columns(row).map((value, k) => Math.abs(Number(value) - own[k])))).toBeLessThan(1e-5);
      }
      expect(compared).toBeGreaterThan(5);
    };
    const judged = runFolderPaths(join(root, 'judged'));
    await judgeStep(testContext(), { source: run.model, truth: data, run: judged.path, resamples: 0 });
    compareRows(readFileSync(judged.evaluation('test').predictions, 'utf8'), (row) => row.slice(-classCount));
    const changed = { source: run.path, split: 'test', changes: ['ruler'], images: 100, resamples: 0 } as const;
    const { result } = await shortcutsStep(testContext(), changed);
    expect(result.words.join(' ')).toContain('told what the data says of an image: age, sex, site');
    const table = readFileSync(join(run.evaluation('test').folder, 'shortcuts.csv'), 'utf8');
    const unchanged = table.split('\n').filter((line, i) => i === 0 || line.split(',')[3] === 'none');
    compareRows(unchanged.join('\n'), (row) => row.slice(-classCount));
    const student = options('student', {
      metadata: [],
      training: { epochs: 1, batchSize: 8, distillation: 0.5 },
    });
    await trainRun(testContext(), { ...student, teacher: { source: run.path } });
    const answers = parsePredictionsCsv(readFileSync(runFolderPaths(join(root, 'student')).teacher, 'utf8'), {
      file: 'teacher.csv',
    });
    await evaluateStep(testContext(), { run: run.path, split: 'train', resamples: 0 });
    const own = parsePredictionsCsv(readFileSync(run.evaluation('train').predictions, 'utf8'), { file: 'train.csv' });
    const rowOf = (of: typeof own, id: string) =>
      of.probabilities.slice(of.imageIds.indexOf(id) * classCount, (of.imageIds.indexOf(id) + 1) * classCount);
    for (const id of own.imageIds)
      expect(Math.max(...rowOf(own, id).map((value, k) => Math.abs(value - rowOf(answers, id)[k])))).toBeLessThan(1e-4);
  }, 120_000);

  it('is not put into 8-bit integers, and says so', async () => {
    await expect(exportInt8Step(testContext(), { run: run.path })).rejects.toMatchObject({
      kind: 'usage',
      code: 'no-int8',
    });
  }, 60_000);

  it('is explained by its pixels, and needs no metadata for that', async () => {
    await explainStep(testContext(), { run: run.path });
    expect(JSON.parse(readFileSync(run.explanationsJson, 'utf8'))).toBeTruthy();
  }, 120_000);

  it('goes on after an interruption as if there had been none', async () => {
    const controller = new AbortController();
    let seen = 0;
    const start = (label: string) => ({
      update: () => {
        if (label === 'Training' && ++seen === 5) controller.abort();
      },
      end: () => {},
    });
    const stopped = { ...testContext(controller.signal), progress: { note: () => {}, start } };
    await expect(trainRun(stopped, options('parts'))).rejects.toMatchObject({ kind: 'interrupted' });
    const { run: whole } = await trainRun(testContext(), { ...options('parts'), resume: true });
    expect(readFileSync(whole.lastCheckpoint).equals(readFileSync(run.lastCheckpoint))).toBe(true);
  }, 120_000);

  it('is told nothing that names the answer', async () => {
    await expect(trainRun(testContext(), options('never', { metadata: ['age', 'dx_type'] }))).rejects.toMatchObject({
      kind: 'usage',
      code: 'metadata-forbidden',
    });
  }, 60_000);
});

it('a table is refused for a network that looks at images alone', async () => {
  await trainRun(testContext(), options('alone', { metadata: [], training: { epochs: 1 } }));
  const table = join(root, 'told.csv');
  await expect(
    predictImages(testContext(), { source: join(root, 'alone'), inputs: [join(data)], metadata: table }),
  ).rejects.toMatchObject({ code: 'no-metadata-input' });
}, 60_000);
