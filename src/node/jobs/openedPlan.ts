import { join } from 'node:path';
import type { Plan } from '../../jobs/plan.js';
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

/** Absolute path of a job's folder. @param run relative to the plan's folder */
export const jobFolderOf = (folder: string, run: string): string => join(folder, ...run.split('/'));
