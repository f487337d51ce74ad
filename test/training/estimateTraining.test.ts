import { expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/node.js';
import { estimateTraining, type MeasuredNetworks, type Recipe, resolveRecipe } from '../../src/training/index.js';

const { recipe } = resolveRecipe('lenet', { imageSize: 32, batchSize: 2, epochs: 3 });

it('what computes the same is measured once, whatever else differs', async () => {
  const measured: MeasuredNetworks = new Map();
  const estimate = (training: Partial<Recipe['training']> = {}, other: Partial<Recipe> = {}, classCount = 3) => {
    const asked = { ...recipe, ...other, training: { ...recipe.training, ...training } };
    return estimateTraining(nodeRuntime, asked, { images: 100, classCount }, { threads: 1 }, measured);
  };
  const { steps } = await estimate();
  const longer = await estimate({ epochs: 6, learningRate: 1, classWeights: 'none', sampling: 'square-root' });
  expect([longer.steps, measured.size]).toEqual([2 * steps, 1]);
  // What a step has to compute besides, and what it computes on.
  await estimate({ focalLoss: 2 });
  await estimate({ batchSize: 4 });
  await estimate({ weightAveraging: 0 });
  await estimate({}, { imageSize: 48 });
  await estimate({}, {}, 2);
  expect(measured.size).toBe(6);
});
