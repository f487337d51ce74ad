import { type LesionlabError, usageError } from '../errors.js';
import { sourceOf } from './jobPaths.js';
import { findJobKind } from './kinds/registry.js';
import type { Plan, PlannedJob } from './plan.js';
import { teacherJob } from './teacherJob.js';

/**
 * Makes sure that a plan can be run, and gives it with the needs that follow from it: a job in the folder of others comes after those of
 * them that stand before it, and one that works in a run comes after the job that makes it.
 * @param name of the plan's file, for messages
 * @throws LesionlabError kind `usage` with all that is wrong: ids given twice, unknown needs, circles, two jobs that make the same folder,
 *   jobs in a folder that no job makes, data that is missing or of no use
 */
export function checkPlan(plan: Plan, name: string): Plan {
  const findings: string[] = [];
  const byId = new Map<string, PlannedJob>();
  for (const job of plan.jobs) {
    if (byId.has(job.id)) findings.push(`two jobs are called ${job.id}`);
    byId.set(job.id, job);
  }
  for (const job of plan.jobs) findings.push(...checkJob(job, byId));
  findings.push(...checkFolders(plan.jobs));
  if (findings.length > 0) throw badPlan(name, findings);
  const jobs = withNeedsOfFolders(plan.jobs.map(withNeedOfTeacher));
  const circle = findCircle(jobs);
  if (circle) throw badPlan(name, [`jobs wait for each other: ${circle.join(' needs ')}`]);
  return { ...plan, jobs };
}

/** What is wrong with a plan, as one error. */
export function badPlan(name: string, findings: readonly string[]): LesionlabError {
  return usageError(
    'bad-plan',
    findings.length === 1
      ? `${name} cannot be run: ${findings[0]}.`
      : `${name} cannot be run: ${findings.length} things are wrong.`,
    { details: findings, hint: 'docs/jobs.md says what a plan holds, with examples.' },
  );
}

function checkJob(job: PlannedJob, byId: ReadonlyMap<string, PlannedJob>): string[] {
  const { data, folder } = findJobKind(job.kind);
  const findings = job.needs.flatMap((need) =>
    need === job.id
      ? [`${job.id} needs itself`]
      : byId.has(need)
        ? []
        : [`${job.id} needs ${need}, which is no job of the plan`],
  );
  if (data === 'needed' && job.data === undefined) findings.push(`${job.id} (${job.kind}) has no data`);
  if (data === 'none' && job.data !== undefined)
    findings.push(`${job.id} (${job.kind}) has data, which it has no use for`);
  if (job.data && job.data.length > 1 && job.kind !== 'train')
    findings.push(`${job.id} (${job.kind}) has ${job.data.length} datasets; it takes one`);
  if (folder === 'plan' && job.run !== '.')
    findings.push(`${job.id} (${job.kind}) works in the plan's own folder: run is .`);
  if (folder === 'makes' && job.run === '.' && job.kind !== 'ensemble')
    findings.push(`${job.id} (${job.kind}) needs a folder of its own below the plan's`);
  if (job.kind === 'ensemble' && job.needs.filter((id) => byId.get(id)?.kind === 'train').length < 2)
    findings.push(`${job.id} (ensemble) needs two trainings or more`);
  const teacher = job.kind === 'train' ? teacherJob(job) : undefined;
  if (teacher !== undefined && !['train', 'ensemble'].includes(byId.get(teacher)?.kind ?? ''))
    findings.push(`${job.id} (train) has the teacher ${teacher}, which is no training and no ensemble of the plan`);
  if (job.kind === 'pool' && job.needs.filter((id) => byId.get(id)?.kind === 'evaluate').length < 2)
    findings.push(`${job.id} (pool) needs the evaluations of two folds or more`);
  for (const id of namedTrainings(job))
    if (byId.get(id)?.kind !== 'train')
      findings.push(`${job.id} (${job.kind}) names ${id}, which is no training of the plan`);
  return findings;
}

/** Ids of trainings that the settings of a job name. */
function namedTrainings(job: PlannedJob): readonly string[] {
  if (job.kind === 'compare-splits') return [job.settings.byImage, job.settings.byLesion];
  if (job.kind === 'compare-choices')
    return [...job.settings.baseline, ...job.settings.choices.flatMap(({ trainings }) => trainings)];
  return [];
}

function checkFolders(jobs: readonly PlannedJob[]): string[] {
  const makers = new Map<string, PlannedJob>();
  const findings: string[] = [];
  for (const job of jobs.filter(({ kind }) => findJobKind(kind).folder === 'makes')) {
    const other = makers.get(job.run);
    if (other) findings.push(`${other.id} and ${job.id} both make the folder ${job.run}: give one another \`run\``);
    makers.set(job.run, job);
  }
  for (const inner of makers.keys())
    for (const outer of makers.keys())
      if (inner.startsWith(`${outer}/`)) findings.push(`the folder ${inner} lies in ${outer}, which is another job's`);
  for (const job of jobs.filter((job) => findJobKind(job.kind).folder === 'uses' && sourceOf(job) === undefined))
    if (!makers.has(job.run))
      findings.push(`${job.id} (${job.kind}) works in the folder ${job.run}, which no job of the plan makes`);
  return findings;
}

/** Whoever learns from another job's network comes after it. */
function withNeedOfTeacher(job: PlannedJob): PlannedJob {
  const teacher = job.kind === 'train' ? teacherJob(job) : undefined;
  return teacher === undefined || job.needs.includes(teacher) ? job : { ...job, needs: [...job.needs, teacher] };
}

/** Those that a job must wait for because they write where it does: one process at a time holds a folder. */
function withNeedsOfFolders(jobs: readonly PlannedJob[]): PlannedJob[] {
  const last = new Map<string, string>();
  const order = jobs.filter(({ kind }) => findJobKind(kind).folder === 'makes');
  for (const { run, id } of order) last.set(run, id);
  return jobs.map((job) => {
    if (findJobKind(job.kind).folder !== 'uses') return job;
    // A name of the plan's can't be a path of a run elsewhere.
    const folder = sourceOf(job) ?? job.run;
    const before = last.get(folder);
    last.set(folder, job.id);
    return before === undefined || job.needs.includes(before) ? job : { ...job, needs: [...job.needs, before] };
  });
}

/** Ids that need each other in a circle, the first one again at the end; undefined where there is none. */
function findCircle(jobs: readonly PlannedJob[]): string[] | undefined {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const finished = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (finished.has(id)) return undefined;
    finished.add(id);
    for (const need of byId.get(id)!.needs) {
      const circle = visit(need, [...path, id]);
      if (circle) return circle;
    }
    return undefined;
  };
  for (const { id } of jobs) {
    const circle = visit(id, []);
    if (circle) return circle;
  }
  return undefined;
}
