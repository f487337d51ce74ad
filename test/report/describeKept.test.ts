import { expect, it } from 'vitest';
import { describeEarlyStop, describeKept } from '../../src/report/describeKept.js';

it('an epoch is kept, and a training ends early, by the figure that the recipe names', () => {
  const byLoss = { checkpointRule: 'log-loss', checkpointSmoothing: 1, epochs: 20 } as const;
  expect(describeKept(byLoss)).toBe('the lowest log loss on the validation images (the earlier of equals)');
  expect(describeEarlyStop({ epoch: 9, bestEpoch: 4 }, byLoss)).toBe(
    'Early stopping: training ended after epoch 9 of 20, since no epoch after 4 had a better log loss on validation.',
  );
  const smoothed = { ...byLoss, checkpointRule: 'balanced-accuracy', checkpointSmoothing: 3 } as const;
  expect(describeEarlyStop({ epoch: 9, bestEpoch: 4 }, smoothed)).toContain(
    'a better balanced accuracy on validation, averaged over 3 epochs.',
  );
});
