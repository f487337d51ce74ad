import { z } from 'zod';
import { jobKind } from './jobKind.js';

/** Shows how much a split by image flatters beside one by lesion. */
export const compareSplitsJob = jobKind({
  kind: 'compare-splits',
  description: 'Compares a split by image with one by lesion.',
  settings: z.strictObject({
    /** Id of the training with a split by image. */
    byImage: z.string(),
    /** Id of the training with a split by lesion. */
    byLesion: z.string(),
  }),
  paths: [],
  data: 'none',
  folder: 'plan',
});
