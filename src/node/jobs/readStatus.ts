import { existsSync } from 'node:fs';
import type { AttemptLine } from '../../jobs/attempt.js';
import { inOrder } from '../../jobs/inOrder.js';
import { isSameJob, jobChanges } from '../../jobs/jobChanges.js';
import type { JobStatus } from '../../jobs/jobStatus.js';
import { findJobKind } from '../../jobs/kinds/registry.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { describeHolder } from '../files/lease/heldFolders.js';
import { livingHolder } from '../files/lease/livingHolder.js';
import { runFolderPaths } from '../run/runFolder.js';
import { lastBegun, lastEnd, readJournal } from './journal.js';
import { hashIfThere } from './kinds/jobRunner.js';
import { findJobRunner } from './kinds/registry.js';
import { jobFolderOf, type OpenedPlan } from './openedPlan.js';
import { readEpochs } from './readEpochs.js';

/** A job's standing with the lines of its journal. */
export interface Standing extends JobStatus {
  readonly lines: readonly AttemptLine[];
}

/**
 * How every job of a plan stands, by the run folders and journals alone, each after those that it needs.
 * @throws LesionlabError kind `run` where a journal can't be read
 */
export async function readStatus(opened: OpenedPlan): Promise<JobStatus[]> {
  const standings = new Map<string, Standing>();
  for (const job of inOrder(opened.plan.jobs)) standings.set(job.id, await readStanding(opened, job, standings));
  return opened.plan.jobs.map(({ id }) => {
    const { lines: _, ...status } = standings.get(id)!;
    return status;
  });
}

/** How one job stands, with those that it needs. @param known standings of these, where they are known already; those that are read are added */
export async function readStanding(
  opened: OpenedPlan,
  job: PlannedJob,
  known: Map<string, Standing> = new Map(),
): Promise<Standing> {
  const needs: Standing[] = [];
  for (const id of job.needs) {
    const standing =
      known.get(id) ?? (await readStanding(opened, opened.plan.jobs.find((other) => other.id === id)!, known));
    known.set(id, standing);
    needs.push(standing);
  }
  const lines = await readJournal(opened.folder, job.id);
  const results = await hashIfThere(findJobRunner(job.kind).resultFile(job as never, opened));
  const holder = await findHolder(opened, job);
  const end = lastEnd(lines);
  const common = {
    id: job.id,
    kind: job.kind,
    run: job.run,
    lines,
    attempts: triesSinceDone(lines),
    progress: job.kind === 'train' ? await readEpochs(jobFolderOf(opened.folder, job)) : null,
    ...(holder !== undefined && { holder }),
    ...(end?.event === 'failed' && { error: end.error }),
  };
  if (isDone(job, lines, results, needs)) return { ...common, state: 'done', results: results! };
  const again = end?.event === 'done' && { again: true as const };
  const changes = findChanges(opened, job, lines, results);
  if (changes.length > 0) return { ...common, state: 'changed', changes };
  if (holder !== undefined) return { ...common, state: 'running' };
  const failed = needs.filter(({ state }) => ['failed', 'blocked', 'changed'].includes(state));
  if (failed.length > 0) return { ...common, state: 'blocked', because: failed.map(({ id }) => id) };
  const open = needs.filter(({ state }) => state !== 'done');
  if (open.length > 0) return { ...common, ...again, state: 'waiting', because: open.map(({ id }) => id) };
  return { ...common, ...again, state: end?.event === 'failed' ? 'failed' : 'ready' };
}

/** The journal says so, and what lies there now is what it said: of these settings, and of what its needs came to. */
function isDone(
  job: PlannedJob,
  lines: readonly AttemptLine[],
  results: string | null,
  needs: readonly Standing[],
): boolean {
  const end = lastEnd(lines);
  if (end?.event !== 'done' || results === null || end.results !== results) return false;
  const begun = lastBegun(lines);
  if (!begun || !isSameJob(begun, job)) return false;
  return needs.every(({ id, state, results: now }) => state === 'done' && end.of[id] === now);
}

/** Settings that what lies in the folder doesn't have. What is worked out of a run in one go is simply worked out again. */
function findChanges(
  { folder }: OpenedPlan,
  job: PlannedJob,
  lines: readonly AttemptLine[],
  results: string | null,
): string[] {
  if (findJobKind(job.kind).folder !== 'makes') return [];
  const begun = lastBegun(lines);
  if (!begun) return [];
  const isThere = results !== null || existsSync(runFolderPaths(jobFolderOf(folder, job)).config);
  return isThere ? jobChanges(begun, job) : [];
}

/** Who works in a job's folder; undefined where nobody does who is known to live. */
async function findHolder({ folder }: OpenedPlan, job: PlannedJob): Promise<string | undefined> {
  // The plan's own folder is held by whoever runs the plan.
  if (job.run === '.') return undefined;
  const lease = await livingHolder(jobFolderOf(folder, job));
  // Jobs in one folder follow each other: another's is not this one's.
  if (lease?.command?.startsWith(jobCommand('')) && lease.command !== jobCommand(job.id)) return undefined;
  return lease && describeHolder(lease);
}

/** What a job takes its folder for, as messages name it. */
export const jobCommand = (id: string): string => `job ${id}`;

function triesSinceDone(lines: readonly AttemptLine[]): number {
  const done = lines.findLastIndex(({ event }) => event === 'done');
  return lines.slice(done + 1).filter(({ event }) => event === 'began').length;
}
