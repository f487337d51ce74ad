import { z } from 'zod';
import { type JobKindName, jobKinds } from './kinds/registry.js';

/** Names of jobs are names of files, too. */
export const jobId = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,79}$/, 'expected letters, digits, dots, underscores and hyphens, 80 at most');

/** A folder inside the plan's, with slashes; `.` is the plan's own. */
export const jobFolder = z
  .string()
  .regex(
    /^(\.|[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*)$/,
    'expected a folder below that of the plan, as `fold-1` or `tries/a`',
  );

const base = {
  id: jobId,
  /** Where its results lie, relative to the plan's folder. */
  run: jobFolder,
  /** Absolute paths of the datasets that it is about, more than one to be joined; a worker may map them. */
  data: z.array(z.string()).min(1).optional(),
  seed: z.int().min(0),
  /** Threads for computing: the digits of a training depend on them, so that they are the plan's and nobody's who runs it. */
  threads: z.int().min(1).max(1024),
  device: z.enum(['cpu', 'webgpu']),
  /** Ids of jobs that must be done before. Jobs in one folder follow each other. */
  needs: z.array(jobId),
};

/** A job with all that it is done by. */
export const plannedJob = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, kind: z.literal('train'), settings: jobKinds.train.settings }),
  z.strictObject({ ...base, kind: z.literal('ensemble'), settings: jobKinds.ensemble.settings }),
  z.strictObject({ ...base, kind: z.literal('evaluate'), settings: jobKinds.evaluate.settings }),
  z.strictObject({ ...base, kind: z.literal('explain'), settings: jobKinds.explain.settings }),
  z.strictObject({ ...base, kind: z.literal('export'), settings: jobKinds.export.settings }),
  z.strictObject({ ...base, kind: z.literal('predict'), settings: jobKinds.predict.settings }),
  z.strictObject({ ...base, kind: z.literal('judge'), settings: jobKinds.judge.settings }),
  z.strictObject({ ...base, kind: z.literal('report'), settings: jobKinds.report.settings }),
  z.strictObject({ ...base, kind: z.literal('pool'), settings: jobKinds.pool.settings }),
  z.strictObject({ ...base, kind: z.literal('compare-splits'), settings: jobKinds['compare-splits'].settings }),
  z.strictObject({ ...base, kind: z.literal('compare-choices'), settings: jobKinds['compare-choices'].settings }),
]);

/** One job of a plan: what is done, with which settings, and where its results lie. */
export type PlannedJob = z.infer<typeof plannedJob>;

/** A job of one kind. */
export type JobOf<Kind extends JobKindName> = Extract<PlannedJob, { kind: Kind }>;

/** plan.json: everything that is to be done, and nothing of what has been done, which the run folders tell. */
export const plan = z.strictObject({
  /** Version of this form. */
  plan: z.literal(1),
  /** Version of lesionlab that made it. */
  lesionlab: z.string(),
  /** The command that made it (`cross-validate`), or `hand`; and the name of the file that it was written as. */
  made: z.strictObject({ by: z.string(), file: z.string().optional() }),
  /** How often a job is tried in one go before it is given up. */
  attempts: z.int().min(1).max(100),
  jobs: z.array(plannedJob).min(1).max(10_000),
});
/** Jobs as data: made by a command or by hand. */
export type Plan = z.infer<typeof plan>;

/** Tries of a job in one go, where a plan doesn't say. */
export const usualAttempts = 3;
