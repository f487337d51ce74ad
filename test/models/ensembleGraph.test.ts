import { describe, expect, it } from 'vitest';
import { classifyImages } from '../../src/evaluation/index.js';
import { toOnnx } from '../../src/graph/index.js';
import { decodeMessage, type Message } from '../../src/graph/protobuf.js';
import { buildEnsembleGraph, type EnsembleGraphMember } from '../../src/models/ensembleGraph.js';
import { findModel, openClassifier } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noise } from '../noise.js';
import { noiseWeights } from './noiseWeights.js';

const imageSize = 32;
const classCount = 7;
const member = (
  id: string,
  weight: number,
  views: EnsembleGraphMember['views'],
  mean: number,
  std: number,
): EnsembleGraphMember => {
  const model = findModel(id);
  const triple = (value: number) => [value, value + 0.02, value - 0.02] as const;
  return {
    model,
    weight,
    views,
    weights: noiseWeights({ model, classCount, imageSize }),
    normalisation: { mean: triple(mean), std: triple(std) },
  };
};
const members = [member('lenet', 0.3, 'flips', 0.5, 0.25), member('mobilenet_v2', 0.7, 'flips-and-turns', 0.6, 0.2)];
const [input] = members;

/** Three images of values in [0, 1], each brighter than the one before, as a network of this normalisation takes them. */
function images({ normalisation: { mean, std } }: EnsembleGraphMember): Float32Array {
  const plane = imageSize ** 2;
  return noise(3 * 3 * plane, 1, 0.5, 0.5).map((value, i) => {
    const channel = Math.floor(i / plane) % 3;
    const brightness = (1 + Math.floor(i / (3 * plane))) / 3;
    return (value * brightness - mean[channel]) / std[channel];
  });
}

async function expected(of: readonly EnsembleGraphMember[] = members): Promise<Float64Array> {
  const sums = new Float64Array(3 * classCount);
  for (const one of of) {
    const size = { model: one.model, weights: one.weights, classCount, imageSize, batchSize: 3 };
    const classifier = await openClassifier(nodeRuntime, size, { threads: 1 });
    const found = await classifyImages(classifier, images(one), { imageSize }, one.views);
    for (let i = 0; i < sums.length; i++) sums[i] += one.weight * found[i];
    await classifier.close();
  }
  return sums;
}

const options = { members, classCount, imageSize, batchSize: 1, normalisation: input.normalisation } as const;

describe('buildEnsembleGraph', () => {
  const bytes = toOnnx(buildEnsembleGraph({ ...options, target: 'webgpu' }), {
    symbolicShapes: {
      images: ['batch', 3, imageSize, imageSize],
      logits: ['batch', classCount],
      probabilities: ['batch', classCount],
    },
  });

  it('enlarges parts of an image as prediction does', async () => {
    const [first, second] = members;
    const parts = [
      { ...first, views: 'flips-and-scales' },
      { ...second, views: 'crops' },
    ] as const;
    const graph = buildEnsembleGraph({ ...options, members: parts, batchSize: 3 });
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    try {
      const { probabilities } = await session.run({
        images: { data: images(input), shape: [3, 3, imageSize, imageSize] },
      });
      const sums = await expected(parts);
      for (const [i, value] of [...(probabilities.data as Float32Array)].entries())
        expect(value).toBeCloseTo(sums[i], 5);
    } finally {
      await session.close();
    }
  });

  it('gives the weighted mean of the networks, each normalised and augmented its own way, in batches of any size', async () => {
    const sums = await expected();
    const session = await nodeRuntime.open(bytes, { threads: 1 });
    try {
      const all = images(input);
      for (const batch of [1, 3]) {
        const length = batch * 3 * imageSize ** 2;
        for (let first = 0; first < 3; first += batch) {
          const data = all.subarray((first / batch) * length, (first / batch + 1) * length);
          const found = await session.run({ images: { data, shape: [batch, 3, imageSize, imageSize] } });
          const { probabilities, logits } = found;
          for (let i = 0; i < batch * classCount; i++) {
            const difference = Math.abs((probabilities.data[i] as number) - sums[first * classCount + i]);
            expect(difference).toBeLessThan(1e-5);
            expect(Math.exp(logits.data[i] as number)).toBeCloseTo(probabilities.data[i] as number, 6);
          }
        }
      }
    } finally {
      await session.close();
    }
    // The images are told apart: else anything would pass.
    const apart = Array.from({ length: classCount }, (_, k) => Math.abs(sums[k] - sums[2 * classCount + k]));
    expect(Math.max(...apart)).toBeGreaterThan(1e-3);
  });

  it('keeps the parameters’ names, each behind its member’s', () => {
    const { graph } = decodeMessage('Model', bytes);
    const names: string[] = graph.initializers.map(({ name }: Message) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('member1.conv1.weight');
    expect(names).toContain('member2.classifier.1.weight');
  });
});
