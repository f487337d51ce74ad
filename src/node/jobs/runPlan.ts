import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { interruptedError, LesionlabError, usageError } from '../../errors.js';
import { inOrder } from '../../jobs/inOrder.js';
import type { JobEvent } from '../../jobs/jobEvent.js';
import type { JobStatus } from '../../jobs/jobStatus.js';
import { findJobKind } from '../../jobs/kinds/registry.js';
import type { PathMapping } from '../../jobs/mapPaths.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { receiveError } from '../../postedError.js';
import { giveBackAbandoned } from '../files/lease/holdFolder.js';
import { removeWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { holdNewRun } from '../run/holdRun.js';
import { discardUnconfigured, markAsRun } from '../run/removeRun.js';
import { checkRunFolder, makeFolder, runFolderPaths } from '../run/runFolder.js';
import { findExecutor } from './executors.js';
import { jobFolderOf, journalFolder, type OpenedPlan, planFile } from './openedPlan.js';
import { placePlan, refuseOtherPlan, requireFiles } from './openPlan.js';
import { planProgress } from './planProgress.js';
import { readStatus } from './readStatus.js';

/** How a plan is run. */
export interface RunPlanOptions {
  /** Where: `here`, or another place that an executor knows. Default `here`. */
  readonly on?: string;
  /** Jobs at once at most. Default: as many as cores and memory allow. */
  readonly beside?: number;
  /** Go on with runs that the folder holds. */
  readonly resume?: boolean;
  /** Replace what earlier runs left. */
  readonly overwrite?: boolean;
  /** Where folders of the plan lie on this machine. */
  readonly mappings?: readonly PathMapping[];
  /** As messages name it: `cross-validate`. */
  readonly command?: string;
  /** Hears what happens to jobs; what it throws ends the call, saved. */
  readonly hear?: (job: PlannedJob, event: JobEvent) => void;
}

/** What became of a plan's jobs. */
export interface RunPlanResult {
  readonly jobs: readonly JobStatus[];
  /** What jobs failed with in this call, by id. */
  readonly errors: ReadonlyMap<string, Error>;
}

/**
 * Does what is missing of a plan, and leaves alone what is done. Jobs that fail stop none that don't need them.
 * @throws LesionlabError kind `usage` where results are of other settings than the plan, or the folder holds another plan; kind `run`
 *   where the folder holds runs and neither `resume` nor `overwrite` is given, or another process runs the plan; kind `interrupted` after saving
 */
export async function runPlan(
  context: StepContext,
  opened: OpenedPlan,
  options: RunPlanOptions = {},
): Promise<RunPlanResult> {
  const { command = 'jobs' } = options;
  // The place first: what is wrong with it is seen at once.
  findExecutor(options.on ?? 'here');
  return await holdNewRun(context, opened.folder, command, () => runHeld(context, opened, options));
}

async function runHeld(context: StepContext, opened: OpenedPlan, options: RunPlanOptions): Promise<RunPlanResult> {
  const { on = 'here', command = 'jobs', resume = false, overwrite = false, mappings = [], beside } = options;
  const executor = findExecutor(on);
  for (const job of opened.plan.jobs.filter(makesFolder))
    await checkRunFolder(jobFolderOf(opened.folder, job), { resume, overwrite });
  if (!overwrite) await refuseOtherPlan(opened);
  const before = new Map((await readStatus(opened)).map((status) => [status.id, status]));
  if (!overwrite) refuseChanged(opened, [...before.values()]);
  const isLeft = ({ id }: PlannedJob) => overwrite || before.get(id)?.state !== 'done';
  const jobs = inOrder(opened.plan.jobs).filter(isLeft);
  // Nobody takes the folder of what is done again: a process that was killed at its very end would seem to have it.
  for (const job of opened.plan.jobs.filter((one) => !isLeft(one)))
    await giveBackAbandoned(jobFolderOf(opened.folder, job), command);
  // What a command has made says itself what is wrong with its data; elsewhere files may lie where nobody here can look.
  if (on === 'here' && ['jobs', 'studio'].includes(command)) requireFiles(jobs, mappings);
  await markOwnRun(opened);
  await placePlan(opened);
  const errors = new Map<string, Error>();
  const show = planProgress(context.progress, jobs.length);
  const hear = (job: PlannedJob, event: JobEvent) => {
    show.hear(job, event);
    if (event.type === 'ended' && event.outcome.type === 'failed')
      errors.set(job.id, receiveError(event.outcome.error));
    else if (event.type === 'ended' && event.outcome.type === 'done') errors.delete(job.id);
    if (event.type === 'training') context.onEvent?.(event.event, jobFolderOf(opened.folder, job));
    options.hear?.(job, event);
  };
  const call = randomBytes(8).toString('hex');
  try {
    if (jobs.length > 0) await executor.run(context, opened, { jobs, call, overwrite, mappings, beside, hear }, on);
  } catch (error) {
    if (error instanceof LesionlabError && error.kind === 'interrupted') throw await interrupted(opened);
    throw error;
  } finally {
    show.end();
  }
  if (context.signal.aborted) throw await interrupted(opened);
  return { jobs: await readStatus(opened), errors };
}

function refuseChanged({ named }: OpenedPlan, jobs: readonly JobStatus[]): void {
  const details = jobs.flatMap(({ id, changes = [] }) => changes.map((change) => `${id}: ${change}`));
  if (details.length === 0) return;
  throw usageError(
    'plan-changed',
    `What ${named} holds is of other settings than the plan has now: ${details.slice(0, 3).join('; ')}${details.length > 3 ? '; ...' : ''}.`,
    {
      details,
      hint: 'Put the plan back as it was, name another folder with --run, or replace the results with --overwrite.',
    },
  );
}

async function interrupted(opened: OpenedPlan) {
  const jobs = await readStatus(opened);
  const done = jobs.filter(({ state }) => state === 'done').length;
  return interruptedError(
    `The plan was stopped with ${done} of ${jobs.length} jobs done; everything so far is saved in ${opened.named}.`,
    { hint: `Go on with it: \`lesionlab jobs ${opened.named} --resume\`, or the same command with --resume.` },
  );
}

/**
 * Runs a plan that a command has made, to its end.
 * @throws what the first job failed with; where no run could begin, the plan is taken back
 */
export async function runMadePlan(context: StepContext, opened: OpenedPlan, options: RunPlanOptions): Promise<void> {
  return await holdNewRun(context, opened.folder, options.command ?? 'jobs', async () => {
    const { jobs, errors } = await runPlan(context, opened, options).catch(async (error: unknown) => {
      await takeBack(opened);
      throw error;
    });
    const [first] = inOrder(opened.plan.jobs).flatMap(({ id }) => errors.get(id) ?? []);
    if (first === undefined && jobs.some(({ state }) => state !== 'done')) throw goesOn(opened, jobs);
    if (first === undefined) return;
    await takeBack(opened);
    throw first;
  });
}

/** Of a place that is left once it has been told. */
function goesOn({ named }: OpenedPlan, jobs: readonly JobStatus[]) {
  const done = jobs.filter(({ state }) => state === 'done').length;
  return interruptedError(
    `${done} of ${jobs.length} jobs in ${named} are done; the others are done where they were given to.`,
    {
      hint: `\`lesionlab jobs ${named}\` shows how far they are; once all are done, the same command with --resume shows the results.`,
    },
  );
}

const makesFolder = ({ kind }: PlannedJob) => findJobKind(kind).folder === 'makes';

/** A run that jobs make in the plan's own folder: it is a run's from the beginning, though its files come last. */
const hasOwnRun = ({ plan }: OpenedPlan) => plan.jobs.some((job) => job.run === '.' && makesFolder(job));

async function markOwnRun(opened: OpenedPlan): Promise<void> {
  if (!hasOwnRun(opened)) return;
  await makeFolder(opened.folder);
  await markAsRun(runFolderPaths(opened.folder));
}

/** A plan of which nothing could begin is in nobody's way. */
async function takeBack(opened: OpenedPlan): Promise<void> {
  const { folder, plan } = opened;
  const paths = plan.jobs.filter(makesFolder).map((job) => runFolderPaths(jobFolderOf(folder, job)).config);
  if (paths.some((path) => existsSync(path))) return;
  await removeWhole(planFile(folder)).catch(() => {});
  await removeWhole(journalFolder(folder)).catch(() => {});
  if (hasOwnRun(opened)) await discardUnconfigured(runFolderPaths(folder));
}
