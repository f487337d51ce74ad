import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStudio } from '../../dist/node/studio/startStudio.js';
import { loadCommand } from '../../src/cli/commands/index.js';
import { createProgram } from '../../src/cli/createProgram.js';
import { decodeSafetensors } from '../../src/models/index.js';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import type { RunList, RunRecords, RunSummary } from '../../src/report/index.js';
import { unpackRuns } from '../fixtures/runs/unpackRuns.js';
import { callCommandLine } from './callCommandLine.js';

// What these runs are, and how version 0.1 made them: test/fixtures/runs/README.md.
const root = mkdtempSync(join(tmpdir(), 'lesionlab-version01-'));
const at = (...names: string[]) => join(root, ...names);
const fixture = resolve(import.meta.dirname, '../fixtures/runs/v0.1/expected.json');
type Json = ReturnType<typeof JSON.parse>;
const expected: Record<string, Json> = JSON.parse(readFileSync(fixture, 'utf8'));
const readJson = (path: string): Json => JSON.parse(readFileSync(path, 'utf8'));
const promise = "version 0.1's run folder must stay readable";

beforeAll(() => {
  process.env.LESIONLAB_CACHE = at('cache');
  unpackRuns('v0.1', root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Calls a command and gives its `--json`. */
async function call(...args: string[]): Promise<Json> {
  const result = await callCommandLine([...args, '--json', '--threads', '1']);
  expect(result.status, `${promise}: lesionlab ${args.join(' ')}\n${result.stdout}${result.stderr}`).toBe(0);
  return result.json();
}

/** All that version 0.1 said is there, with numbers equal to 1e-6; more may be said now. */
function expectSame(found: Json, recorded: Json, path: string): void {
  if (typeof recorded === 'number') {
    const error = Math.abs(found - recorded) / Math.max(1, Math.abs(recorded));
    expect(error, `${promise}: ${path} is ${found}, and was ${recorded}`).toBeLessThan(1e-6);
  } else if (recorded !== null && typeof recorded === 'object') {
    expect(found, `${promise}: ${path}`).toBeTypeOf('object');
    if (Array.isArray(recorded)) expect(found, `${promise}: ${path}`).toHaveLength(recorded.length);
    for (const [key, value] of Object.entries(recorded)) expectSame(found[key], value, `${path}.${key}`);
  } else expect(found, `${promise}: ${path}`).toBe(recorded);
}

/**
 * What version 0.1 took for a number in resamples that say nothing: the F1 and precision of a class without images (0), the average
 * precision where there is no other class (1). Such resamples no longer count, so that these intervals are others.
 */
const otherIntervals = ['macroF1', 'f1', 'precision', 'averagePrecision'];
const withoutOtherIntervals = (evaluation: Json): Json => {
  const { intervals, testTimeAugmentation, ...kept } = evaluation;
  const others = JSON.stringify({ intervals, testTimeAugmentation });
  const known = (key: string, value: Json) =>
    otherIntervals.includes(key) || otherIntervals.includes(value?.metric) ? undefined : value;
  return { ...kept, ...JSON.parse(others, known) };
};

/** Intervals of groups leave out one lesion at a time now: percentiles of resamples held the truth too seldom in small groups. */
const withoutIntervals = (groups: Json): Json =>
  JSON.parse(JSON.stringify(groups, (key, value) => (key === 'intervals' ? undefined : value)));

/** Cells of a table: numbers to 1e-6, the rest as it is written; columns behind the recorded ones are new. */
function expectSameTable(found: string, recorded: string, path: string): void {
  const cells = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(','));
  const [rows, before] = [cells(found), cells(recorded)];
  expect(rows, `${promise}: ${path}`).toHaveLength(before.length);
  before.forEach((row, i) => {
    row.forEach((cell, k) => {
      const number = cell !== '' && Number.isFinite(Number(cell));
      expectSame(number ? Number(rows[i][k]) : rows[i][k], number ? Number(cell) : cell, `${path}, line ${i + 1}`);
    });
  });
}

const predictions = async (source: string, ...more: string[]) => {
  const { images } = await call('predict', source, at('data'), ...more);
  return Object.fromEntries(images.map(({ file, ...image }: Json) => [file.slice(file.indexOf('HAM')), image]));
};
const recordedPredictions = (name: string) =>
  Object.fromEntries(Object.entries(expected[name]).map(([file, image]) => [file.slice(file.indexOf('HAM')), image]));

const evaluationOf = (run: string, split: string) => at(run, 'evaluation', split, 'evaluation.json');

describe('runs of version 0.1', () => {
  it.each([
    ['first', ['first'], []],
    ['last', ['first'], ['--checkpoint', 'last']],
    ['model', ['first', 'model.onnx'], []],
    ['both', ['both'], []],
  ] as const)('give the same answers to predict: %s', async (name, source, more) => {
    expectSame(await predictions(at(...source), ...more), recordedPredictions(name), name);
  });

  it('are compared as they were evaluated then', async () => {
    const [first, both] = [readJson(evaluationOf('first', 'test')), readJson(evaluationOf('both', 'test'))];
    const { comparisons } = await call('compare', at('first'), at('both'), '--resamples', '0');
    for (const { metric, first: one, second: other } of comparisons[0].metrics) {
      if (first[metric] === undefined) continue;
      expectSame([one, other], [first[metric], both[metric]], metric);
    }
  });

  it.each([
    ['first', 'test', []],
    ['first', 'validation', ['--resamples', '0']],
    ['both', 'test', ['--resamples', '0']],
  ] as const)('have the same metrics when they are evaluated again: %s on %s', async (run, split, more) => {
    const folder = at(run, 'evaluation', split);
    const recorded = readJson(evaluationOf(run, split));
    const table = readFileSync(join(folder, 'predictions.csv'), 'utf8');
    const groups = readJson(join(folder, 'subgroups.json'));
    await call('evaluate', at(run), '--split', split, '--data', at('data'), ...more);
    expectSame(readJson(evaluationOf(run, split)), withoutOtherIntervals(recorded), `${run} on ${split}`);
    expectSameTable(readFileSync(join(folder, 'predictions.csv'), 'utf8'), table, `predictions of ${run} on ${split}`);
    expectSame(readJson(join(folder, 'subgroups.json')), withoutIntervals(groups), `groups of ${run} on ${split}`);
  });

  it('are evaluated on other data', async () => {
    await writeSyntheticDataset(at('clinic'), { images: 30, seed: 9, size: [40, 30], progress: silentProgress });
    const { images, accuracy } = await call('evaluate', at('first'), '--data', at('clinic'), '--resamples', '0');
    expect({ images, finite: Number.isFinite(accuracy) }, promise).toEqual({ images: 30, finite: true });
  });

  it('answer to changed pictures', async () => {
    const masks = at('masks');
    mkdirSync(masks);
    // A lesion in the middle of each image.
    const lesion = await sharp({ create: { width: 20, height: 15, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const mask = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'black' } })
      .composite([{ input: lesion, left: 10, top: 8 }])
      .png()
      .toBuffer();
    for (const line of readFileSync(at('first', 'splits.csv'), 'utf8').trim().split('\n').slice(1))
      writeFileSync(join(masks, `${line.split(',')[0]}_segmentation.png`), mask);
    const more = ['--masks', masks, '--changes', 'ruler,lesion-erased', '--resamples', '20'];
    const result = await call('shortcuts', at('first'), '--data', at('data'), ...more);
    expect(result.comparisons, promise).toMatchObject([{}, {}]);
  });

  it('are explained as they were', async () => {
    const recorded = readJson(at('first', 'explanations', 'explanations.json'));
    await call('explain', at('first'), '--data', at('data'));
    expectSame(readJson(at('first', 'explanations', 'explanations.json')), recorded, 'explanations');
    for (const { files } of recorded.images)
      for (const file of Object.values<string>(files)) expect(existsSync(at('first', 'explanations', file))).toBe(true);
  });

  it('are exported into files that say the same', async () => {
    await call('export', at('first'), '--grad-cam-layer', '--data', at('data'));
    expectSame(await predictions(at('first', 'model.onnx')), recordedPredictions('model'), 'exported anew');
    await call('export', at('both'), '--data', at('data'));
    const answers = Object.entries(recordedPredictions('both')).map(([file, { probabilities }]: Json) => [
      file,
      { probabilities },
    ]);
    expectSame(await predictions(at('both', 'model.onnx')), Object.fromEntries(answers), 'the ensemble as a file');
  });

  it('have reports', async () => {
    for (const run of ['first', 'both']) {
      await call('report', at(run), '--data', at('data'));
      const { balancedAccuracy } = readJson(evaluationOf(run, 'test'));
      const page = readFileSync(at(run, 'report.html'), 'utf8');
      expect(page, promise).toContain(`${(100 * balancedAccuracy).toFixed(1)}%`);
      for (const { sha256 } of readJson(at(run, 'config.json')).ensemble?.members ?? [])
        expect(page, promise).toContain(sha256);
    }
  });

  it('are put together', async () => {
    await call('ensemble', at('first'), at('second'), '--run', at('again'), '--data', at('data'));
    const [again, both] = ['again', 'both'].map((run) => readJson(at(run, 'config.json')).ensemble);
    expectSame(again, both, 'the ensemble');
  });

  it('begin other trainings with their weights', async () => {
    const weightsOf = (path: string) => decodeSafetensors(readFileSync(path), path).weights;
    const best = at('first', 'checkpoints', 'best.safetensors');
    for (const file of [best, at('first', 'model.onnx')]) {
      const recipe = ['--preset', 'demo', '--image-size', '16', '--epochs', '1', '--learning-rate', '1e-12'];
      await call('train', at('data'), '--run', at('more'), '--overwrite', '--weights', file, ...recipe);
      const after = weightsOf(at('more', 'checkpoints', 'last.safetensors'));
      for (const [name, { data }] of weightsOf(best))
        expectSame([...after.get(name)!.data], [...data], `${file}: ${name}`);
    }
  });

  it('go on where they were stopped, and end as they would have', async () => {
    await call('train', at('data'), '--run', at('second'), '--resume');
    const lines = readFileSync(at('second', 'metrics.jsonl'), 'utf8').trim().split('\n');
    const { epochs, evaluation } = expected.resumed;
    const withoutClock = epochs.map(({ seconds: _, imagesPerSecond: __, ...epoch }: Json) => epoch);
    expectSame(
      lines.map((line) => JSON.parse(line)),
      withoutClock,
      'epochs of the resumed training',
    );
    await call('evaluate', at('second'), '--data', at('data'), '--resamples', '0');
    expectSame(readJson(evaluationOf('second', 'test')), evaluation, 'the resumed training on test');
    expectSame(
      (await call('compare', at('first'), at('second'), '--resamples', '0')).comparisons[0].metrics,
      expected.comparison.comparisons[0].metrics,
      'the comparison',
    );
  });

  it('are run again: what is done is left', async () => {
    const epochs = readFileSync(at('first', 'metrics.jsonl'), 'utf8');
    await call('run', at('data'), '--run', at('first'), '--resume');
    expect(readFileSync(at('first', 'metrics.jsonl'), 'utf8'), promise).toBe(epochs);
  });

  it('are shown by the studio', async () => {
    const studio = await startStudio({ runs: root, data: at('data') });
    const get = async <T>(path: string): Promise<T> => {
      const answer = await fetch(`${studio.url}api/${path}`);
      expect(answer.status, `${promise}: ${path}`).toBe(200);
      return answer.json() as Promise<T>;
    };
    try {
      const { runs, problems } = await get<RunList>('runs');
      expect(problems, promise).toEqual([]);
      expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(['first', 'second', 'both']));
      const first = await get<RunSummary>('runs/first');
      expect(first, promise).toMatchObject({ state: 'finished', model: 'lenet', epochs: { done: 4, planned: 4 } });
      expect(first.evaluations.length, promise).toBeGreaterThan(1);
      const { records } = await get<RunRecords>('runs/first/records');
      expect(records, promise).toHaveLength(63);
      const picture = await fetch(`${studio.url}api/runs/first/images/${records[0].imageId}`);
      expect(picture.headers.get('content-type'), promise).toBe('image/jpeg');
      const model = await fetch(`${studio.url}api/runs/first/model`);
      expect((await model.arrayBuffer()).byteLength, promise).toBeGreaterThan(80_000);
    } finally {
      await studio.close();
    }
  });
});

it('no command that takes a run or a model is left out here', async () => {
  const stream = { write: () => {} };
  const program = createProgram({
    stdout: stream,
    stderr: stream,
    signal: new AbortController().signal,
    exitStatus: 0,
  });
  await Promise.all(program.commands.map(loadCommand));
  const readers = program.commands.filter(
    ({ registeredArguments, options }) =>
      registeredArguments.some((argument) => /^(runs?|models?)$/.test(argument.name())) ||
      options.some(({ long }) => long === '--resume'),
  );
  const text = readFileSync(import.meta.filename, 'utf8');
  // They train networks of their own; what they resume are many runs.
  const many = ['cross-validate', 'ablate', 'jobs', 'leak'];
  const untried = readers.map((command) => command.name()).filter((name) => !text.includes(`call('${name}',`));
  expect(untried).toEqual(many);
});
