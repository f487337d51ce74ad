import { describe, expect, it } from 'vitest';
import { takeLook, viewCandidates, viewSets } from '../../src/data/augmentation/views.js';
import { chooseViews } from '../../src/evaluation/answers/chooseViews.js';
import { classifyImages } from '../../src/evaluation/answers/classifyImages.js';

const size = 6;
const plane = size * size;
const preprocessing = {
  imageSize: size,
  fit: 'squash',
  resize: 'nearest',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  statistics: '',
} as const;

describe('looks at an image', () => {
  const slope = Float32Array.from({ length: 3 * plane }, (_, i) => (i % size) + 10 * (Math.floor(i / size) % size));

  it('enlarge the middle of it, or a corner, between the centres of pixels', () => {
    const middle = takeLook(slope, size, { zoom: 1.5, at: [0.5, 0.5], way: 0 });
    // The middle 4 of 6 pixels: from 1 to 5 in coordinates of edges.
    for (let x = 0; x < size; x++)
      expect(middle[2 * size + x]).toBeCloseTo(1 + (x + 0.5) / 1.5 - 0.5 + 10 * (1 + 2.5 / 1.5 - 0.5), 4);
    const corner = takeLook(slope, size, { zoom: 1.5, at: [1, 0], way: 0 });
    expect(corner[3 * size + 3]).toBeCloseTo(2 + 3.5 / 1.5 - 0.5 + 10 * (3.5 / 1.5 - 0.5), 4);
    expect(takeLook(slope, size, { zoom: 1, at: [0.5, 0.5], way: 0 })).toBe(slope);
  });

  it('are all different ones, beginning with the image as it is', () => {
    for (const views of Object.values(viewSets)) {
      expect(views[0]).toEqual({ zoom: 1, at: [0.5, 0.5], way: 0 });
      expect(new Set(views.map((view) => JSON.stringify(view))).size).toBe(views.length);
    }
    expect(Object.fromEntries(viewCandidates.map((name) => [name, viewSets[name].length]))).toEqual({
      none: 1,
      scales: 3,
      flips: 4,
      crops: 6,
      'flips-and-turns': 8,
      'flips-and-scales': 12,
    });
  });
});

describe('views chosen on validation', () => {
  /** Sees whether the left upper quarter is bright: right about half of the images as they are, and mirrored about the others. */
  const classifier = {
    batchSize: 2,
    classCount: 2,
    async classify(images: Float32Array) {
      const probabilities = new Float32Array(4);
      for (let n = 0; n < 2; n++) {
        let sum = 0;
        for (let y = 0; y < 3; y++) for (let x = 0; x < 3; x++) sum += images[n * 3 * plane + y * size + x];
        const bright = Math.min(0.98, Math.max(0.02, sum / 9));
        probabilities.set([1 - bright, bright], 2 * n);
      }
      return { probabilities };
    },
  };
  /** Bright in one of its corners, or dark. */
  const pictures = Array.from({ length: 9 }, (_, i) => {
    const pixels = new Uint8Array(3 * plane);
    if (i % 2 === 1)
      for (let y = 0; y < 3; y++)
        for (let x = 0; x < 3; x++)
          pixels.fill(
            255,
            3 * ((y + (i % 4 === 1 ? 0 : 3)) * size + x + (i > 4 ? 3 : 0)),
            3 * ((y + (i % 4 === 1 ? 0 : 3)) * size + x + (i > 4 ? 3 : 0)) + 3,
          );
    return pixels;
  });
  const source = {
    images: {
      imageSize: size,
      read: (index: number, target: Uint8Array, offset = 0) => target.set(pictures[index], offset),
    },
    indices: pictures.map((_, i) => i),
    labels: pictures.map((_, i) => i % 2),
    preprocessing,
    seed: 0,
  };

  it('are chosen from answers of a network that is told what is known of each image', async () => {
    const told: number[][] = [];
    const telling = {
      ...classifier,
      classify: (images: Float32Array, metadata?: Float32Array) => {
        told.push([...metadata!]);
        return classifier.classify(images);
      },
    };
    await chooseViews(telling, { ...source, metadata: Float32Array.from(pictures, (_, i) => i) }, async () => {});
    const looks = new Set(viewCandidates.flatMap((name) => viewSets[name].map((view) => JSON.stringify(view)))).size;
    expect(told).toHaveLength(5 * looks);
    for (const [batch, expected] of [
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ].entries())
      expect(told[batch * looks]).toEqual(expected);
    expect(told.at(-1)![0]).toBe(8);
  });

  it('are those of the lowest log loss, of numbers that prediction by them gives', async () => {
    let asked = 0;
    const { chosen, tried } = await chooseViews(classifier, source, async () => void asked++);
    expect(asked).toBe(5);
    expect(tried.map(({ views }) => views)).toEqual(viewCandidates);
    const best = Math.min(...tried.map(({ logLoss }) => logLoss));
    expect(tried.find(({ views }) => views === chosen)?.logLoss).toBe(best);
    expect(chosen).not.toBe('none');
    for (const { views, logLoss } of tried) {
      let sum = 0;
      for (const [n, label] of source.labels.entries()) {
        const image = Float32Array.from({ length: 3 * plane }, (_, i) => pictures[n][3 * (i % plane)] / 255);
        const both = new Float32Array([...image, ...image]);
        sum -= Math.log((await classifyImages(classifier, both, preprocessing, views))[label]);
      }
      expect(logLoss).toBeCloseTo(sum / source.labels.length, 5);
    }
  });
});
