import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import { crossValidateStep } from '../../../src/node/jobs/crossValidate.js';
import { type LeakResult, leakStep } from '../../../src/node/jobs/leak.js';
import { readNetworkConfig, runFolderPaths } from '../../../src/node/run/runFolder.js';
import type { CrossValidation } from '../../../src/node/steps/poolFolds.js';
import { trainRun } from '../../../src/node/steps/run.js';
import { silentProgress } from '../../../src/progress.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-studies-'));
const data = join(root, 'data');
const recipe = ['--preset', 'demo', '--image-size', '24', '--epochs', '1', '--batch-size', '8'];

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 150, size: [40, 30], progress: silentProgress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const readText = (path: string) => readFileSync(path, 'utf8');
const leakage = (run: string) => JSON.parse(readText(runFolderPaths(run).splitsJson)).leakage;

describe('lesionlab leak', () => {
  const out = join(root, 'leak');
  const call = (...more: string[]) => callCommandLine(['leak', data, '--run', out, ...recipe, ...more]);

  it('trains with both splits; only one of them has lesions on two sides', async () => {
    const { status, stdout } = await call('--json');
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as LeakResult;
    expect(leakage(join(out, 'by-image')).lesions).toBeGreaterThan(0);
    expect(leakage(join(out, 'by-lesion')).lesions).toBe(0);
    expect(result.seen.images).toBeGreaterThan(0);
    expect(result.accuracy.flattery).toBeCloseTo(result.accuracy.byImage! - result.accuracy.byLesion!, 12);
    expect(result.classes).toHaveLength(7);
    const { files, ...content } = result;
    expect(JSON.parse(readText(join(out, 'leak.json')))).toEqual(content);
    expect(files).toContain(join(out, 'by-lesion'));
    for (const number of [result.accuracy, result.balancedAccuracy]) {
      const [low, high] = number.flatteryInterval!;
      expect(low).toBeLessThanOrEqual(number.flattery!);
      expect(high).toBeGreaterThanOrEqual(number.flattery!);
    }
    expect(result).toMatchObject({ model: 'lenet', preset: 'demo', epochs: 1, imageSize: 24, data: { images: 150 } });
    expect(readText(join(out, 'leak.svg'))).toContain('The same network, two splits');
  });

  it('looks at no test split twice when it is called again', async () => {
    const { status, stdout } = await call('--resume');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^balanced accuracy +\d/m);
    expect(stdout).toContain('of lesions that were trained on');
    for (const run of ['by-image', 'by-lesion'])
      expect(await readJsonLines(runFolderPaths(join(out, run)).evaluation('test').log)).toHaveLength(1);
  });

  it('says in config.json how it was split, which resuming keeps to', async () => {
    const config = async (run: string) => (await readNetworkConfig(runFolderPaths(join(out, run)))).split;
    expect(await config('by-image')).toMatchObject({ rule: { kind: 'images' }, groupedBy: 'image', seed: 0 });
    expect(await config('by-lesion')).toEqual({
      rule: { kind: 'lesions' },
      groupedBy: 'lesion',
      stratified: true,
      ratios: { train: 0.64, validation: 0.16, test: 0.2 },
      seed: 0,
    });
    const resumed = trainRun(testContext(), {
      data,
      run: join(out, 'by-image'),
      splitRule: { kind: 'lesions' },
      resume: true,
    });
    await expect(resumed).rejects.toMatchObject({
      code: 'resume-changes',
      message: expect.stringContaining('split (asked for: by lesion, the run has: by image)'),
    });
  });

  it('is the lesson of a report beside it', async () => {
    const run = join(root, 'first');
    expect((await callCommandLine(['train', data, '--run', run, ...recipe])).status).toBe(0);
    const report = async (...more: string[]) => {
      expect((await callCommandLine(['report', run, ...more])).status).toBe(0);
      return readText(join(run, 'report.html'));
    };
    expect(await report()).toContain('The same network, two splits');
    expect((await callCommandLine(['report', run, '--leak', data])).status).toBe(4);
  });

  it('replaces nothing unasked', async () => {
    expect((await call()).status).toBe(4);
  });
});

describe('lesionlab cross-validate', () => {
  const out = join(root, 'folds');
  const call = (...more: string[]) =>
    callCommandLine(['cross-validate', data, '--run', out, '--folds', '3', ...recipe, ...more]);

  it('tests every image once, with a network that did not see its lesion', async () => {
    const { status, stdout } = await call('--json');
    expect(status).toBe(0);
    const { folds, pooled, spread } = JSON.parse(stdout) as CrossValidation;
    expect(folds.map(({ fold }) => fold)).toEqual([1, 2, 3]);
    expect(folds.reduce((sum, { images }) => sum + images, 0)).toBe(pooled.images);
    expect(pooled.intervals!.balancedAccuracy).not.toBeNull();
    const mean = folds.reduce((sum, { accuracy }) => sum + accuracy, 0) / 3;
    expect(spread.accuracy.mean).toBeCloseTo(mean, 12);
    const ids = readText(join(out, 'predictions.csv'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0]);
    expect(new Set(ids).size).toBe(pooled.images);
    for (const { run } of folds) expect(leakage(run)).toEqual({ lesions: 0, images: 0 });
  });

  it('goes on where it was, and shows folds, spread and pooled numbers', async () => {
    const { status, stdout } = await call('--resume');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^mean ± sd .* ± /m);
    expect(stdout).toMatch(/^All \d+ images of \d+ lesions together/m);
    expect(await readJsonLines(runFolderPaths(join(out, 'fold-2')).evaluation('test').log)).toHaveLength(1);
  });

  it('refuses what folds decide, and too few folds', async () => {
    expect((await call('--ratios', '60/20/20', '--resume')).stderr).toContain('--ratios has no say');
    expect((await callCommandLine(['cross-validate', data, '--run', join(root, 'no'), '--folds', '2'])).status).toBe(2);
    // Folds of three and of five put together would test some images twice and others never.
    const other = await call('--folds', '5', '--resume');
    expect(other).toMatchObject({ status: 2 });
    expect(other.stderr).toContain('trainings (asked for: 5, the plan has: 3)');
  });
});

describe('studies that replace earlier ones', () => {
  const overrides = { imageSize: 24, epochs: 1, batchSize: 8 };
  const earlier = (path: string) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'of the earlier study');
    return path;
  };

  it('leave nothing of them beside what is trained now', async () => {
    const out = join(root, 'replaced');
    const results = ['cross-validation.json', 'predictions.csv', 'fold-4/config.json'].map((name) =>
      earlier(join(out, name)),
    );
    const notes = earlier(join(out, 'fold-4', 'notes.txt'));
    const seen: boolean[] = [];
    const context = { ...testContext(), onEvent: () => seen.push(results.some((path) => existsSync(path))) };
    await crossValidateStep(context, { data, out, preset: 'demo', overrides, folds: 3, overwrite: true, resamples: 0 });
    expect(seen).not.toContain(true);
    expect(existsSync(results[0])).toBe(true);
    expect(existsSync(notes)).toBe(true);
  });

  it('leave them where the new one is refused', async () => {
    const out = join(root, 'refused');
    const result = earlier(join(out, 'leak.json'));
    const refused = leakStep(testContext(), {
      data,
      out,
      preset: 'demo',
      overrides: { ...overrides, batchSize: 149 },
      overwrite: true,
    });
    await expect(refused).rejects.toMatchObject({ code: 'too-few-images' });
    expect(existsSync(result)).toBe(true);
  });
});
