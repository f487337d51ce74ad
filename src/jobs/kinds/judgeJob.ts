import { z } from 'zod';
import { jobKind } from './jobKind.js';

/** Judges somebody else's predictions or model file against the truth, as `lesionlab evaluate <table>` does. */
export const judgeJob = jobKind({
  kind: 'judge',
  description: "Judges somebody else's predictions or model.",
  settings: z.strictObject({
    /** A table of predictions, or an ONNX file. */
    source: z.string(),
    name: z.string().optional(),
    /** `validation`, a table, or a share to set aside. */
    calibrateOn: z.string().optional(),
    trainedOn: z.string().optional(),
    threshold: z.number().optional(),
    prevalence: z.number().optional(),
    labelErrors: z.number().optional(),
    resamples: z.int().min(0).optional(),
    masks: z.string().optional(),
    imageTypes: z.array(z.string()).optional(),
    allowMissing: z.boolean().optional(),
  }),
  paths: ['source', 'calibrateOn', 'trainedOn', 'masks'],
  words: { calibrateOn: /^(validation|[\d.]+%?)$/ },
  data: 'needed',
  folder: 'makes',
});
