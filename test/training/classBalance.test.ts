import { describe, expect, it, test } from 'vitest';
import { toOnnx } from '../../src/graph/index.js';
import { findModel, initialWeights } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { resolveClassBalance, shiftPrevalence } from '../../src/training/recipe/classBalance.js';
import { presets } from '../../src/training/recipe/presets/registry.js';
import { resolveRecipe } from '../../src/training/recipe/resolveRecipe.js';
import { Trainer } from '../../src/training/trainer.js';
import { buildTrainingGraph } from '../../src/training/trainingGraph.js';
import { wave } from '../wave.js';

const labels = [...new Array(60).fill(0), ...new Array(30).fill(1), ...new Array(10).fill(2)];
const { training } = resolveRecipe('lenet', { classWeights: 'none', labelSmoothing: 0 }).recipe;
const balance = (changes: Partial<typeof training>) =>
  resolveClassBalance({ training: { ...training, ...changes } }, { labels }, 4);

function expectClose(found: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  expect(found).toHaveLength(expected.length);
  for (const [k, value] of found.entries()) expect(Math.abs(value - expected[k])).toBeLessThan(tolerance);
}

describe('resolveClassBalance', () => {
  it('says for which frequencies of the classes the network learns to answer', () => {
    expectClose(balance({}).trainedPrevalence, [0.6, 0.3, 0.1, 0]);
    expect(balance({}).logitOffsets).toBeUndefined();
    const even = [1 / 3, 1 / 3, 1 / 3, 0];
    for (const changes of [
      { classWeights: 'inverse' },
      { classWeights: 'median-frequency' },
      { logitAdjustment: 1 },
    ] as const)
      expectClose(balance(changes).trainedPrevalence, even);
    // 34, 33 and 33 of 100 images.
    expectClose(balance({ sampling: 'class-balanced' }).trainedPrevalence, even, 0.01);
  });

  it('adds the logarithms of frequencies to the logits, nothing to those of a class without images', () => {
    expect(balance({ logitAdjustment: 0.5 }).logitOffsets).toEqual([
      0.5 * Math.log(0.6),
      0.5 * Math.log(0.3),
      0.5 * Math.log(0.1),
      0,
    ]);
  });
});

test('probabilities of another population follow by the ratio of frequencies', () => {
  const [a, b] = shiftPrevalence([0.5, 0.5], [0.5, 0.5], [0.9, 0.1]);
  expect([a, b]).toEqual([0.9, 0.1]);
  expectClose([...shiftPrevalence([0.2, 0.8], [0.9, 0.1], [0.9, 0.1])], [0.2, 0.8]);
});

describe('remedies for rare classes', () => {
  it('that nobody asked for beside logit adjustment are switched off', () => {
    const { recipe } = resolveRecipe('lenet', { logitAdjustment: 1 });
    expect([presets.lenet.recipe.training.classWeights, presets.lenet.recipe.training.labelSmoothing]).toEqual([
      'square-root',
      0.05,
    ]);
    expect([recipe.training.classWeights, recipe.training.labelSmoothing]).toEqual(['none', 0]);
    expect(resolveRecipe('lenet', { sampling: 'class-balanced' }).recipe.training.classWeights).toBe('none');
    expect(resolveRecipe('lenet', { sampling: 'lesion-first' }).recipe.training.classWeights).toBe('square-root');
  });

  it('that do not go together are refused', () => {
    expect(() => resolveRecipe('lenet', { logitAdjustment: 1, labelSmoothing: 0.1 })).toThrow(/rarest classes/);
    expect(() => resolveRecipe('lenet', { logitAdjustment: 1, classWeights: 'inverse' })).toThrow(/do it twice/);
    expect(() => resolveRecipe('lenet', { sampling: 'class-balanced', classWeights: 'inverse' })).toThrow(
      /do it twice/,
    );
    expect(() => resolveRecipe('lenet', { sampling: 'class-balanced', logitAdjustment: 1 })).toThrow(
      /nothing to adjust/,
    );
    expect(() => resolveRecipe('lenet', { classWeights: 'none', deferredWeights: 0.5 })).toThrow(
      /no class weights to defer/,
    );
  });
});

const model = findModel('lenet');
const size = { model, classCount: 3, imageSize: 32 };
const stepOptions = { ...size, batchSize: 4, weightAveraging: 0, labelSmoothing: 0, classWeights: [1, 2, 4] } as const;
const images = wave(4 * 3 * 32 * 32, 1);
const [kinds, offsets] = [Int32Array.from([0, 2, 1, 0]), [-0.5, -1.5, -3]];

/** Loss of a step by the formula, from the logits that the graph gives. */
async function lossByHand(
  focusing: number,
  logitOffsets: readonly number[],
  classWeights: readonly number[],
): Promise<number> {
  const weights = initialWeights(size, 0);
  const { graph, network } = buildTrainingGraph({ ...stepOptions, dropout: false }, 'cpu', weights);
  const session = await nodeRuntime.open(toOnnx(graph));
  const feeds = Object.fromEntries(
    network.trainableParameters.map(({ name }) => [
      name,
      { data: weights.get(name)!.data as Float32Array, shape: weights.get(name)!.shape },
    ]),
  );
  const targets = { data: new Float32Array(12), shape: [4, 3] };
  const { logits } = await session.run({ ...feeds, images: { data: images, shape: [4, 3, 32, 32] }, targets });
  await session.close();
  let [sum, total] = [0, 0];
  for (const [n, label] of kinds.entries()) {
    const row = [...(logits.data as Float32Array).subarray(3 * n, 3 * n + 3)].map((z, k) => z + logitOffsets[k]);
    const p = Math.exp(row[label]) / row.reduce((all, z) => all + Math.exp(z), 0);
    sum -= classWeights[label] * (1 - p) ** focusing * Math.log(p);
    total += classWeights[label];
  }
  return sum / total;
}

describe('a training step', () => {
  it.each([
    ['with logit adjustment', 0, offsets, true],
    ['with focal loss', 2, [0, 0, 0], true],
    ['with both', 1.5, offsets, true],
    ['before deferred weights count', 0, [0, 0, 0], false],
  ] as const)('%s has the loss of the formula', async (_, focusing, logitOffsets, weighted) => {
    const options = {
      ...stepOptions,
      focusing,
      logitOffsets,
      dropout: false,
      optimizer: { kind: 'sgd', weightDecay: 0 } as const,
    };
    const trainer = await Trainer.open(nodeRuntime, options, initialWeights(size, 0));
    const { loss, weight } = await trainer.step(images.slice(), kinds, 0, { weighted });
    await trainer.close();
    const classWeights = weighted ? stepOptions.classWeights : [1, 1, 1];
    expect(loss).toBeCloseTo(await lossByHand(focusing, logitOffsets, classWeights), 5);
    expect(weight).toBe(weighted ? 8 : 4);
  });
});
