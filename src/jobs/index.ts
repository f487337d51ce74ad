/** Plans of jobs as data: what is to be done, with what, where its results lie, and how it stands. */
export { type AttemptLine, attemptLine } from './attempt.js';
export { badPlan, checkPlan } from './checkPlan.js';
export { foldJobs, type PartialJob } from './foldJobs.js';
export { jobChanges } from './jobChanges.js';
export type { JobEvent, JobOutcome } from './jobEvent.js';
export type { JobState, JobStatus } from './jobStatus.js';
export type { JobKind } from './kinds/jobKind.js';
export { findJobKind, type JobKindName, jobKindNames, jobKinds } from './kinds/registry.js';
export { mapPath, mapPaths, type PathMapping, parseMapping } from './mapPaths.js';
export { type PackedJob, packJobs } from './packJobs.js';
export { type JobOf, jobFolder, jobId, type Plan, type PlannedJob, plan, plannedJob, usualAttempts } from './plan.js';
export { canonicalJson, planText } from './planText.js';
export { type PlanDefaults, readPlan } from './readPlan.js';
export type {
  WorkAtSlurm,
  WorkEstimate,
  WorkFile,
  WorkFiles,
  WorkJob,
  WorkPlace,
  WorkPlan,
  WorkState,
} from './work.js';
