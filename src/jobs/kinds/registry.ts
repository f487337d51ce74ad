import { compareChoicesJob } from './compareChoicesJob.js';
import { compareSplitsJob } from './compareSplitsJob.js';
import { ensembleJob } from './ensembleJob.js';
import { evaluateJob } from './evaluateJob.js';
import { explainJob } from './explainJob.js';
import { exportJob } from './exportJob.js';
import type { JobKind } from './jobKind.js';
import { judgeJob } from './judgeJob.js';
import { poolJob } from './poolJob.js';
import { predictJob } from './predictJob.js';
import { reportJob } from './reportJob.js';
import { trainJob } from './trainJob.js';

/** Every kind of job that a plan may have, by its name. */
export const jobKinds = {
  train: trainJob,
  ensemble: ensembleJob,
  evaluate: evaluateJob,
  explain: explainJob,
  export: exportJob,
  predict: predictJob,
  judge: judgeJob,
  report: reportJob,
  pool: poolJob,
  'compare-splits': compareSplitsJob,
  'compare-choices': compareChoicesJob,
} as const;

/** Name of a kind of job. */
export type JobKindName = keyof typeof jobKinds;

/** The kind of a job, by its name. */
export const findJobKind = (kind: JobKindName): JobKind => jobKinds[kind];

/** Names of all kinds, in the order of the registry. */
export const jobKindNames = Object.keys(jobKinds) as JobKindName[];
