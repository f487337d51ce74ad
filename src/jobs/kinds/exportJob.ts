import { z } from 'zod';
import { jobKind } from './jobKind.js';

/** Writes a run's model.onnx, as `lesionlab export` does. */
export const exportJob = jobKind({
  kind: 'export',
  description: "Writes a run's model as an ONNX file.",
  settings: z.strictObject({ checkpoint: z.enum(['best', 'last']).optional() }),
  paths: [],
  data: 'none',
  folder: 'uses',
});
