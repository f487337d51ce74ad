import { describe, expect, it } from 'vitest';
import { openGradCam } from '../../src/explain/index.js';
import { findModel } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noisyImages } from '../noise.js';
import { described, expectImageGradient, expectLogits, expectOddLogits, largeModels } from './describedModels.js';
import { noiseWeights } from './noiseWeights.js';

describe('large models in evaluation', () => {
  const idsWith = (part: 'logits' | 'imageGradient' | 'odd') => largeModels.filter((id) => described[id][part]);
  it.each(idsWith('logits'))("%s gives PyTorch's logits", expectLogits);
  it.each(idsWith('imageGradient'))("%s gives PyTorch's gradient of the images", expectImageGradient);
  it.each(idsWith('odd'))("%s gives PyTorch's logits at a side that nothing divides", expectOddLogits);
});

it.each(['vit_b_16', 'swin_t'])('%s: tokens and channels that come last are read as a map', async (id) => {
  const size = { model: findModel(id), classCount: 7, imageSize: 64 };
  const weights = noiseWeights(size);
  const gradCam = await openGradCam(nodeRuntime, { ...size, weights, batchSize: 1 }, { threads: 1 });
  expect(gradCam.layerShape).toEqual([768, id === 'vit_b_16' ? 4 : 2, id === 'vit_b_16' ? 4 : 2]);
  const [map] = await gradCam.explain(noisyImages(1, 64, 1), [2]);
  await gradCam.close();
  expect(map).toMatchObject({ empty: false });
});
