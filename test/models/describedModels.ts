import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { Graph, gradients, toOnnx } from '../../src/graph/index.js';
import { findModel, openClassifier } from '../../src/models/index.js';
import { Network } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noisyImages } from '../noise.js';
import { noiseWeights } from './noiseWeights.js';

/** What makeModelFixtures.py found of a model in PyTorch. */
interface Described {
  parameters: number;
  tensors: number;
  sha256: string;
  logits?: number[];
  /** Of the third class's logits, every 397th number. */
  imageGradient?: number[];
  /** Of one image whose side strides, windows or patches don't divide. */
  odd?: { side: number; logits: number[] };
}

export const described: Record<string, Described> = JSON.parse(
  readFileSync(new URL('../fixtures/models/models.json', import.meta.url), 'utf8'),
);

export const sizeOf = (id: string) => ({ model: findModel(id), classCount: 7, imageSize: 64 });

/** Networks of more than 20 million parameters, whose numbers take a while. */
export const largeModels = Object.keys(described).filter((id) => described[id].parameters > 20e6);

/** In evaluation, with batch norm folded into the convolutions, logits are PyTorch's. */
export const expectLogits = (id: string): Promise<void> => expectNumbers(id, 64, 2, described[id].logits!);

/** So they are at a side that strides, windows or patches don't divide. */
export const expectOddLogits = (id: string): Promise<void> =>
  expectNumbers(id, described[id].odd!.side, 1, described[id].odd!.logits);

async function expectNumbers(id: string, side: number, batchSize: number, expected: readonly number[]): Promise<void> {
  const size = { ...sizeOf(id), imageSize: side };
  const options = { ...size, weights: noiseWeights(size), batchSize };
  const classifier = await openClassifier(nodeRuntime, options, { threads: 1 });
  const { logits } = await classifier.classify(noisyImages(batchSize, side, 10));
  await classifier.close();
  expect(logits).toHaveLength(expected.length);
  expected.forEach((logit, i) => {
    expect(Math.abs(logits[i] - logit)).toBeLessThan(1e-4 * Math.max(1, Math.abs(logit)));
  });
}

/** So is the gradient of the images, which every layer before has a part in. */
export async function expectImageGradient(id: string): Promise<void> {
  const { model } = sizeOf(id);
  const graph = new Graph();
  const images = graph.input('images', [2, 3, 64, 64]);
  const network = new Network(graph, { weights: noiseWeights(sizeOf(id)) });
  const logits = model.build(network, images, 7);
  const seed = graph.input('classes', [2, 7]);
  graph.output('gradient', gradients(graph, logits, [images], seed)[0]);
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const third = Float32Array.from({ length: 14 }, (_, i) => Number(i % 7 === 2));
  const found = await session.run({
    images: { data: noisyImages(2, 64, 10), shape: [2, 3, 64, 64] },
    classes: { data: third, shape: [2, 7] },
  });
  await session.close();
  const expected = described[id].imageGradient!;
  const numbers = (found.gradient.data as Float32Array).filter((_, i) => i % 397 === 0);
  expect(numbers).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(numbers[i] - value), `number ${i}`).toBeLessThan(1e-3 * largest);
  });
}
