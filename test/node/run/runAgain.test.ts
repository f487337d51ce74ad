import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandContext } from '../../../src/cli/commandContext.js';
import { prepareDemo } from '../../../src/cli/commands/demo.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/models/index.js';
import { ownEntries } from '../../../src/node/files/lease/runEntries.js';
import { readConfig, runFolderPaths } from '../../../src/node/run/runFolder.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { runStep, trainRun } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { copyPaintedData } from '../paintedData.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-again-'));
const data = join(root, 'data');
const run = runFolderPaths(join(root, 'run'));
const ratios = [60, 20, 20] as const;
const options: RunOptions = {
  data,
  run: run.path,
  preset: 'demo',
  overrides: { imageSize: 24, epochs: 1, batchSize: 8 },
  ratios,
};

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await copyPaintedData(data, { images: 140, size: [40, 30] });
  await trainRun({ ...testContext(), seed: 3 }, options);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every file of a folder with its content. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path, readFileSync(path).toString('base64')]);

const copyOf = (folder: string, name: string) => {
  const path = join(root, name);
  cpSync(folder, path, { recursive: true });
  return path;
};
const imagesOf = (folder: string) => {
  const part = join(folder, 'HAM10000_images_part_1');
  return readdirSync(part).map((name) => join(part, name));
};

describe('a run that is to be replaced', () => {
  it.each([true, false])('stays whole where an image turns out to be truncated (explore: %s)', async (explore) => {
    const broken = copyOf(data, `broken-${explore}`);
    truncateSync(imagesOf(broken)[0], 300);
    const before = contents(run.path);
    const call = await callCommandLine([
      ...[explore ? 'run' : 'train', broken, '--run', run.path, '--preset', 'demo', '--image-size', '24'],
      ...['--batch-size', '8', '--overwrite', '--quiet'],
    ]);
    expect(call.status, call.stderr).toBe(3);
    expect(contents(run.path)).toEqual(before);
  });

  it('stays whole where the new split would be too small', async () => {
    const before = contents(run.path);
    const overrides = { ...options.overrides, batchSize: 139 };
    await expect(trainRun(testContext(), { ...options, overrides, overwrite: true })).rejects.toMatchObject({
      code: 'too-few-images',
    });
    expect(contents(run.path)).toEqual(before);
  });
});

describe('ratios', () => {
  it('are those asked for', () => {
    const { ratios: written, images } = JSON.parse(readFileSync(run.splitsJson, 'utf8'));
    expect(written).toEqual({ train: 0.6, validation: 0.2, test: 0.2 });
    expect(images.train / 140).toBeCloseTo(0.6, 1);
    expect(images.validation / 140).toBeCloseTo(0.2, 1);
  });

  it('are kept on resuming: the same in other numbers is taken, others are refused', async () => {
    const resumed = copyOf(run.path, 'same-ratios');
    const call = (text: string) =>
      callCommandLine(['train', data, '--run', resumed, '--resume', '--quiet', '--ratios', text]);
    const other = await call('64/16/20');
    expect(other.status).toBe(2);
    expect(other.stderr).toContain('ratios (asked for: 64/16/20, the run has: 60/20/20)');
    expect((await call('0.6/0.2/0.2')).status).toBe(0);
  });
});

describe('a resumed run', () => {
  it('finds its data where it was moved to, and keeps its seed', async () => {
    const moved = copyOf(data, 'moved');
    const resumed = runFolderPaths(copyOf(run.path, 'resumed'));
    const hidden = join(root, 'hidden');
    cpSync(data, hidden, { recursive: true });
    rmSync(data, { recursive: true });
    try {
      const result = await runStep(testContext(), { ...options, data: moved, run: resumed.path, resume: true });
      expect(result.evaluation.evaluation.intervals?.seed).toBe(3);
      expect((await readConfig(resumed)).data.folder).toBe(moved);
      await evaluateStep(testContext(), { run: resumed.path, split: 'validation', resamples: 0 });
    } finally {
      cpSync(hidden, data, { recursive: true });
    }
  });
});

describe('a resumed run whose images are others now', () => {
  it.each(['run', 'train'])('is refused by %s, and left as it was', async (command) => {
    const swapped = copyOf(data, `swapped-${command}`);
    const files = imagesOf(swapped);
    const contentsOfNext = files.map((_, i) => readFileSync(files[(i + 1) % files.length]));
    for (const [i, file] of files.entries()) writeFileSync(file, contentsOfNext[i]);
    const before = contents(run.path);
    const call = await callCommandLine([command, swapped, '--run', run.path, '--resume', '--json', '--quiet']);
    expect(call.status, call.stderr).toBe(3);
    expect(call.stdout + call.stderr).toContain('data-changed');
    expect(contents(run.path)).toEqual(before);
  });
});

