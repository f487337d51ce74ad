import { z } from 'zod';
import { jobKind } from './jobKind.js';
import { runSource } from './runSource.js';

/** Asks a run for the probabilities of any images, and writes them as a table, as `lesionlab predict` does. */
export const predictJob = jobKind({
  kind: 'predict',
  description: 'Asks a run about images, and writes a table of probabilities.',
  settings: z.strictObject({
    source: runSource,
    /** Image files, folders, zips. */
    images: z.array(z.string()).min(1),
    checkpoint: z.enum(['best', 'last']).optional(),
    excludeUnusable: z.boolean().optional(),
  }),
  paths: ['source', 'images'],
  data: 'none',
  folder: 'uses',
});
