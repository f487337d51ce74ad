import { z } from 'zod';
import { jobKind } from './jobKind.js';
import { runSource } from './runSource.js';

/** Writes a run's report.html from what the steps before have left in its folder, as `lesionlab report` does. */
export const reportJob = jobKind({
  kind: 'report',
  description: "Writes a run's report.",
  settings: z.strictObject({
    source: runSource,
    /** Where the run's data lies now, if it has been moved. */
    data: z.string().optional(),
  }),
  paths: ['source', 'data'],
  data: 'none',
  folder: 'uses',
});
