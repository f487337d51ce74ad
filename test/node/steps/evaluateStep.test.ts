import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { evaluatePredictions, parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { findModel, openClassifier } from '../../../src/models/index.js';
import { hashDataset } from '../../../src/node/dataset/dataHash.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { prepareImages } from '../../../src/node/dataset/prepare.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import { readCalibration } from '../../../src/node/prediction/runCalibration.js';
import { loadCheckpoint } from '../../../src/node/run/checkpointFile.js';
import { openRunData } from '../../../src/node/run/runData.js';
import { evaluateStep, readTestEvaluation } from '../../../src/node/steps/evaluate.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun();
});
afterAll(() => tiny.remove());

const readText = (path: string) => readFileSync(path, 'utf8');

describe('evaluateStep', () => {
  it('writes predictions of every test image, their metrics, pictures and a line in the log', async () => {
    const { run, config } = tiny;
    const result = await evaluateStep(testContext(), { run: run.path, submission: true, resamples: 50 });
    for (const file of result.files) expect(existsSync(file), file).toBe(true);
    const paths = run.evaluation('test');
    const predictions = parsePredictionsCsv(readText(paths.predictions), {
      file: paths.predictions,
      classes: config.data.classes,
    });
    const test = parseSplitsCsv(readText(run.splitsCsv)).filter(({ split }) => split === 'test');
    expect(predictions.imageIds).toEqual(test.map(({ imageId }) => imageId));
    expect(predictions.lesionIds).toEqual(test.map(({ lesionId }) => lesionId));
    const written = JSON.parse(readText(paths.evaluation));
    expect(written).toEqual(JSON.parse(JSON.stringify(result.evaluation)));
    // predictions.csv is what was scored, to the last digit.
    const calibration = await readCalibration(run, await loadCheckpoint(run, 'best'));
    expect(evaluatePredictions(predictions, { split: 'test', seed: 0, resamples: 50, calibration })).toEqual({
      ...result.evaluation,
      // These are of features, and of other predictions.
      outOfDistribution: null,
      testTimeAugmentation: undefined,
    });
    expect(readText(join(paths.folder, 'isic-submission.csv')).split('\n')[0]).toBe(
      'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC',
    );
    const grid = await sharpCodec.decode(readFileSync(join(paths.folder, 'sample-grid.png')));
    expect(grid.width).toBeGreaterThan(7 * 128);
    const shown = JSON.parse(readText(join(paths.folder, 'sample-grid.json')));
    expect(new Set(shown.map(({ dx }: { dx: string }) => dx)).size).toBe(7);
    expect(readText(join(paths.folder, 'confusion-matrix.svg'))).toContain('<svg');

    const { sha256, accuracy, balancedAccuracy } = { ...result.checkpoint, ...result.evaluation };
    await evaluateStep(testContext(), { run: run.path, checkpoint: 'last', resamples: 0 });
    const log = await readJsonLines(paths.log);
    expect(log).toMatchObject([
      { checkpoint: 'best', epoch: 3, sha256, accuracy, balancedAccuracy, images: test.length },
      { checkpoint: 'last', epoch: 4 },
    ]);
    await evaluateStep(testContext(), { run: run.path, split: 'validation', resamples: 0 });
    expect((await readJsonLines(paths.log)).length).toBe(2);
    expect(existsSync(run.evaluation('validation').log)).toBe(false);
  });

  it('says what the mean over several views adds to one look, unless only scores are asked for', async () => {
    const options = { run: tiny.run.path, resamples: 50 };
    const { evaluation } = await evaluateStep(testContext(), options);
    const once = await makeTinyRun({ testTimeAugmentation: 'none' });
    try {
      // The same weights and images: only the views differ.
      const { evaluation: ofOne } = await evaluateStep(testContext(), { ...options, run: once.run.path });
      expect(ofOne.testTimeAugmentation).toBeUndefined();
      const { views, comparison } = evaluation.testTimeAugmentation!;
      expect(views).toBe('flips');
      expect(comparison).toMatchObject({ images: evaluation.images, lesions: evaluation.lesions, resamples: 50 });
      const balanced = comparison.metrics.find(({ metric }) => metric === 'balancedAccuracy')!;
      expect(balanced.first).toBe(ofOne.balancedAccuracy);
      expect(balanced.second).toBe(evaluation.balancedAccuracy);
      const loss = comparison.metrics.find(({ metric }) => metric === 'loss')!;
      expect(loss.first).toBeCloseTo(ofOne.loss, 12);
      expect(loss.first).not.toBe(loss.second);
    } finally {
      once.remove();
      process.env.LESIONLAB_CACHE = join(tiny.root, 'cache');
    }
    const { evaluation: scores } = await evaluateStep(testContext(), { ...options, scoresOnly: true });
    expect(scores.testTimeAugmentation).toBeUndefined();
    expect(scores.outOfDistribution).toBeNull();
    expect(scores.balancedAccuracy).toBe(evaluation.balancedAccuracy);
  });

  it('averages the image and its three mirror images', async () => {
    const { run, config } = tiny;
    const paths = run.evaluation('validation');
    await evaluateStep(testContext(), { run: run.path, split: 'validation', resamples: 0 });
    const { classes, preprocessing } = config.data && { ...config.data, preprocessing: config.preprocessing };
    const predictions = parsePredictionsCsv(readText(paths.predictions), { file: '', classes });
    const data = await openRunData(testContext(), run);
    const { weights } = await loadCheckpoint(run, 'best');
    const size = { model: findModel('lenet'), weights, classCount: classes.length, imageSize: 32, batchSize: 4 };
    const classifier = await openClassifier(nodeRuntime, size, { threads: 1 });
    const pixels = new Uint8Array(32 * 32 * 3);
    data.prepared.read(data.preparedIndex(predictions.imageIds[2]), pixels);
    // Written out pixel by pixel, without the code under test.
    const images = new Float32Array(4 * 3 * 32 * 32);
    for (let view = 0; view < 4; view++)
      for (let c = 0; c < 3; c++)
        for (let y = 0; y < 32; y++)
          for (let x = 0; x < 32; x++) {
            const [fromX, fromY] = [view & 1 ? 31 - x : x, view & 2 ? 31 - y : y];
            const value = pixels[(fromY * 32 + fromX) * 3 + c] / 255;
            images[((view * 3 + c) * 32 + y) * 32 + x] = (value - preprocessing.mean[c]) / preprocessing.std[c];
          }
    const { probabilities } = await classifier.classify(images);
    for (let k = 0; k < classes.length; k++) {
      const views = [0, 1, 2, 3].map((view) => probabilities[view * classes.length + k]);
      expect(Math.max(...views) - Math.min(...views)).toBeGreaterThan(1e-6);
      const mean = views.reduce((sum, p) => sum + p, 0) / 4;
      expect(Math.abs(predictions.probabilities[2 * classes.length + k] - mean)).toBeLessThan(1e-6);
    }
    await classifier.close();
    await data.close();
  });

  it('prints tables, and one object with --json', async () => {
    const call = await callCommandLine(['evaluate', tiny.run.path, '--split', 'train', '--resamples', '20']);
    expect(call).toMatchObject({ status: 0 });
    expect(call.stdout).toContain('balanced accuracy');
    expect(call.stdout).toContain('Melanoma');
    const json = await callCommandLine(['evaluate', tiny.run.path, '--split', 'train', '--json', '--resamples', '0']);
    expect(json.json()).toMatchObject({ split: 'train', checkpoint: { name: 'best', epoch: 3 } });
  });

  it('stops on Ctrl-C with nothing written', async () => {
    const controller = new AbortController();
    controller.abort();
    const paths = tiny.run.evaluation('test');
    const before = (await readJsonLines(paths.log)).length;
    await expect(evaluateStep(testContext(controller.signal), { run: tiny.run.path })).rejects.toMatchObject({
      kind: 'interrupted',
    });
    expect((await readJsonLines(paths.log)).length).toBe(before);
  });
});

