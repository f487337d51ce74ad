import { z } from 'zod';
import { jobKind } from './jobKind.js';
import { runSource } from './runSource.js';

/** Writes a run's model.onnx, as `lesionlab export` does. */
export const exportJob = jobKind({
  kind: 'export',
  description: "Writes a run's model as an ONNX file.",
  settings: z.strictObject({
    source: runSource,
    checkpoint: z.enum(['best', 'last']).optional(),
  }),
  paths: ['source'],
  data: 'none',
  folder: 'uses',
});
