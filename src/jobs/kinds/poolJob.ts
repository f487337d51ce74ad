import { z } from 'zod';
import { jobKind } from './jobKind.js';

/** Scores the test predictions of the folds that it needs together: each image by the network that did not see its lesion. */
export const poolJob = jobKind({
  kind: 'pool',
  description: 'Scores the predictions of all folds together.',
  settings: z.strictObject({
    /** Bootstrap resamples behind the intervals, 0 for none. */
    resamples: z.int().min(0).optional(),
  }),
  paths: [],
  data: 'none',
  folder: 'plan',
});
