import { z } from 'zod';

const common = {
  /** ISO 8601. */
  time: z.string(),
  /** One call that runs what is missing: tries are counted within it. */
  call: z.string(),
  /** Of the call, from 1. */
  attempt: z.int().min(1),
  host: z.string(),
  pid: z.int(),
};

/** One line of jobs/<id>.jsonl, beside the runs: a try of a job that began, or how it ended. One that was killed has no end. */
export const attemptLine = z.discriminatedUnion('event', [
  z.object({ ...common, event: z.literal('began'), lesionlab: z.string(), job: z.record(z.string(), z.unknown()) }),
  z.object({
    ...common,
    event: z.literal('done'),
    seconds: z.number(),
    /** What its results are known by, and those of the jobs that it needed. */
    results: z.string(),
    of: z.record(z.string(), z.string()),
  }),
  z.object({
    ...common,
    event: z.literal('failed'),
    seconds: z.number(),
    error: z.object({
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      pageHint: z.string().optional(),
      again: z.boolean(),
    }),
  }),
  z.object({
    ...common,
    event: z.literal('interrupted'),
    seconds: z.number(),
    /** Whether it saved anything that the tries before had not; earlier versions don't say. */
    advanced: z.boolean().optional(),
  }),
]);
/** A line of a job's journal. */
export type AttemptLine = z.infer<typeof attemptLine>;
