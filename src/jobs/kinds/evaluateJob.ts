import { z } from 'zod';
import { splitNames } from '../../data/dataset.js';
import { jobKind } from './jobKind.js';
import { runSource } from './runSource.js';

/** Evaluates a run on a split of its own, or on data from outside, as `lesionlab evaluate` does. */
export const evaluateJob = jobKind({
  kind: 'evaluate',
  description: 'Evaluates a run on a split of its own, or on other data.',
  settings: z.strictObject({
    source: runSource,
    /** Of the run's own data. Default `test`. */
    split: z.enum(splitNames).optional(),
    checkpoint: z.enum(['best', 'last']).optional(),
    /** Bootstrap resamples behind the intervals, 0 for none. */
    resamples: z.int().min(0).optional(),
    /** Scores and calibration, and nothing else. */
    scoresOnly: z.boolean().optional(),
    /** Of data from outside: the name of its evaluation. Default: the job's id. */
    name: z.string().optional(),
    /** Of data from outside: by its class id the run's, empty to leave a class out. */
    map: z.record(z.string(), z.string()).optional(),
    restrict: z.boolean().optional(),
    overlap: z.enum(['leave-out', 'keep']).optional(),
    excludeUnusable: z.boolean().optional(),
    imageTypes: z.array(z.string()).optional(),
    allowMissing: z.boolean().optional(),
    masks: z.string().optional(),
  }),
  paths: ['source', 'masks'],
  data: 'free',
  folder: 'uses',
});
