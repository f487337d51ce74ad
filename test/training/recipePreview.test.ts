import { describe, expect, it } from 'vitest';
import { augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import { makeBatch, planBatches } from '../../src/data/augmentation/batches.js';
import { denormaliseImage } from '../../src/data/preparation/denormalise.js';
import { Random } from '../../src/random.js';
import { describeShares, drawPreview } from '../../src/report/drawPreview.js';
import { resolveRecipe } from '../../src/training/recipe/resolveRecipe.js';
import { previewRecipe } from '../../src/training/recipePreview.js';

const size = 40;
const random = new Random(1, 'preview test');
const pictures = Array.from({ length: 5 }, () =>
  Uint8Array.from({ length: 3 * size * size }, () => random.integer(256)),
);
const images = {
  imageSize: size,
  imageIds: pictures.map((_, i) => `image-${i}`),
  read: (index: number, target: Uint8Array, offset = 0) => target.set(pictures[index], offset),
};
const labels = [0, 0, 1, 2, 2];
const classes = ['mel', 'nv', 'bcc'].map((id) => ({ id }));
const { recipe } = resolveRecipe(
  {
    extends: 'lenet',
    normalisation: 'imagenet',
    augmentation: { crop: [0.5, 1], jpeg: { probability: 1 } },
    training: { labelSmoothing: 0 },
  },
  { model: 'mobilenet_v3_small', imageSize: size, trainingImageSize: 32, mixup: 0.4, cutmix: 1 },
);
const preview = (draws = 2) => previewRecipe({ recipe, images, labels, classCount: 3, seed: 4, draws });

describe('a preview', () => {
  it('shows each image as it is in prediction, and at the size of training', () => {
    const [first] = preview();
    expect(first.original).toMatchObject({ width: size, height: size, data: pictures[0] });
    expect(first.draws.map(({ picture }) => picture.width)).toEqual([32, 32]);
    expect(first.draws[0].picture.data).not.toEqual(first.draws[1].picture.data);
    expect(first.draws[0].steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['crop', 'jpeg']));
  });

  it('shows what a training with the same seed sees in an epoch', () => {
    const { mean, std } = { mean: [0.485, 0.456, 0.406] as const, std: [0.229, 0.224, 0.225] as const };
    const preprocessing = {
      imageSize: size,
      fit: 'squash',
      resize: 'bilinear-antialiased',
      mean,
      std,
      statistics: 'imagenet',
    } as const;
    const plan = planBatches({ count: 5, batchSize: 5, seed: 4 });
    const batch = makeBatch(
      { images, indices: [0, 1, 2, 3, 4], labels, preprocessing, side: 32, augmentation: recipe.augmentation, seed: 4 },
      plan.batchRows(1),
    );
    const shown = preview();
    for (const [i, row] of batch.indices.entries())
      expect(denormaliseImage(batch.images, { ...preprocessing, imageSize: 32 }, i).data).toEqual(
        shown[row].draws[1].picture.data,
      );
  });

  it('mixes images from both ends, with shares of both labels', () => {
    const shown = preview();
    expect(shown.map(({ blends }) => blends.map(({ kind }) => kind))).toEqual([
      ['mixup', 'cutmix'],
      ['mixup', 'cutmix'],
      [],
      ['mixup', 'cutmix'],
      ['mixup', 'cutmix'],
    ]);
    const [mixed] = shown[0].blends;
    expect(mixed.shares[0] + mixed.shares[2]).toBeCloseTo(1, 6);
    expect(mixed.shares[0]).toBeGreaterThan(0.5);
    expect(shown[4].blends[0].shares[2]).toBeCloseTo(mixed.shares[0], 6);
    expect(describeShares({ shares: [0.304, 0, 0.696] }, classes)).toBe('bcc 70%, mel 30%');
  });

  it('is drawn as a grid, a row an image', () => {
    const one = drawPreview(preview(1).slice(0, 1), classes, 'my.yaml');
    const two = drawPreview(preview(1).slice(0, 2), classes, 'my.yaml');
    expect(two.width).toBe(one.width);
    expect(two.height - one.height).toBeGreaterThan(160);
  });

  it('shows an image that nothing is done to', () => {
    const plain = {
      ...recipe,
      trainingImageSize: 0,
      augmentation: augmentationSettings.parse({}),
      training: { ...recipe.training, mixup: 0, cutmix: 0 },
    };
    const [first] = previewRecipe({ recipe: plain, images, labels, classCount: 3, seed: 4, draws: 1 });
    expect(first.draws[0]).toMatchObject({ steps: [], picture: { data: pictures[0] } });
    expect(first.blends).toEqual([]);
  });
});
