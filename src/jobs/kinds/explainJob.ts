import { z } from 'zod';
import { jobKind } from './jobKind.js';
import { runSource } from './runSource.js';

/** Draws where a run's network looks, of test images, as `lesionlab explain` does. */
export const explainJob = jobKind({
  kind: 'explain',
  description: "Draws where a run's network looks.",
  settings: z.strictObject({
    source: runSource,
    checkpoint: z.enum(['best', 'last']).optional(),
  }),
  paths: ['source'],
  data: 'none',
  folder: 'uses',
});
