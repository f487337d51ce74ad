import { z } from 'zod';
import { runConfig } from './config.js';

/** config.json of a run folder that judges a classifier which somebody else made. */
export const judgedConfig = z.object({
  ...runConfig.pick({ lesionlab: true, created: true, seed: true, device: true, threads: true, versions: true }).shape,
  /** What it was judged on: the truth, and its images where they were at hand. */
  data: runConfig.shape.data,
  model: z.object({
    /** What somebody calls it: the name of its file as a rule. */
    id: z.string(),
    parameters: z.null(),
    weightsFile: z.null(),
  }),
  judged: z.object({
    /** A table of predictions, or a network's file. */
    kind: z.enum(['table', 'file']),
    /** File name, without the folder. */
    file: z.string(),
    /** Of its bytes, in hexadecimal. */
    sha256: z.string(),
    /** The same of the file with the truth, where it is one. */
    truthSha256: z.string().nullable(),
    /** Options that say how it was read and what was estimated, as they were given. */
    options: z.record(z.string(), z.unknown()),
  }),
});
/** config.json of a judgement: whose answers were judged, on what, and how they were read. */
export type JudgedConfig = z.infer<typeof judgedConfig>;
