import { join } from 'node:path';
import { sourceOf } from '../../jobs/jobPaths.js';
import type { Plan, PlannedJob } from '../../jobs/plan.js';
import { planName } from '../files/lease/runEntries.js';

/** A plan with the folder that its results lie in. */
export interface OpenedPlan {
  /** Absolute. */
  readonly folder: string;
  /** The same as it was named, for messages and results. */
  readonly named: string;
  readonly plan: Plan;
  /** SHA-256 of `planText`, in hexadecimal. */
  readonly hash: string;
}

/** The plan's file in its folder. */
export const planFile = (folder: string): string => join(folder, planName);

/** Journals of the jobs, a file each. */
export const journalFolder = (folder: string): string => join(folder, 'jobs');

/** Absolute path of the folder that a job works in: below the plan's, or that of a run that is there already. */
export const jobFolderOf = (planFolder: string, job: Pick<PlannedJob, 'kind' | 'run' | 'settings'>): string =>
  sourceOf(job) ?? ownFolderOf(planFolder, job.run);

/** Absolute path of a folder below the plan's. @param run relative to it */
export const ownFolderOf = (planFolder: string, run: string): string => join(planFolder, ...run.split('/'));
