import { describe, expect, it } from 'vitest';
import type { PreparedImages, Preprocessing } from '../../src/data/preparation/preprocessing.js';
import { preprocessingSchema } from '../../src/data/preparation/preprocessingSchema.js';
import { fittingKey } from '../../src/image/fitImage.js';
import { presets } from '../../src/training/recipe/presets/registry.js';
import { resolveFitting, resolvePreprocessing } from '../../src/training/recipe/trainingSplits.js';

const base = presets.lenet.recipe;
const images: PreparedImages = { imageSize: 2, imageIds: ['a'], read: (_, target) => target.fill(51, 0, 12) };
const split = { indices: Int32Array.of(0), labels: Int32Array.of(0), lesions: Int32Array.of(0) };
const own: Preprocessing = {
  imageSize: 224,
  fit: 'crop',
  resize: 'bicubic-antialiased',
  resizeTo: 256,
  mean: [0.1, 0.2, 0.3],
  std: [0.4, 0.5, 0.6],
  statistics: 'preprocessor_config.json: image_mean',
  channelOrder: 'bgr',
  layout: 'nhwc',
};
const resolve = (change: Partial<typeof base>, network?: Preprocessing) =>
  resolvePreprocessing({ ...base, ...change }, images, split, null, network);

describe('resolvePreprocessing', () => {
  it('is what it always was without a network of somebody else', () => {
    expect(resolve({ imageSize: 64, fit: 'crop', normalisation: 'imagenet' })).toEqual({
      imageSize: 64,
      fit: 'crop',
      resize: 'bilinear-antialiased',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      statistics: 'imagenet',
    });
  });

  it("keeps the network's filter, cut and channel order, and its statistics where they are asked for", () => {
    const found = resolve({ imageSize: 112, fit: 'crop', normalisation: 'weights' }, own);
    const { layout: _, ...kept } = own;
    expect(found).toEqual({ ...kept, imageSize: 112, resizeTo: 128 });
    expect(preprocessingSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
    const squashed = resolve({ imageSize: 112, fit: 'squash', normalisation: 'train-split' }, own);
    expect(squashed).not.toHaveProperty('resizeTo');
    expect(squashed).toMatchObject({ resize: 'bicubic-antialiased', channelOrder: 'bgr', statistics: 'train-split' });
    expect(squashed.mean[0]).toBeCloseTo(0.2);
  });

  it('takes statistics out of a file of weights, and the usual ones of the network where there are none', () => {
    const recipe = { ...base, model: 'efficientnet_lite0', normalisation: 'weights' as const };
    const from = (metadata: Record<string, string>) => resolvePreprocessing(recipe, images, split, metadata);
    for (const separator of [' ', ',', ', ']) {
      const named = from({ mean: [0.5, 0.4, 0.3].join(separator), std: [0.2, 0.1, 0.3].join(separator) });
      expect(named).toMatchObject({ mean: [0.5, 0.4, 0.3], std: [0.2, 0.1, 0.3], statistics: 'weights' });
    }
    const usual = from({});
    expect(usual).toMatchObject({ statistics: 'weights' });
    expect([usual.mean[0] * 255, usual.std[0] * 255]).toEqual([127, 128]);
    const resnet = resolvePreprocessing({ ...recipe, model: 'resnet18' }, images, split, {});
    expect(resnet).toMatchObject({ mean: [0.485, 0.456, 0.406], statistics: 'imagenet' });
  });

  it('stores what images are prepared by', () => {
    for (const fit of ['squash', 'crop'] as const)
      for (const network of [null, own, { ...own, fit: 'squash' as const }]) {
        const recipe = { ...base, imageSize: 96, fit };
        const stored = resolvePreprocessing(recipe, images, split, null, network);
        expect(fittingKey(resolveFitting(recipe, network))).toBe(fittingKey(stored));
      }
  });
});
