import { describe, expect, it } from 'vitest';
import { type BatchClassifier, classifyAndScore, classifyImages } from '../../src/evaluation/answers/classifyImages.js';

const size = 3;
const pixels = 3 * size * size;

/** Remembers what it was shown; its first "probability" is the first pixel of each image. */
function watch(): { classifier: BatchClassifier; shown: number[][] } {
  const shown: number[][] = [];
  const classifier: BatchClassifier = {
    batchSize: 2,
    classCount: 2,
    async classify(images) {
      shown.push([...images.subarray(0, size * size)]);
      const first = [images[0], images[pixels]];
      return { probabilities: Float32Array.from(first.flatMap((p) => [p, 1 - p])) };
    },
  };
  return { classifier, shown };
}

const viewsOf = { none: 1, flips: 4, 'flips-and-turns': 8 } as const;

/** The first plane of the first image is 1 to 9, row by row. */
const batch = Float32Array.from({ length: 2 * pixels }, (_, i) => i + 1);

describe('classifyImages', () => {
  it.each([
    ['none', 1],
    ['flips', 4],
    ['flips-and-turns', 8],
  ] as const)('%s: %i different views, and their mean', async (augmentation, views) => {
    const { classifier, shown } = watch();
    const images = batch.slice();
    const [first, rest] = await classifyImages(classifier, images, { imageSize: size }, augmentation);
    expect(images).toEqual(batch);
    expect(new Set(shown.map(String)).size).toBe(views);
    expect(shown).toHaveLength(views);
    // Every view is the same pixels.
    for (const view of shown) expect([...view].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // The corners come first as often as each other.
    const corners = { none: 1, flips: (1 + 3 + 7 + 9) / 4, 'flips-and-turns': (1 + 3 + 7 + 9) / 4 };
    expect(first).toBe(corners[augmentation]);
    expect(rest).toBe(1 - corners[augmentation]);
  });

  it('turns and mirrors in all eight ways', async () => {
    const { classifier, shown } = watch();
    await classifyImages(classifier, batch.slice(), { imageSize: size }, 'flips-and-turns');
    expect(shown).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [3, 2, 1, 6, 5, 4, 9, 8, 7],
      [9, 8, 7, 6, 5, 4, 3, 2, 1],
      [7, 8, 9, 4, 5, 6, 1, 2, 3],
      [1, 4, 7, 2, 5, 8, 3, 6, 9],
      [7, 4, 1, 8, 5, 2, 9, 6, 3],
      [9, 6, 3, 8, 5, 2, 7, 4, 1],
      [3, 6, 9, 2, 5, 8, 1, 4, 7],
    ]);
  });

  it.each(['none', 'flips', 'flips-and-turns'] as const)('refuses an answer of NaN or infinity (%s)', async (views) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      let calls = 0;
      const classifier: BatchClassifier = {
        batchSize: 2,
        classCount: 2,
        source: 'runs/first/checkpoints/best.safetensors',
        // The last view alone may be the one that overflows.
        classify: async () => ({
          probabilities: Float32Array.of(0.5, 0.5, 0.5, ++calls === viewsOf[views] ? bad : 0.5),
        }),
      };
      await expect(classifyImages(classifier, batch.slice(), { imageSize: size }, views)).rejects.toMatchObject({
        kind: 'run',
        code: 'answers-not-finite',
        message: expect.stringMatching(/^runs\/first\/checkpoints\/best\.safetensors answers with/),
      });
    }
  });

  it('refuses an out-of-distribution score that is no number', async () => {
    const classifier = {
      batchSize: 2,
      classCount: 2,
      classify: async () => ({
        probabilities: new Float32Array(4).fill(0.5),
        outOfDistribution: Float32Array.of(1, Number.NaN),
      }),
    };
    await expect(classifyAndScore(classifier, batch.slice(), { imageSize: size }, 'none')).rejects.toMatchObject({
      code: 'answers-not-finite',
    });
  });
});
