import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { defineModel, encodeSafetensors, findModel, initialWeights } from '../../../src/models/index.js';
import { convBatchNorm, globalAveragePoolLayer, linearLayer, reluLayer } from '../../../src/nn/index.js';
import { loadInitialWeights } from '../../../src/node/run/checkpointFile.js';

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-weights-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/weights/${name}`, import.meta.url));
const lenet = { model: findModel('lenet'), classCount: 7, imageSize: 16 };

/** The network of test/fixtures/weights/makeWeights.py. */
const tiny = defineModel({
  id: 'tiny',
  title: 'Tiny',
  source: 'test',
  gradCamLayer: 'conv1',
  smallestImageSize: 8,
  defaultNormalisation: 'train-split',
  stages: ['conv1', 'bn1', 'fc'],
  classifier: ['fc'],
  buildFeatures: (network, images) =>
    globalAveragePoolLayer(
      network,
      reluLayer(network, convBatchNorm(network, images, { conv: 'conv1', norm: 'bn1', filters: 4, kernel: 3 })),
      'pool',
    ),
  buildHead: (network, features, classCount) => linearLayer(network, features, 'fc', classCount),
});

function writeLenet(name: string, size: typeof lenet): string {
  const path = join(folder, name);
  writeFileSync(path, encodeSafetensors(initialWeights(size, 5), {}));
  return path;
}

const noteInto = (notes: string[]) => ({
  note: (line: string) => void notes.push(line),
  start: () => ({ update: () => {}, end: () => {} }),
});

describe('weights to begin with', () => {
  it('of another number of classes: all but the classifier, which follows the seed', async () => {
    const path = writeLenet('three.safetensors', { ...lenet, classCount: 3 });
    const notes: string[] = [];
    const found = await loadInitialWeights(path, lenet, { seed: 9, progress: noteInto(notes) });
    const [random, given] = [initialWeights(lenet, 9), initialWeights({ ...lenet, classCount: 3 }, 5)];
    expect([...found.keys()]).toEqual([...random.keys()]);
    for (const [name, tensor] of found) {
      expect(tensor, name).toEqual((name.startsWith('fc3.') ? random : given).get(name));
    }
    expect(notes).toEqual([
      `${path}: 8 of 10 tensors taken`,
      'newly initialised, since the number of classes differs: fc3.* (2)',
    ]);
  });

  it.each(['tiny.pth', 'tinyCheckpoint.pth'])("of PyTorch's %s, statistics included", async (name) => {
    const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'))[name];
    const notes: string[] = [];
    const size = { model: tiny, classCount: 2, imageSize: 8 };
    const found = await loadInitialWeights(fixture(name), size, { progress: noteInto(notes) });
    expect(found.size).toBe(7);
    for (const [key, { data, shape }] of found) {
      expect(shape, key).toEqual(expected[key].shape);
      expect([...data], key).toEqual(expected[key].data.map(Math.fround));
    }
    expect(notes[0]).toBe(`${fixture(name)}: 7 of 7 tensors taken`);
  });

  it('of another image size or model are refused, and so is a file that would run something', async () => {
    const path = writeLenet('large.safetensors', { ...lenet, imageSize: 32 });
    await expect(loadInitialWeights(path, lenet)).rejects.toMatchObject({
      code: 'weights-shape',
      details: [expect.stringContaining('fc1.weight')],
    });
    await expect(loadInitialWeights(fixture('tiny.pth'), lenet)).rejects.toMatchObject({
      code: 'weights-architecture',
    });
    await expect(loadInitialWeights(fixture('hostileSystem.pth'), lenet)).rejects.toMatchObject({ kind: 'run' });
  });
});
