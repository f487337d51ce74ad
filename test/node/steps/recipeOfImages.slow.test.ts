import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { viewCandidates } from '../../../src/data/augmentation/views.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { runFolderPaths } from '../../../src/node/run/runFolder.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { trainRun } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import type { RecipeChanges } from '../../../src/training/recipe/recipeChanges.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-images-'));
const data = join(root, 'data');

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 140, size: [56, 42], progress: silentProgress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const recipe: RecipeChanges = {
  extends: 'resnet18',
  model: 'mobilenet_v3_small',
  imageSize: 40,
  trainingImageSize: 32,
  border: 'removed',
  light: 'shades-of-gray',
  augmentation: { crop: [0.5, 1], quarterTurns: 0.75, jpeg: { probability: 0.5 }, trivialAugment: 0.5 },
  training: { epochs: 1, batchSize: 8, freeze: 'none', learningRateFactors: {}, cutmix: 1, mixup: 0.2 },
  evaluation: { testTimeAugmentation: 'chosen' },
};
const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  data,
  run: join(root, 'run'),
  recipe,
  weightsFile: null,
  limit: null,
  ...more,
});

it('trains on smaller images than it predicts from, chooses views on validation, and gives the same answers from a file', async () => {
  const context = testContext();
  const { config } = await trainRun(context, options());
  expect(config.preprocessing).toMatchObject({ imageSize: 40, border: 'removed', light: 'shades-of-gray' });
  const { chosenViews = [], recipe: answered } = config;
  expect(chosenViews.map(({ views }) => views)).toEqual(viewCandidates);
  const best = chosenViews.reduce((found, other) => (other.logLoss < found.logLoss ? other : found));
  expect(answered.evaluation.testTimeAugmentation).toBe(best.views);

  // What was chosen is what evaluation on the same images does.
  const folder = runFolderPaths(join(root, 'run'));
  const { evaluation } = await evaluateStep(context, { run: folder.path, split: 'validation', resamples: 0 });
  expect(evaluation.balancedAccuracy).toBeCloseTo(best.balancedAccuracy, 6);

  // The same recipe, which leaves the choice to the validation images, is no other one.
  await expect(trainRun(context, options({ resume: true }))).resolves.toMatchObject({ config: { chosenViews } });

  const { path, check } = await exportStep(context, { run: folder.path });
  expect(check.maxDifference).toBeLessThan(1e-5);
  const inputs = [data];
  const [ofRun, ofFile] = await Promise.all(
    [folder.path, path].map((source) => predictImages(context, { source, inputs, excludeUnusable: true })),
  );
  expect(ofFile.testTimeAugmentation).toBe(best.views);
  for (const [i, { probabilities }] of ofRun.images.entries())
    for (const [k, value] of [...probabilities].entries())
      expect(ofFile.images[i].probabilities[k]).toBeCloseTo(value, 5);
});
