import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { interruptedError } from '../../../errors.js';
import type { JobStatus } from '../../../jobs/jobStatus.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { type Strand, strandsOf } from '../../../jobs/strands.js';
import type { StepContext } from '../../machine/stepContext.js';
import { executeJob } from '../executeJob.js';
import type { ExecuteRequest } from '../executor.js';
import type { OpenedPlan } from '../openedPlan.js';
import { type FolderWatch, watchFolders } from '../watchFolders.js';
import { type CallSlurm, callSlurm, SlurmRefusal } from './callSlurm.js';
import { parseSlurmAddress } from './slurmAddress.js';
import { readTemplate, usualTemplate } from './slurmScript.js';
import { listTasks, type SlurmTask } from './slurmTasks.js';
import { stopTasks } from './stopTasks.js';
import { type SubmittedArray, submitStrands } from './submitStrands.js';
import { findSubmitted, keepArray, slurmFolder } from './submittedArrays.js';
import { writeAccounting } from './writeAccounting.js';

/** Milliseconds. */
export interface SlurmTiming {
  /** Between two looks. */
  readonly look: number;
  /** How long tasks that are to stop may take. */
  readonly patience: number;
}

const usualTiming: SlurmTiming = { look: 5_000, patience: 300_000 };

/**
 * Submits a plan's jobs as arrays, follows them by Slurm's list and the run folders, and returns once no more can be done. Tasks of an earlier call that still
 * wait or run are followed, not submitted again; what ended without being done is submitted again, as often as the plan allows.
 * @throws LesionlabError kind `usage` where there is no Slurm; kind `run` where it refuses; kind `interrupted` once all is saved
 */
export async function runOnSlurm(
  context: StepContext,
  opened: OpenedPlan,
  request: ExecuteRequest,
  on: string,
  call: CallSlurm = callSlurm,
  timing = usualTiming,
): Promise<void> {
  const { options, detach, template } = parseSlurmAddress(on);
  const script = template === undefined ? usualTemplate : await readTemplate(template);
  const following = new Following(context, opened, request, { options, detach, template: script, call, timing });
  try {
    await following.run();
  } finally {
    if (!detach) await writeAccounting(call, following.arrays, opened, request.call, context.progress);
  }
}

interface Place {
  readonly options: readonly string[];
  readonly template: string;
  readonly detach: boolean;
  readonly call: CallSlurm;
  readonly timing: SlurmTiming;
}

/** Of jobs in these states no more comes in this call. */
const over: readonly JobStatus['state'][] = ['done', 'failed', 'blocked', 'changed'];

/** One call at Slurm: what it has submitted and what became of that. */
class Following {
  /** Submitted by this call, or by earlier ones and still going on. */
  readonly arrays: SubmittedArray[] = [];
  readonly #strands: readonly Strand[];
  readonly #submissions = new Map<number, number>();
  readonly #said = new Set<string>();
  /** Of the plan's own folder, what was tried here. */
  readonly #done = new Set<string>();
  readonly #watch: FolderWatch;
  readonly #folder: string;

