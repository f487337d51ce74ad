import { z } from 'zod';
import { jobKind } from './jobKind.js';

/** Writes a run's report and model card, as `lesionlab report` does. */
export const reportJob = jobKind({
  kind: 'report',
  description: "Writes a run's report and its model card.",
  settings: z.strictObject({}),
  paths: [],
  data: 'none',
  folder: 'uses',
});
