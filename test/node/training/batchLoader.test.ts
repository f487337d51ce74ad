import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { augmentationSettings } from '../../../src/data/augmentation/augmentationSettings.js';
import { makeBatch, planBatches } from '../../../src/data/augmentation/batches.js';
import { openPreparedFile, preparedTrailer } from '../../../src/node/dataset/preparedFile.js';
import { workerUrl } from '../../../src/node/machine/workerUrl.js';
import { type BatchLoaderOptions, createBatchLoader } from '../../../src/node/training/batchLoader.js';
import { Random } from '../../../src/random.js';

const imageSize = 12;
const count = 23;
const stride = imageSize * imageSize * 3;
let folder: string;
let options: BatchLoaderOptions;

function writePrepared(path: string): void {
  const random = new Random(8, 'batch loader test');
  const pixels = Uint8Array.from({ length: count * stride }, () => random.integer(256));
  const trailer = preparedTrailer({ imageSize, fit: 'squash' }, new Uint32Array(count));
  writeFileSync(path, Buffer.concat([pixels, trailer]));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-batches-'));
  const preparedFile = join(folder, 'images.u8');
  writePrepared(preparedFile);
  options = {
    preparedFile,
    indices: Array.from({ length: 17 }, (_, i) => count - 1 - i),
    labels: Array.from({ length: 17 }, (_, i) => i % 7),
    batchSize: 4,
    seed: 6,
    augmentation: augmentationSettings.parse({ horizontalFlip: 0.5, rotationDegrees: 30, hue: 0.1, brightness: 0.2 }),
    preprocessing: {
      imageSize,
      fit: 'squash',
      resize: 'bilinear-antialiased',
      mean: [0.5, 0.5, 0.5],
      std: [0.2, 0.3, 0.4],
      statistics: 'test',
    },
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('createBatchLoader', () => {
  it('gives the same batches for any number of workers, with and without recycling', async () => {
    const images = openPreparedFile(options.preparedFile);
    const plan = planBatches({ count: 17, batchSize: 4, seed: 6 });
    for (const [workers, ahead] of [
      [1, 1],
      [2, 5],
      [3, 2],
    ]) {
      const loader = createBatchLoader({ ...options, workers, ahead });
      for (let step = 0; step < 12; step++) {
        const batch = await loader.next();
        const expected = makeBatch({ images, seed: 6, ...options }, plan.batchRows(step));
        expect(batch).toEqual(expected);
        if (workers > 1) loader.recycle(batch);
      }
      await loader.close();
      await expect(loader.next()).rejects.toThrow(/closed/);
    }
    images.close();
  });

  it('begins at any step', async () => {
    const loader = createBatchLoader({ ...options, firstStep: 9 });
    const batch = await loader.next();
    expect([batch.step, batch.epoch]).toEqual([9, 2]);
    expect([...batch.indices]).toEqual([...planBatches({ count: 17, batchSize: 4, seed: 6 }).batchRows(9).rows]);
    expect(loader.plan?.stepsPerEpoch).toBe(17 / 4);
    await loader.close();
  });

  it('ends a sequential pass with a filled batch', async () => {
    const loader = createBatchLoader({ ...options, order: 'sequential', augmentation: null, workers: 2 });
    const indices: number[] = [];
    for (let step = 0; step < loader.steps; step++) indices.push(...(await loader.next()).indices);
    expect(indices).toEqual([...Array(17).keys(), -1, -1, -1]);
    await expect(loader.next()).rejects.toThrow(/All 5 batches/);
    await loader.close();
  });

  it('works inside another worker thread', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.module).then(async ({ createBatchLoader }) => {
        const loader = createBatchLoader(workerData.options);
        const batches = [await loader.next(), await loader.next()];
        await loader.close();
        parentPort.postMessage(batches);
      });`;
    const workerData = { module: workerUrl('training/batchLoader').href, options };
    const worker = new Worker(code, { eval: true, workerData });
    const batches = await new Promise((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', reject);
    });
    const loader = createBatchLoader(options);
    expect(batches).toEqual([await loader.next(), await loader.next()]);
    await loader.close();
  });

  it('reports what breaks a worker', async () => {
    const missing = createBatchLoader({ ...options, preparedFile: join(folder, 'nothing.u8') });
    await expect(missing.next()).rejects.toThrow(/nothing/);
    await missing.close();
    const path = join(folder, 'short.u8');
    writePrepared(path);
    const loader = createBatchLoader({ ...options, preparedFile: path, ahead: 1 });
    await loader.next();
    truncateSync(path, 10);
    const goOn = async () => {
      for (let step = 0; step < 3; step++) await loader.next(); // those made ahead are whole
    };
    await expect(goOn()).rejects.toMatchObject({ kind: 'data', message: expect.stringContaining('cut short') });
    await loader.close();
  });
});
