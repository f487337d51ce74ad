import { expect } from 'vitest';
import { type Graph, toOnnx } from '../../../src/graph/index.js';
import { buildEvaluationGraph, findModel } from '../../../src/models/index.js';
import { calibrate } from '../../../src/models/quantise/calibrate.js';
import { quantiseGraph } from '../../../src/models/quantise/quantiseGraph.js';
import { Random } from '../../../src/random.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { noiseWeights } from '../noiseWeights.js';

export const batchSize = 4;
export const classCount = 7;

export function setUp(id: string, imageSize: number) {
  const size = { model: findModel(id), classCount, imageSize };
  const network = { ...size, weights: noiseWeights(size), batchSize };
  const random = new Random(0, 'images');
  const batch = () => Float32Array.from({ length: batchSize * 3 * imageSize ** 2 }, () => random.normal());
  const run = async (graph: Graph, images: Float32Array) => {
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    try {
      const shape = [batchSize, 3, imageSize, imageSize];
      const { logits, probabilities } = await session.run({ images: { data: images, shape } });
      return { logits: logits.data as Float32Array, probabilities: probabilities.data as Float32Array };
    } finally {
      await session.close();
    }
  };
  return { network, batch, run, float: buildEvaluationGraph(network).graph };
}

/** Root mean square of the difference by the spread of what it differs from. */
function relativeError(found: Float32Array, expected: Float32Array): number {
  const mean = expected.reduce((sum, v) => sum + v, 0) / expected.length;
  const difference = found.reduce((sum, v, i) => sum + (v - expected[i]) ** 2, 0);
  return Math.sqrt(difference / expected.reduce((sum, v) => sum + (v - mean) ** 2, 0));
}

/** In integers, logits stay near those in floats, on images that calibration did not see. */
export async function expectNearFloats(id: string, imageSize: number): Promise<void> {
  const { network, batch, run, float } = setUp(id, imageSize);
  const ranges = await calibrate(nodeRuntime, network, [batch(), batch()], { threads: 1 });
  const images = batch();
  const expected = await run(float, images);
  const found = await run(quantiseGraph(float, ranges), images);
  const error = relativeError(found.logits, expected.logits);
  expect(error).toBeLessThan(0.1);
  expect(error, 'integers leave a trace').toBeGreaterThan(1e-5);
  for (let i = 0; i < batchSize; i++) {
    const row = found.probabilities.subarray(i * classCount, (i + 1) * classCount);
    expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  }
  // Ranges 16 times as wide have steps 16 times as large: the measure above notices.
  const wide = new Map(
    [...ranges].map(([name, { minimum, maximum, means }]) => [
      name,
      { minimum: 16 * minimum, maximum: 16 * maximum, means },
    ]),
  );
  expect(relativeError((await run(quantiseGraph(float, wide), images)).logits, expected.logits)).toBeGreaterThan(error);
}
