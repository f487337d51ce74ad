import { describe, expect, it } from 'vitest';
import { makeBatch, planEvaluationBatches } from '../../src/data/augmentation/batches.js';
import type { Preprocessing } from '../../src/data/preparation/preprocessing.js';
import { headTensors } from '../../src/models/featureExtractor.js';
import {
  findModel,
  initialWeights,
  type ModelDefinition,
  openClassifier,
  openFeatureExtractor,
} from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { computeFeatures, type FeatureTable, featureBatches } from '../../src/training/featureTable.js';
import {
  openHeadTrainer,
  replaceWeights,
  validateHead,
  withFeatureStatistics,
} from '../../src/training/headTraining.js';
import { Trainer } from '../../src/training/trainer.js';
import { validate } from '../../src/training/validate.js';
import { noisyImages } from '../noise.js';

const classCount = 3;
const imageSize = 32;
const count = 10;
const labels = Int32Array.from({ length: count }, (_, i) => i % classCount);
const preprocessing: Preprocessing = {
  imageSize,
  fit: 'squash',
  resize: 'bilinear-antialiased',
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  statistics: 'test',
};
const values = noisyImages(count, imageSize, 4);
const stride = 3 * imageSize ** 2;
/** Prepared images: bytes in HWC order. */
const images = {
  imageSize,
  imageIds: Array.from({ length: count }, (_, i) => `${i}`),
  read(index: number, target: Uint8Array, offset = 0) {
    for (let i = 0; i < stride; i++)
      target[offset + i] = 128 + Math.max(-1, Math.min(0.99, values[index * stride + i])) * 127;
  },
};
const source = { images, indices: Array.from({ length: count }, (_, i) => i), labels, preprocessing, seed: 0 };
const classWeights = [1, 2, 0.5];
const options = {
  classCount,
  imageSize,
  batchSize: 4,
  optimizer: { kind: 'adamw', weightDecay: 0.1 },
  classWeights,
  labelSmoothing: 0.1,
  weightAveraging: 0.9,
  seed: 3,
} as const;
const open = { threads: 1 };

async function tableOf(model: ModelDefinition, weights: Weights): Promise<FeatureTable> {
  const extractor = await openFeatureExtractor(nodeRuntime, { model, weights, imageSize, batchSize: 4 }, open);
  const plan = planEvaluationBatches({ count, batchSize: 4 });
  const done: number[] = [];
  const openView = () => {
    let step = 0;
    const next = async () => makeBatch(source, plan.batchRows(step++));
    return { next, recycle() {}, close: async () => {} };
  };
  const table = await computeFeatures({ extractor, count, views: 2, openView, report: (n) => done.push(n) });
  expect(done).toEqual([4, 8, 10, 14, 18, 20]);
  let stop = false;
  const report = () => {
    stop = true;
  };
  expect(await computeFeatures({ extractor, count, views: 2, openView, report, shouldStop: () => stop })).toBe(
    undefined,
  );
  await extractor.close();
  return table!;
}

/** The head of a model, trained on features and in the whole network with a frozen trunk. */
export function testHead(id: string): void {
  describe(`the head of ${id}`, () => {
    const model = findModel(id);
    const size = { model, classCount, imageSize };

    it('learns from features as it learns in the whole network with a frozen trunk', async () => {
      const begin = initialWeights(size, 1);
      const table = await tableOf(model, begin);
      const weights = withFeatureStatistics(begin, model, table);
      const head = headTensors(size);
      const trainable = (name: string) => head.has(name);

      const batches = featureBatches({ table, labels, batchSize: 4, seed: 5 });
      const whole = await Trainer.open(nodeRuntime, { ...options, model, trainable }, weights, open);
      const small = await openHeadTrainer(nodeRuntime, { ...options, model }, table.width, weights, open);
      for (let step = 0; step < 6; step++) {
        const batch = await batches.next();
        expect(batch.step).toBe(step);
        const seen = makeBatch(source, batches.plan.batchRows(step));
        expect(batch.labels).toEqual(seen.labels);
        const [expected, found] = [
          await whole.step(seen.images, seen.labels, 0.01),
          await small.step(batch.images, batch.labels, 0.01),
        ];
        expect(found.loss).toBeCloseTo(expected.loss, 4);
        expect(found.correct).toBe(expected.correct);
      }
      const [expected, found] = [whole.evaluatedWeights(), replaceWeights(weights, small.evaluatedWeights())];
      await Promise.all([whole.close(), small.close()]);
      expect([...found.keys()]).toEqual([...begin.keys()]);
      for (const [name, { data }] of found) {
        const other = expected.get(name)!.data;
        if (head.has(name)) {
          const far = data.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
          expect(far, name).toBeLessThan(2e-3);
        } else expect(data, name).toEqual(begin.get(name)!.data);
      }

      const classifier = await openClassifier(nodeRuntime, { ...size, weights: found, batchSize: 4 }, open);
      const ofImages = await validate(classifier, source, classWeights);
      await classifier.close();
      const ofFeatures = await validateHead(
        nodeRuntime,
        { ...size, weights: found, table, labels, classWeights },
        open,
      );
      expect(ofFeatures.loss).toBeCloseTo(ofImages.loss, 4);
      expect(ofFeatures.accuracy).toBe(ofImages.accuracy);
      expect(ofFeatures.balancedAccuracy).toBe(ofImages.balancedAccuracy);
    });
  });
}