describe('the demo', () => {
  const context = (given: boolean) =>
    commandContext(
      { seed: 0, device: 'auto', quiet: true },
      { stdout: { write: () => {} }, stderr: { write: () => {} }, signal: new AbortController().signal },
      () => given,
    );
  const demo = (path: string, given: boolean) => prepareDemo(context(given), { run: path, images: 100 });

  it('replaces an earlier demo, and no run on other images', async () => {
    const path = copyOf(run.path, 'demo');
    const config = runFolderPaths(path).config;
    const synthetic = readFileSync(config, 'utf8');
    writeFileSync(config, synthetic.replace('"synthetic": true', '"synthetic": false'));
    const before = contents(path);
    const refusal = { code: 'run-exists', hint: expect.stringMatching(/^Use `overwrite` to replace it/) };
    await expect(demo(path, false)).rejects.toMatchObject(refusal);
    expect(contents(path)).toEqual(before);

    writeFileSync(config, synthetic);
    await expect(demo(path, true)).rejects.toMatchObject(refusal);
    await demo(path, false);
    expect(existsSync(config)).toBe(false);
  });
});

describe('what a training left without its config.json', () => {
  const resume = (path: string, more: string[] = []) =>
    callCommandLine(['train', data, '--run', path, '--resume', '--preset', 'demo', '--quiet', ...more]);

  it.each(['config.json', 'checkpoints/state.safetensors'])('is not begun anew without %s', async (name) => {
    const path = copyOf(run.path, `without-${name.replaceAll('/', '-')}`);
    rmSync(join(path, name));
    // Of an epoch that was followed by others.
    const { metrics } = runFolderPaths(path);
    writeFileSync(metrics, readFileSync(metrics, 'utf8').repeat(2));
    // Who goes on may do so on another machine, which config.json then names.
    const kept = () => contents(path).filter(([file]) => /\.(safetensors|jsonl|csv)$/.test(file));
    const before = kept();
    const call = await resume(path, ['--epochs', '1', '--image-size', '24', '--batch-size', '8', '--seed', '3']);
    expect(call.status, call.stderr).toBe(4);
    expect(call.stderr).toContain(name);
    expect(kept()).toEqual(before);
  });

  it('is removed where it was stopped before that: nothing was trained', async () => {
    const path = copyOf(run.path, 'unconfigured');
    for (const name of readdirSync(path))
      if (!['.lesionlab-run.json', 'splits.csv', 'splits.json'].includes(name))
        rmSync(join(path, name), { recursive: true });
    mkdirSync(join(path, 'exploration'));
    writeFileSync(join(path, 'exploration', 'exploration.json'), '{}');
    await trainRun({ ...testContext(), seed: 3 }, { ...options, run: path, resume: true });
    expect(existsSync(join(path, 'exploration'))).toBe(false);
    expect(readFileSync(runFolderPaths(path).splitsCsv)).toEqual(readFileSync(run.splitsCsv));
  });
});

describe('damaged checkpoints of a training that has ended', () => {
  const damaged = (name: string, which: readonly ('best' | 'last')[]) => {
    const folder = runFolderPaths(copyOf(run.path, name));
    for (const checkpoint of which) truncateSync(folder[`${checkpoint}Checkpoint`], 1000);
    return folder;
  };
  const notes = async (path: string) => {
    const context = testContext();
    await trainRun({ ...context, seed: 3 }, { data, run: path, resume: true });
    return context.notes.filter((note) => note.includes('made again')).length;
  };

  it.each([[['best']], [['last']], [['best', 'last']]] as const)('%j are made again, to the bit', async (which) => {
    const folder = damaged(`damaged-${which.join('-')}`, which);
    expect(await notes(folder.path)).toBe(which.length);
    for (const name of ['bestCheckpoint', 'lastCheckpoint'] as const)
      expect(readFileSync(folder[name]).equals(readFileSync(run[name]))).toBe(true);
  });

  it('are named where they are of an earlier epoch than the state', async () => {
    const folder = damaged('earlier', ['best']);
    const { weights, metadata } = decodeSafetensors(readFileSync(folder.trainingState), 'state');
    const position = { ...JSON.parse(metadata.position), epoch: 2, step: 2 * JSON.parse(metadata.position).step };
    writeFileSync(folder.trainingState, encodeSafetensors(weights, { position: JSON.stringify(position) }));
    const config = JSON.parse(readFileSync(folder.config, 'utf8'));
    config.recipe.training.epochs = 2;
    const lines = readFileSync(folder.metrics, 'utf8');
    writeFileSync(folder.metrics, `${lines}${JSON.stringify({ ...JSON.parse(lines), epoch: 2 })}\n`);
    writeFileSync(folder.config, JSON.stringify(config));
    await expect(notes(folder.path)).rejects.toMatchObject({
      code: 'checkpoint-lost',
      exitStatus: 4,
      message: expect.stringContaining('best.safetensors'),
    });
  });
});

