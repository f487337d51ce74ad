import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/index.js';
import {
  buildEvaluationGraph,
  describeNetwork,
  findModel,
  initialWeights,
  models,
  openClassifier,
} from '../../src/models/index.js';
import { Network, type Weights } from '../../src/nn/index.js';
import { modelName } from '../../src/report/reportInput.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';

const size = { model: models.lenet, classCount: 7, imageSize: 32 };
const weights = initialWeights(size, 0);
const without = (name: string): Weights => new Map([...weights].filter(([other]) => other !== name));

describe('registry', () => {
  it('finds models by id, each under its own', () => {
    for (const [id, model] of Object.entries(models)) {
      expect(model.id).toBe(id);
      expect(findModel(id)).toBe(model);
      const network = describeNetwork({ model, classCount: 3, imageSize: model.smallestImageSize });
      expect([...network.activations.keys()], 'layers for Grad-CAM').toContain(model.gradCamLayer);
      expect(modelName(id), "the report's name").toBe(model.title);
    }
  });

  it.each(['LeNet', 'vgg16', '', 'toString', '__proto__'])('has no model "%s", and says which there are', (id) => {
    expect(() => findModel(id)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'unknown-model', hint: expect.stringContaining('lenet') }),
    );
  });
});

describe('initial weights', () => {
  it("are the seed's, and lie in PyTorch's bounds", () => {
    expect(initialWeights(size, 0)).toEqual(weights);
    expect(initialWeights(size, 1).get('fc1.weight')).not.toEqual(weights.get('fc1.weight'));
    const fanIn = { conv1: 75, conv2: 150, fc1: 16 * 6 * 6, fc2: 120, fc3: 84 };
    for (const [layer, count] of Object.entries(fanIn)) {
      const { data } = weights.get(`${layer}.weight`)!;
      const bound = 1 / Math.sqrt(count);
      const largest = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.97 * bound);
      expect(Math.abs(data.reduce((a, b) => a + b) / data.length)).toBeLessThan(0.1 * bound);
      expect(weights.get(`${layer}.bias`)!.data.every((value) => Math.abs(value) <= bound)).toBe(true);
    }
  });

  it('do not change with the number of classes, but in the last layer', () => {
    const more = initialWeights({ ...size, classCount: 8 }, 0);
    expect(more.get('conv2.weight')).toEqual(weights.get('conv2.weight'));
    expect(more.get('fc3.weight')!.shape).toEqual([8, 84]);
  });
});

describe('weights that do not fit', () => {
  it('are named with the shape that is missing', () => {
    expect(() => buildEvaluationGraph({ ...size, weights: without('fc2.bias'), batchSize: 1 })).toThrow(
      expect.objectContaining({ code: 'weight-missing', message: expect.stringMatching(/"fc2.bias".*\[84\]/) }),
    );
  });

  it('are named with both shapes: another image size, another number of classes', () => {
    expect(() => buildEvaluationGraph({ ...size, imageSize: 48, weights, batchSize: 1 })).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'weight-shape',
        message: '"fc1.weight": expected weights of shape [120,1600], found [120,576]',
        hint: expect.stringContaining('image size'),
      }),
    );
    expect(() => buildEvaluationGraph({ ...size, classCount: 8, weights, batchSize: 1 })).toThrow(/"fc3.weight"/);
  });

  it('reject in openClassifier, before a session is there', async () => {
    await expect(
      openClassifier(nodeRuntime, { ...size, weights: without('conv1.weight'), batchSize: 1 }),
    ).rejects.toMatchObject({ code: 'weight-missing' });
  });

  it('are no matter to a training network, which takes parameters as inputs', () => {
    const graph = new Graph();
    const network = new Network(graph, {});
    models.lenet.build(network, graph.input('images', [1, 3, 32, 32]), 7);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['images', ...weights.keys()]);
    expect(network.parameterCount).toBe([...weights.values()].reduce((sum, { data }) => sum + data.length, 0));
  });
});

describe('openClassifier', () => {
  it('gives probabilities that are the softmax of the logits, image by image', async () => {
    const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize: 3 });
    const single = await openClassifier(nodeRuntime, { ...size, weights, batchSize: 1 });
    const images = wave(3 * 3 * 32 * 32, 2);
    const { probabilities, logits } = await classifier.classify(images);
    expect(logits).toHaveLength(21);
    for (let n = 0; n < 3; n++) {
      const row = logits.subarray(7 * n, 7 * n + 7);
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      row.forEach((logit, k) => {
        expect(probabilities[7 * n + k]).toBeCloseTo(Math.exp(logit) / sum, 6);
      });
      const alone = await single.classify(images.slice(3072 * n, 3072 * (n + 1)));
      alone.logits.forEach((logit, k) => {
        expect(row[k]).toBeCloseTo(logit, 5);
      });
    }
    await classifier.close();
    await single.close();
  });
});
