import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { LesionlabError } from '../../errors.js';
import { inOrder } from '../../jobs/inOrder.js';
import { findJobKind } from '../../jobs/kinds/registry.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { WorkJob, WorkPlan } from '../../jobs/work.js';
import { describeHolder } from '../files/lease/heldFolders.js';
import { livingHolder } from '../files/lease/livingHolder.js';
import { evaluationOf } from '../jobs/kinds/evaluate.js';
import { jobFolderOf, type OpenedPlan, planFile } from '../jobs/openedPlan.js';
import { openPlanFolder } from '../jobs/openPlan.js';
import { wasQueued } from '../jobs/queue/sharedProbe.js';
import { readStatus } from '../jobs/readStatus.js';
import type { AskSlurm } from './askSlurm.js';
import type { WorkLog } from './workLog.js';
import type { WorkPlaces } from './workPlaces.js';

/** What is known of a plan beside its folder. */
interface Known {
  /** Folder of the runs. */
  readonly root: string;
  readonly places: WorkPlaces;
  /** As it is at work. */
  readonly opened?: OpenedPlan;
  readonly askSlurm: AskSlurm;
  /** What it told this server. */
  readonly log?: WorkLog;
}

/** How the plan in a folder stands, and what it is about. What is wrong with it is told instead. */
export async function showPlan(
  path: string,
  { root, places, opened: known, askSlurm, log }: Known,
): Promise<Pick<WorkPlan, 'since' | 'made' | 'holder' | 'queued' | 'slurm' | 'jobs' | 'error'>> {
  const since = new Date((await stat(planFile(path)).catch(() => undefined))?.mtimeMs ?? Date.now()).toISOString();
  try {
    const opened = known ?? (await openPlanFolder(path));
    const statuses = new Map((await readStatus(opened)).map((status) => [status.id, status]));
    const jobs = inOrder(opened.plan.jobs).map((job): WorkJob => {
      const table = join(opened.folder, 'predictions', `${job.id}.csv`);
      return {
        ...statuses.get(job.id)!,
        runId: runIdOf(root, opened, job),
        ...(job.kind === 'evaluate' && { evaluation: evaluationOf(job) }),
        about: aboutOf(job, places),
        ...log?.of(job.id),
        ...(job.kind === 'predict' && existsSync(table) && { table: true as const }),
      };
    });
    // At work here, it is this server that has it.
    const held = known ? undefined : await livingHolder(path);
    const isOurs = known !== undefined || jobs.every(({ state }) => state === 'done');
    const slurm = isOurs ? undefined : await askSlurm(opened);
    return {
      ...{ since, made: opened.plan.made, jobs },
      ...(held && { holder: describeHolder(held) }),
      ...(!isOurs && wasQueued(path) && { queued: true }),
      ...(slurm && { slurm }),
    };
  } catch (thrown) {
    return { since, jobs: [], error: describeError(thrown) };
  }
}

/** An error in the words of a page. */
export function describeError(thrown: unknown): NonNullable<WorkPlan['error']> {
  if (!(thrown instanceof LesionlabError))
    return { code: 'bug', message: String((thrown as Error)?.message ?? thrown) };
  const hint = thrown.hintFor('page');
  return { code: thrown.code, message: thrown.message, ...(hint !== undefined && { hint }) };
}

function runIdOf(root: string, { folder }: OpenedPlan, job: PlannedJob): string | null {
  if (findJobKind(job.kind).folder === 'plan') return null;
  const path = relative(root, jobFolderOf(folder, job));
  return path === '' || path.startsWith('..') ? null : path.split(sep).join('/');
}

function aboutOf(job: PlannedJob, places: WorkPlaces): string[] {
  if (job.kind === 'evaluate' && !job.data) return [`the ${job.settings.split ?? 'test'} images`];
  const own = job.kind === 'predict' ? job.settings.images : job.kind === 'judge' ? [job.settings.source] : [];
  return [...own, ...(job.data ?? [])].map((path) => places.nameOf(path));
}