  constructor(
    private readonly context: StepContext,
    private readonly opened: OpenedPlan,
    private readonly request: ExecuteRequest,
    private readonly place: Place,
  ) {
    const wanted = new Set(request.jobs.map(({ id }) => id));
    // Jobs in the plan's own folder are done here, where its lease is held; where nobody stays, by tasks as well.
    const isOurs = ({ jobs }: Strand) => jobs.some(({ run }) => run === '.') && !place.detach;
    this.#strands = strandsOf(opened.plan).filter(
      (strand) => strand.jobs.some(({ id }) => wanted.has(id)) && !isOurs(strand),
    );
    this.#watch = watchFolders(opened, request.jobs, request.hear);
    this.#folder = slurmFolder(opened.folder);
  }

  async run(): Promise<void> {
    const { context } = this;
    await this.#adoptEarlier();
    await this.#watch.look();
    const tasks = await this.#list();
    await this.#submit(
      this.#strands.filter((strand) => !isQueued(strand, tasks, this.arrays) && !this.#waitsForUs(strand)),
    );
    if (this.place.detach) return;
    try {
      while (!context.signal.aborted) {
        await this.#followTasks();
        if (context.signal.aborted || !(await this.#doOurs())) break;
      }
    } catch (error) {
      await this.#stop();
      throw error;
    }
    if (!context.signal.aborted) return;
    await this.#stop();
    throw interruptedError(`Stopped; everything so far is saved in ${this.opened.named}.`);
  }

  /** Returns once Slurm has nothing more to do for now. */
  async #followTasks(): Promise<void> {
    const { context, place, opened } = this;
    let tasks: readonly SlurmTask[] | undefined;
    while (!context.signal.aborted) {
      tasks = await this.#list(tasks);
      const statuses = await this.#watch.look();
      if (tasks.length === 0) {
        const isOver = ({ id }: PlannedJob) => over.includes(statuses.get(id)!.state);
        const left = this.#strands.filter((strand) => !strand.jobs.every(isOver) && !this.#waitsForUs(strand));
        const again = left.filter(({ index }) => (this.#submissions.get(index) ?? 0) < opened.plan.attempts);
        if (again.length === 0) return this.#sayLeft(left);
        if (again.some(({ index }) => this.#submissions.has(index)))
          context.progress.note(`${again.length} tasks ended without being done; they are submitted again.`);
        await this.#submit(again);
      }
      this.#sayWaiting(tasks);
      await pause(place.timing.look, undefined, { signal: context.signal }).catch(() => {});
    }
  }

  /** Does what is to be done in the plan's own folder and can be. @returns whether any of it was done */
  async #doOurs(): Promise<boolean> {
    const { context, opened, request } = this;
    let any = false;
    for (const job of request.jobs.filter(({ run }) => run === '.')) {
      const statuses = await this.#watch.look();
      if (this.#done.has(job.id) || job.needs.some((id) => statuses.get(id)!.state !== 'done')) continue;
      const outcome = await executeJob(context, opened, job, request, (event) => request.hear(job, event));
      this.#done.add(job.id);
      any ||= outcome.type === 'done';
    }
    return any;
  }

  /** Whether a strand needs something that is still to be done here. */
  #waitsForUs({ jobs }: Strand): boolean {
    if (this.place.detach) return false;
    const byId = new Map(this.request.jobs.map((job) => [job.id, job]));
    const waits = (id: string): boolean => {
      const job = byId.get(id);
      return job !== undefined && ((job.run === '.' && !this.#done.has(id)) || job.needs.some(waits));
    };
    return jobs.some(({ needs }) => needs.some(waits));
  }

  /** Tasks that wait or run. A controller that is away is waited for. @param known at the last look */
  async #list(known?: readonly SlurmTask[]): Promise<readonly SlurmTask[]> {
    try {
      const tasks = await listTasks(
        this.place.call,
        this.arrays.map(({ id }) => id),
      );
      this.#said.delete('away');
      return tasks;
    } catch (error) {
      if (known === undefined || !(error instanceof SlurmRefusal)) throw error;
      this.#say('away', `Slurm does not answer (${error.message.split('\n')[0]}). Tasks go on; trying again.`);
      return known;
    }
  }

  async #adoptEarlier(): Promise<void> {
    const { arrays, tasks } = await findSubmitted(this.place.call, this.opened).catch((error) => {
      // Whatever is wrong is said when this call submits its own.
      if (error instanceof SlurmRefusal) return { arrays: [], tasks: [] };
      throw error;
    });
    if (tasks.length === 0) return;
    this.arrays.push(...arrays);
    this.context.progress.note(
      `${tasks.length} tasks of an earlier call still wait or run; they are followed, and not submitted again.`,
    );
  }

  async #submit(strands: readonly Strand[]): Promise<void> {
    if (strands.length === 0) return;
    const { opened, request, place } = this;
    const submitted = await submitStrands(place.call, strands, {
      folder: this.#folder,
      name: basename(opened.folder),
      template: place.template,
      options: place.options,
      beside: request.beside,
      command: taskCommand(opened, request),
      call: `${request.call}-${this.arrays.length + 1}`,
    });
    for (const array of submitted) {
      await keepArray(opened, array, request.call);
      for (const index of array.strands) this.#submissions.set(index, (this.#submissions.get(index) ?? 0) + 1);
    }
    this.arrays.push(...submitted);
    const ids = submitted.map(({ id }) => id).join(', ');
    this.context.progress.note(
      `Submitted ${strands.length} ${strands.length === 1 ? 'task' : 'tasks'} to Slurm as ${submitted.length === 1 ? 'array' : 'arrays'} ${ids}; scripts and words of tasks are in ${this.#folder}.`,
    );
  }

  /** A task whose reason is of this kind waits for somebody, not for something. */
  #sayWaiting(tasks: readonly SlurmTask[]): void {
    for (const { state, reason, array } of tasks)
      if (
        state === 'PENDING' &&
        /Limit|Held|Config|Down|Drained|ReqNode|Licenses|InvalidAccount|InvalidQOS|BadConstraints/i.test(reason)
      )
        this.#say(
          `${array} ${reason}`,
          `Slurm lets tasks of array ${array} wait: ${reason}. \`scontrol show job ${array}\` tells more.`,
        );
  }

  #sayLeft(left: readonly Strand[]): void {
    if (left.length === 0) return;
    const logs = join(this.#folder, '<array>-<task>.log');
    this.context.progress.note(
      `${left.length} tasks ended ${this.opened.plan.attempts} times without being done and without a word why; what they wrote is in ${logs}.`,
    );
  }

  #say(key: string, text: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.context.progress.note(text);
  }

  /** Takes back what waits, has what runs saved, and waits for that. */
  async #stop(): Promise<void> {
    const { call, timing } = this.place;
    const ids = this.arrays.map(({ id }) => id);
    if (ids.length === 0) return;
    const until = Date.now() + timing.patience;
    try {
      await stopTasks(call, ids);
      while ((await listTasks(call, ids)).length > 0 && Date.now() < until) await pause(Math.min(timing.look, 2_000));
    } catch (error) {
      if (!(error instanceof SlurmRefusal)) throw error;
      this.context.progress.note(
        `Slurm could not be told to stop arrays ${ids.join(', ')}: ${error.message}. \`scancel ${ids.join(' ')}\` does so.`,
      );
    }
  }
}

const isQueued = (strand: Strand, tasks: readonly SlurmTask[], arrays: readonly SubmittedArray[]) =>
  tasks.some((task) => {
    const array = arrays.find(({ id }) => id === task.array);
    return array !== undefined && task.index + array.offset === strand.index;
  });

const program = fileURLToPath(new URL('../../../../bin/lesionlab.js', import.meta.url));

/** What a task calls, but for its number. */
function taskCommand({ folder }: OpenedPlan, { call, overwrite, mappings }: ExecuteRequest): string[] {
  return [
    'env',
    `LESIONLAB_CALL=${call}`,
    process.execPath,
    program,
    'task',
    folder,
    ...(overwrite ? ['--overwrite'] : []),
    ...mappings.flatMap(({ from, to }) => ['--map', `${from}=${to}`]),
    '--index',
  ];
}
