import { z } from 'zod';
import { weightings } from '../../training/recipe/ensembleConfig.js';
import { jobKind } from './jobKind.js';

/** Puts the runs of the trainings that it needs together, as `lesionlab ensemble` does. */
export const ensembleJob = jobKind({
  kind: 'ensemble',
  description: 'Puts the networks of the trainings that it needs together: their mean answers.',
  settings: z.strictObject({
    /** How they count: alike, or by weights chosen on the validation split. */
    weighting: z.enum(weightings).optional(),
    /** Which of each one's checkpoints. */
    checkpoint: z.enum(['best', 'last']).optional(),
  }),
  paths: [],
  data: 'none',
  folder: 'makes',
});
