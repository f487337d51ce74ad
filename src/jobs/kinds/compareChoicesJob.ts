import { z } from 'zod';
import { choiceFigures } from '../../evaluation/ablation/choiceFigures.js';
import { jobKind } from './jobKind.js';

const trainings = z.array(z.string()).min(1);

/** Compares ways to train with a baseline, on validation images and over seeds: what an ablation comes to. */
export const compareChoicesJob = jobKind({
  kind: 'compare-choices',
  description: 'Compares ways to train with a baseline, on validation and over seeds.',
  settings: z.strictObject({
    /** Ids of the baseline's trainings, one a seed. */
    baseline: trainings,
    /** The same of each choice, in the order of the baseline's seeds. */
    choices: z.array(z.strictObject({ id: z.string(), trainings })).min(1),
    figure: z.enum(choiceFigures).optional(),
    prevalence: z.enum(['equal', 'data']).optional(),
    /** Draws behind what choices have in common. */
    resamples: z.int().min(200).optional(),
  }),
  paths: [],
  data: 'none',
  folder: 'plan',
});
