import { describe, expect, it } from 'vitest';
import { openNetworkExplainer } from '../../src/explain/index.js';
import { Graph, toOnnx } from '../../src/graph/index.js';
import { openFeatureExtractor } from '../../src/models/featureExtractor.js';
import { findModel, initialWeights, openClassifier } from '../../src/models/index.js';
import type { Runtime } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';

const notFinite = { name: 'LesionlabError', kind: 'run', code: 'answers-not-finite' };

/** Logarithms: of 0 infinite, below it none. */
function logarithms() {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  graph.output('y', graph.node('Log', [x], [2]));
  return toOnnx(graph);
}

describe.each([
  ['Node', nodeRuntime],
  ['WebAssembly', webRuntime],
] as const)('numbers that are not finite, in %s', (_, runtime: Runtime) => {
  it.each([-1, 0])('are refused with the names of file and output (log %d)', async (value) => {
    const session = await runtime.open(logarithms(), { file: 'damaged.onnx' });
    const feed = (x: number) => session.run({ x: { data: Float32Array.of(1, x), shape: [2] } });
    await expect(feed(value)).rejects.toMatchObject({
      ...notFinite,
      message: expect.stringMatching(/^damaged\.onnx .* in its output "y"\.$/),
    });
    expect((await feed(1)).y.data).toEqual(Float32Array.of(0, 0));
    await session.close();
  });

  it('are given out where a training may diverge', async () => {
    const session = await runtime.open(logarithms(), { mayDiverge: true });
    const { y } = await session.run({ x: { data: Float32Array.of(1, -1), shape: [2] } });
    expect(y.data[1]).toBeNaN();
    await session.close();
  });
});

describe('a network with a damaged weight', () => {
  const model = findModel('lenet');
  const size = { model, classCount: 3, imageSize: 32 };
  const weights = new Map([...initialWeights(size, 1)]);
  const [first, tensor] = [...weights][0];
  weights.set(first, { ...tensor, data: tensor.data.map((value, i) => (i === 5 ? Number.NaN : value)) });
  const images = new Float32Array(2 * 3 * 32 * 32).map((__, i) => Math.sin(i));

  it('gives no probabilities', async () => {
    const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize: 2 });
    await expect(classifier.classify(images)).rejects.toMatchObject(notFinite);
    await classifier.close();
  });

  it('gives no features', async () => {
    const extractor = await openFeatureExtractor(nodeRuntime, { ...size, weights, batchSize: 2 });
    await expect(extractor.extract(images)).rejects.toMatchObject(notFinite);
    await extractor.close();
  });

  it.each(['grad-cam', 'integrated-gradients', 'occlusion'] as const)('gives no maps by %s', async (method) => {
    const explainer = await openNetworkExplainer(nodeRuntime, { ...size, weights, method, batchSize: 2 });
    await expect(explainer.explain(images, [0, 1])).rejects.toMatchObject(notFinite);
    await explainer.close();
  });
});