it('a training that is resumed without the lines of its epochs says so', async () => {
  const folder = runFolderPaths(copyOf(run.path, 'without-lines'));
  writeFileSync(folder.metrics, '');
  await expect(trainRun({ ...testContext(), seed: 3 }, { data, run: folder.path, resume: true })).rejects.toMatchObject(
    { code: 'bad-metrics', exitStatus: 4, message: expect.stringContaining('it has those of none') },
  );
});

it('a run that replaces another has nothing of it', async () => {
  const path = copyOf(run.path, 'replaced');
  for (const name of ownEntries)
    if (!existsSync(join(path, name))) writeFileSync(join(path, name), 'of the earlier run');
  await trainRun({ ...testContext(), seed: 3 }, { ...options, run: path, overwrite: true });
  expect(readdirSync(path).sort()).toEqual(readdirSync(run.path).sort());
});

describe('looks at the test images', () => {
  const call = async (...words: string[]) => {
    const { status, stderr } = await callCommandLine([...words, '--overwrite', '--quiet']);
    expect(status, stderr).toBe(0);
  };
  const training = ['--preset', 'demo', '--image-size', '24', '--batch-size', '8', '--ratios', '60/20/20'];
  const linesOf = (path: string) =>
    readFileSync(runFolderPaths(path).evaluation('test').log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('are still counted where a training replaces the run, or a judgement does', async () => {
    const path = copyOf(run.path, 'looked');
    const folder = runFolderPaths(path);
    await evaluateStep(testContext(), { run: path, resamples: 0 });
    const answers = join(root, 'answers.csv');
    cpSync(folder.evaluation('test').predictions, answers);
    const [first] = linesOf(path);
    await call('train', data, '--run', path, ...training, '--epochs', '1', '--seed', '4');
    expect(linesOf(path)).toEqual([{ ...first, replaced: true }]);
    expect(readdirSync(folder.evaluation('test').folder)).toEqual(['log.jsonl']);
    await evaluateStep(testContext(), { run: path, resamples: 0 });
    await callCommandLine(['report', path, '--quiet']);
    const told = '2 times in this folder, once by a run that was replaced since, with 2 different sets of weights';
    expect(readFileSync(folder.report, 'utf8')).toContain(told);
    await call('evaluate', answers, '--truth', data, '--run', path, '--resamples', '0');
    await call('evaluate', answers, '--truth', data, '--run', path, '--resamples', '0');
    expect(linesOf(path).map(({ replaced, checkpoint }) => [replaced ?? false, checkpoint])).toEqual([
      [true, 'best'],
      [true, 'best'],
      [true, 'judged'],
      [false, 'judged'],
    ]);
    expect(readFileSync(folder.report, 'utf8')).not.toContain('first and only');
    expect(readFileSync(folder.modelCard, 'utf8')).toContain('3 times by runs that were replaced since');
  });

  it('are still counted after a training that was stopped before it was configured, which bars nobody', async () => {
    const path = copyOf(run.path, 'looked-and-stopped');
    const { log } = runFolderPaths(path).evaluation('test');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, '{"sha256":"a"}\n');
    for (const name of ['config.json', 'checkpoints', 'metrics.jsonl', 'steps.jsonl'])
      rmSync(join(path, name), { recursive: true });
    for (const name of ['layers.json', 'layers.txt', 'training-batch.png', 'curves', 'tensorboard', 'calibration.json'])
      rmSync(join(path, name), { recursive: true, force: true });
    await trainRun({ ...testContext(), seed: 3 }, { ...options, run: path });
    expect(linesOf(path)).toEqual([{ sha256: 'a', replaced: true }]);
    expect(existsSync(runFolderPaths(path).lastCheckpoint)).toBe(true);
  });

  it('are not thrown away where their log can’t be read', async () => {
    const path = copyOf(run.path, 'looked-and-damaged');
    const { log } = runFolderPaths(path).evaluation('test');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, '{"sha256":\n');
    const before = contents(path);
    const again = trainRun(testContext(), { ...options, run: path, overwrite: true });
    await expect(again).rejects.toMatchObject({ code: 'damaged-log', exitStatus: 4 });
    expect(contents(path)).toEqual(before);
  });
});

it('whatever a run folder is said to hold is removed with it', () => {
  const known = Object.values(run).flatMap((path) => (typeof path === 'string' ? [path] : []));
  const names = [...known, run.evaluation('test').folder]
    .map((path) => relative(run.path, path).split(sep)[0])
    .filter(Boolean);
  expect(names.filter((name) => !(ownEntries as readonly string[]).includes(name))).toEqual([]);
});
