import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { conv, Graph, globalAveragePool, linear, toOnnx } from '../../../src/graph/index.js';
import { compareWithTorch } from '../../../src/node/bench/index.js';
import { Random } from '../../../src/random.js';
import { callCommandLine } from '../../cli/callCommandLine.js';

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-bench-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A small convolutional network for 5 classes, as a file. */
function writeNetwork(name: string): string {
  const graph = new Graph();
  const random = new Random(0, name);
  const weight = (stem: string, shape: readonly number[]) =>
    graph.initializer(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal() / 4),
      shape,
      stem,
    );
  const images = graph.input('images', [4, 3, 32, 32]);
  const filters = [weight('stem.weight', [16, 3, 3, 3]), weight('stem.bias', [16])];
  const map = graph.apply(conv, [images, ...filters], { stride: 2, padding: 1, activation: 'relu' });
  const pooled = graph.apply(globalAveragePool, [map], {});
  const head = [weight('head.weight', [5, 16]), weight('head.bias', [5])];
  graph.output('logits', graph.apply(linear, [pooled, ...head], {}));
  const path = join(folder, name);
  writeFileSync(path, toOnnx(graph));
  return path;
}

const path = writeNetwork('small.onnx');
const size = { imageSize: 32, batchSize: 4, seconds: 0.05, threads: 1, device: 'cpu', seed: 0 } as const;
const sizeArguments = ['--image-size', '32', '--batch-size', '4', '--seconds', '0.05', '--threads', '1'];

describe('lesionlab bench with a file', () => {
  it('trains its layers with a new head, and predicts it as it is', async () => {
    const training = await callCommandLine(['bench', 'train-step', '--model', path, ...sizeArguments, '--json']);
    expect(training.json()).toMatchObject({ model: path, imagesPerSecond: expect.any(Number) });
    const prediction = await callCommandLine(['bench', 'predict', '--model', path, ...sizeArguments, '--profile']);
    expect(prediction.status).toBe(0);
    expect(prediction.stdout).toMatch(/^prediction: [\d.]+ images\/s/);
    expect(prediction.stdout).toMatch(/^memory: \d+ MiB at most$/m);
    expect(prediction.stdout).toMatch(/Conv +1/);
  });

  it.each([
    ['another size', ['bench', 'predict', '--model', path, '--image-size', '64']],
    ['another size, trained', ['bench', 'train-step', '--model', path, '--image-size', '64']],
    ['integers', ['bench', 'predict', '--model', path, ...sizeArguments, '--int8']],
  ])('refuses %s with status 2', async (_, argv) => {
    expect((await callCommandLine(argv)).status).toBe(2);
  });

  it('says with status 4 that there is no such file', async () => {
    const call = await callCommandLine(['bench', '--model', join(folder, 'none.onnx'), '--python', '/nowhere/python3']);
    expect(call.status).toBe(4);
    expect(call.stderr).toContain('none.onnx');
  });

  it("names what it asked PyTorch's libraries for", async () => {
    const argv = ['bench', '--model', path, ...sizeArguments, '--python', '/nowhere/python3'];
    expect((await callCommandLine(argv)).stdout).toContain('PyTorch with a network small.');
    const named = await callCommandLine([...argv, '--torch-model', 'timm:vit_small_patch16_224']);
    expect(named.stdout).toContain('PyTorch with a network timm:vit_small_patch16_224.');
  });

  it.skipIf(process.platform === 'win32')('asks PyTorch for as much as it does itself', async () => {
    const program = join(folder, 'python');
    const result = { imagesPerSecond: 1, medianMilliseconds: 1, fastestMilliseconds: 1, steps: 1, peakMemory: 9 };
    const lines = [
      `#!${process.execPath}`,
      "if (process.argv[3] === 'find') process.exit(0);",
      `console.log('{"torch":"0"}');`,
      `const result = { ...${JSON.stringify(result)}, memoryFormat: process.argv.slice(3).join(' ') };`,
      "require('readline').createInterface({ input: process.stdin }).on('line', () => console.log(JSON.stringify(result)));",
    ];
    writeFileSync(program, lines.join('\n'), { mode: 0o755 });
    const options = { ...size, model: path, rounds: 1, pythons: [program], alternatives: false };
    const training = await compareWithTorch('train', options);
    expect(training).toMatchObject({ head: 'new', torch: { name: 'small', classCount: 7, batchNorm: 'folded' } });
    expect(training.rounds[0].torch.memoryFormat).toBe('train small 32 4 1 0.05 --classes 7 --folded --wait');
    const prediction = await compareWithTorch('predict', { ...options, torchModel: 'resnet18' });
    expect(prediction).toMatchObject({ head: 'own', torch: { name: 'resnet18', classCount: 5, batchNorm: 'own' } });
    expect(prediction.rounds[0].torch.memoryFormat).toBe('predict resnet18 32 4 1 0.05 --classes 5 --wait');
    const shown = await callCommandLine([
      ...['bench', '--model', path, ...sizeArguments, '--rounds', '1', '--python', program],
      ...['--torch-batch-norm', 'own', '--no-alternatives'],
    ]);
    expect(shown.stdout).toContain(`the layers of ${path} with a new last one of 7 classes`);
    expect(shown.stdout).toContain('small, with batch norm by the statistics of the batch');
    expect(shown.stdout).toMatch(/Memory at most, each in a process of its own: \d+ MiB against 9 MiB\./);
  });
});
