import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLearningRateStep } from '../../../src/node/steps/findLearningRate.js';
import { copyPaintedData } from '../paintedData.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-rates-'));
const data = join(root, 'data');
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await copyPaintedData(data, { images: 90, size: [40, 30] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('findLearningRateStep', () => {
  it('takes a recipe with a teacher and metadata, and says that rates are tried without them', async () => {
    const context = testContext();
    const recipe = {
      ...{ extends: 'demo', imageSize: 32, metadata: ['age'] },
      training: {
        batchSize: 8,
        distillation: 0.5,
        distillationTemperature: 3,
        metadataDropout: 0.4,
        averagedTail: 0.25,
      },
    };
    const { records } = await findLearningRateStep(context, {
      data,
      recipe,
      out: join(root, 'out'),
      range: { steps: 5 },
    });
    expect(records.length).toBeGreaterThan(0);
    expect(records.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(context.notes).toEqual([
      'Learning rates are tried on images alone: the network is told nothing of age.',
      'Learning rates are tried on diagnoses alone: no teacher is asked.',
    ]);
  });
});
