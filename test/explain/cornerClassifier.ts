import type { BatchClassifier } from '../../src/evaluation/index.js';

/** Looks at the upper left corner alone: the brighter its `corner` x `corner` pixels are in the mean, the surer is class 1. Logit 4 times that mean. */
export const cornerClassifier = (side: number, corner: number, batchSize = 3): BatchClassifier => ({
  batchSize,
  classCount: 2,
  async classify(images) {
    const probabilities = new Float32Array(batchSize * 2);
    for (let i = 0; i < batchSize; i++) {
      let sum = 0;
      for (let c = 0; c < 3; c++)
        for (let y = 0; y < corner; y++)
          for (let x = 0; x < corner; x++) sum += images[((i * 3 + c) * side + y) * side + x];
      const one = 1 / (1 + Math.exp((-4 * sum) / (3 * corner ** 2)));
      probabilities.set([1 - one, one], i * 2);
    }
    return { probabilities };
  },
});