describe('a run that cannot be evaluated', () => {
  const evaluate = (more: object = {}, context = testContext()) =>
    evaluateStep(context, { run: tiny.run.path, split: 'validation', resamples: 0, ...more });

  it('names a checkpoint that is missing, cut off, or of another run', async () => {
    const path = tiny.run.lastCheckpoint;
    const bytes = readFileSync(path);
    const last = () => evaluate({ checkpoint: 'last' });
    rmSync(path);
    await expect(last()).rejects.toMatchObject({ kind: 'run', message: expect.stringContaining(path) });
    for (const length of [0, 6, 200, bytes.length - 10]) {
      writeFileSync(path, bytes);
      truncateSync(path, length);
      await expect(last(), `${length} bytes`).rejects.toMatchObject({
        kind: 'run',
        message: expect.stringContaining(path),
      });
    }
    const other = bytes.toString('latin1').replace('"model":"lenet"', '"model":"lenot"');
    writeFileSync(path, Buffer.from(other, 'latin1'));
    await expect(last()).rejects.toMatchObject({ kind: 'run', code: 'checkpoint-other-run' });
    writeFileSync(path, bytes);
    const config = JSON.parse(readText(tiny.run.config));
    writeFileSync(
      tiny.run.config,
      JSON.stringify({ ...config, preprocessing: { ...config.preprocessing, imageSize: 48 } }),
    );
    await expect(last()).rejects.toMatchObject({ code: 'checkpoint-unfit', details: [expect.stringMatching(/^fc1/)] });
    writeFileSync(tiny.run.config, JSON.stringify(config));
    expect((await callCommandLine(['evaluate', join(tiny.root, 'data')])).status).toBe(4);
  });

  it('says that the data is gone, or where it differs', async () => {
    const elsewhere = join(tiny.root, 'elsewhere');
    renameSync(tiny.data, elsewhere);
    await expect(evaluate()).rejects.toMatchObject({ kind: 'data', code: 'data-gone' });
    expect(await evaluate({ data: elsewhere })).toBeDefined();
    renameSync(elsewhere, tiny.data);

    const table = join(tiny.data, 'HAM10000_metadata.csv');
    const text = readText(table);
    const [header, first, ...rest] = text.split('\n');
    const cells = first.split(',');
    const changed = [...cells.slice(0, 2), cells[2] === 'nv' ? 'mel' : 'nv', ...cells.slice(3)].join(',');
    writeFileSync(table, [header, changed, ...rest].join('\n'));
    await expect(evaluate()).rejects.toMatchObject({
      kind: 'data',
      code: 'data-changed',
      details: [expect.stringContaining(cells[1])],
    });
    writeFileSync(table, [header, ...rest].join('\n'));
    await expect(evaluate()).rejects.toMatchObject({ details: [expect.stringMatching(/not in the metadata/)] });
    writeFileSync(table, text);
  });

  it('uses the images that training prepared, with those that it left out; others must not be lost', async () => {
    const config = JSON.parse(readText(tiny.run.config));
    const splits = readText(tiny.run.splitsCsv);
    const [header, ...rows] = splits.trimEnd().split('\n');
    const [left, lost] = rows.filter((row) => row.endsWith('validation')).map((row) => row.split(',')[0]);
    const fileOf = (imageId: string) =>
      ['HAM10000_images_part_1', 'HAM10000_images_part_2']
        .map((part) => join(tiny.data, part, `${imageId}.jpg`))
        .find((path) => existsSync(path))!;
    const pictures = { [left]: readFileSync(fileOf(left)), [lost]: readFileSync(fileOf(lost)) };
    writeFileSync(fileOf(left), 'not a picture');
    const dataset = await openDataset(tiny.data);
    const { records } = dataset;
    const prepared = await prepareImages({ dataset, records, fitting: { imageSize: 32, fit: 'squash' }, threads: 1 });
    prepared.images.close();
    const without = records.filter(({ imageId }) => imageId !== left);
    const sha256 = hashDataset({ info: dataset.info, records: without }, prepared.images);
    const imagesInCache = () => readdirSync(join(tiny.root, 'cache')).filter((name) => /\.(u8|images)$/.test(name));
    const cached = imagesInCache();
    writeFileSync(tiny.run.splitsCsv, [header, ...rows.filter((row) => !row.startsWith(`${left},`)), ''].join('\n'));
    writeFileSync(tiny.run.config, JSON.stringify({ ...config, data: { ...config.data, excluded: [left], sha256 } }));
    const validation = rows.filter((row) => row.endsWith('validation')).length;
    expect((await evaluate()).evaluation.images).toBe(validation - 1);
    expect(imagesInCache()).toEqual(cached);

    writeFileSync(fileOf(lost), 'not a picture either');
    await expect(evaluate()).rejects.toMatchObject({
      kind: 'data',
      code: 'unusable-images',
      details: [expect.stringContaining(lost)],
    });
    await dataset.images.close();
    for (const [imageId, bytes] of Object.entries(pictures)) writeFileSync(fileOf(imageId), bytes);
    writeFileSync(tiny.run.splitsCsv, splits);
    writeFileSync(tiny.run.config, JSON.stringify(config));
  });

  it('refuses images whose contents have changed, but not those with other dates', async () => {
    const part = join(tiny.data, 'HAM10000_images_part_1');
    const path = join(part, readdirSync(part).sort()[0]);
    const bytes = readFileSync(path);
    utimesSync(path, new Date(2001, 1, 1), new Date(2001, 1, 1));
    const context = testContext();
    expect(await evaluate({}, context)).toBeDefined();
    expect(context.notes).toEqual([]);
    writeFileSync(path, await sharpCodec.encodeJpeg({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }));
    await expect(evaluate()).rejects.toMatchObject({ kind: 'data', code: 'data-changed', exitStatus: 3 });
    writeFileSync(path, bytes);
  });

  it('does not take an evaluation for that of the best weights where its line in the log is missing', async () => {
    await evaluate({ split: 'test' });
    expect(await readTestEvaluation(tiny.run)).not.toBeNull();
    const { log } = tiny.run.evaluation('test');
    const lines = readText(log);
    await evaluate({ split: 'test', checkpoint: 'last' });
    writeFileSync(log, lines);
    expect(await readTestEvaluation(tiny.run)).toBeNull();
  });

  it('logs nothing where the results could not be written', async () => {
    const { log, evaluation } = tiny.run.evaluation('test');
    const lines = readText(log);
    rmSync(evaluation);
    mkdirSync(evaluation);
    await expect(evaluate({ split: 'test' })).rejects.toMatchObject({ kind: 'run' });
    expect(readText(log)).toBe(lines);
    rmSync(evaluation, { recursive: true });
  });
});
