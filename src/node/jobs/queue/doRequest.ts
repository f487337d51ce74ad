import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runError } from '../../../errors.js';
import type { JobEvent, JobOutcome } from '../../../jobs/jobEvent.js';
import { jobPaths } from '../../../jobs/jobPaths.js';
import { mapPath, mapPaths, type PathMapping } from '../../../jobs/mapPaths.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { packageInfo } from '../../machine/packageInfo.js';
import type { StartJob } from '../jobProcesses.js';
import type { OpenedPlan } from '../openedPlan.js';
import { openPlanFolder } from '../openPlan.js';
import type { JobRequest } from './jobRequest.js';
import { openStore } from './resultStore.js';
import { requireShared } from './sharedProbe.js';
import { fetchPlan, workInStore } from './workInStore.js';

/** What a worker is told at its start, and what belongs to a request. */
export interface WorkOptions {
  readonly mappings: readonly PathMapping[];
  readonly start: StartJob;
  /** Where plans are kept whose folder this machine does not share. */
  readonly keep: string;
  readonly signal: AbortSignal;
  readonly hear: (event: JobEvent) => void;
}

/**
 * Does what was asked for, in the plan's folder, which this machine shares.
 * @throws LesionlabError where this worker can't, and another one may
 */
export async function doRequest(request: JobRequest, options: WorkOptions): Promise<JobOutcome> {
  const { mappings, start, signal, hear } = options;
  requireVersion(request.lesionlab);
  if (request.results !== undefined) return await doInStore(request, request.results, options);
  const folder = mapPath(request.folder, mappings);
  await requireShared(folder, request.probe, request.folder);
  const opened = await openPlanFolder(folder);
  const job = findJob(opened, request);
  requireData(job, mappings);
  const { call, overwrite } = request;
  return await start(opened, job, { call, overwrite, mappings }, { signal, hear });
}

async function doInStore(request: JobRequest, results: string, options: WorkOptions): Promise<JobOutcome> {
  const { keep, mappings, start, signal, hear } = options;
  const store = openStore(results);
  const opened = await fetchPlan(store, join(keep, request.hash.slice(0, 16)));
  const job = findJob(opened, request);
  requireData(job, mappings);
  return await workInStore(store, opened, job, { signal, hear }, (taken) =>
    start(opened, job, { call: request.call, overwrite: request.overwrite, mappings }, { signal: taken, hear }),
  );
}

function requireVersion(asked: string): void {
  if (asked === packageInfo.version) return;
  throw runError(
    'other-version',
    `It was asked for by lesionlab ${asked}; this worker is lesionlab ${packageInfo.version}.`,
    {
      hint: `Install the same version on both: its digits may differ, or its settings. Here: \`npm install lesionlab@${asked}\`.`,
    },
  );
}

/** The job of the plan that lies here. @throws LesionlabError where it is another plan */
export function findJob(opened: OpenedPlan, { hash, id, folder }: JobRequest): PlannedJob {
  const job = opened.plan.jobs.find((other) => other.id === id);
  if (job && opened.hash === hash) return job;
  throw runError(
    'other-plan',
    `The plan in ${folder} is another one than the one that was asked for, seen from here.`,
    {
      hint: 'Is the disk slow to show what others write? Otherwise call `lesionlab jobs` for the plan again.',
    },
  );
}

/** @throws LesionlabError naming what is not here of what a job reads */
export function requireData(planned: PlannedJob, mappings: readonly PathMapping[]): void {
  const here = jobPaths(mapPaths(planned, mappings));
  const missing = jobPaths(planned).filter((_, i) => !existsSync(here[i]));
  if (missing.length === 0) return;
  throw runError(
    'data-elsewhere',
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not on this machine.`,
    {
      hint: `Put it there, or say where it lies here: \`lesionlab worker <address> --map ${missing[0]}=/where/it/is\`.`,
    },
  );
}
