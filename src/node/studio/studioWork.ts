import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LesionlabError, usageError } from '../../errors.js';
import { readPlan } from '../../jobs/readPlan.js';
import type { WorkEstimate, WorkFiles, WorkPlan, WorkState } from '../../jobs/work.js';
import { requireWeightsOf } from '../jobs/kinds/train.js';
import type { OpenedPlan } from '../jobs/openedPlan.js';
import { checkRecipes, openedPlan, openPlanFolder, placePlan, withRecipes } from '../jobs/openPlan.js';
import { runPlan } from '../jobs/runPlan.js';
import { availableThreads } from '../machine/availableThreads.js';
import { packageInfo } from '../machine/packageInfo.js';
import { createContext } from '../machine/stepContext.js';
import { createAskSlurm } from './askSlurm.js';
import { estimateWork } from './estimateWork.js';
import { findPlans } from './findPlans.js';
import { removePlan } from './removePlan.js';
import { describeError, showPlan } from './showPlan.js';
import { stopElsewhere } from './stopElsewhere.js';
import { createWorkLog, type WorkLog } from './workLog.js';
import { openWorkPlaces, realPath } from './workPlaces.js';

/** Work that the studio's page starts on this machine, one plan after another. */
export interface StudioWork {
  /** Who has it may start work: it stands in the address that the terminal shows. */
  readonly token: string;
  state(): Promise<WorkState>;
  /** What lies in a place that was named. */
  files(path: string, endings?: readonly string[]): Promise<WorkFiles>;
  /** What a plan's trainings would cost; whoever asked before gets no answer any more. @throws LesionlabError kind `usage` where it has none */
  estimate(written: unknown): Promise<WorkEstimate>;
  /**
   * Begins a plan in a new folder below that of the runs.
   * @param written a plan as people write it, whose paths begin with the name of a place
   * @param numbered where the folder is taken, the next free one of that name and a number is
   * @returns the folder's name
   * @throws LesionlabError kind `usage` where it can't be run, or names anything outside the folders that were named
   */
  start(name: string, written: unknown, numbered?: boolean): Promise<string>;
  /** Goes on with one that rests. */
  resume(name: string): Promise<void>;
  /** Has what runs of it saved and stopped; one that waits is taken out of the queue. */
  stop(name: string): Promise<void>;
  /** Removes one that has no results. @throws LesionlabError kind `usage` where it has some, or is at work */
  remove(name: string): Promise<void>;
  /** Absolute path of a job's table of answers. @throws LesionlabError kind `usage` or `run` where there is none */
  table(name: string, id: string): Promise<string>;
  /** Stops all, saved. */
  close(): Promise<void>;
}

interface Asked {
  readonly opened: OpenedPlan;
  readonly stop: AbortController;
  begun: boolean;
}

/** @param folder of the runs @param data folders and files that were named on the command line */
export function openStudioWork(folder: string, data: readonly string[]): StudioWork {
  const root = resolve(folder);
  const places = openWorkPlaces(root, data);
  // In the order in which they were asked for.
  const asked = new Map<string, Asked>();
  const logs = new Map<string, WorkLog>();
  const errors = new Map<string, WorkPlan['error']>();
  let last: Promise<void> = Promise.resolve();
  const askSlurm = createAskSlurm();
  let measuring = new AbortController();

  const run = async (name: string, one: Asked): Promise<void> => {
    // It may have been taken out of the queue, and put there again.
    if (asked.get(name) !== one) return;
    one.begun = true;
    const log = createWorkLog();
    logs.set(name, log);
    const context = createContext({ signal: one.stop.signal });
    await runPlan(context, one.opened, { resume: true, command: 'studio', hear: log.hear }).catch((error: unknown) => {
      if (!(error instanceof LesionlabError && error.kind === 'interrupted')) errors.set(name, describeError(error));
    });
    asked.delete(name);
  };
  const enqueue = (name: string, opened: OpenedPlan): void => {
    const one: Asked = { opened, stop: new AbortController(), begun: false };
    errors.delete(name);
    asked.set(name, one);
    last = last.then(() => run(name, one));
  };
  const refuseBusy = (name: string): void => {
    if (asked.has(name))
      throw usageError('plan-at-work', `${name} is at work already.`, {
        hint: 'Stop it first, or wait until it has ended.',
      });
  };
  const folderOf = (name: string): string => {
    const parts = name.split('/');
    const isOwn = (count: number) => {
      const path = join(root, ...parts.slice(0, count));
      const real = realPath(path);
      // A link on the way makes the two differ.
      return real === undefined || real === join(realPath(root) ?? root, ...parts.slice(0, count));
    };
    if (parts.every((part, i) => /^[A-Za-z0-9_][\w.-]*$/.test(part) && isOwn(i + 1))) return join(root, ...parts);
    throw usageError('bad-name', `"${name}" cannot name a folder.`, {
      hint: 'Use letters, digits, dots, underscores and hyphens.',
    });
  };
  const openBelow = async (name: string): Promise<OpenedPlan> => {
    const opened = await openPlanFolder(folderOf(name));
    for (const job of opened.plan.jobs) places.require(job);
    return opened;
  };
  const read = async (written: unknown, path: string): Promise<OpenedPlan> => {
    const plan = readPlan(JSON.stringify(written), 'The plan', {
      lesionlab: packageInfo.version,
      seed: 0,
      threads: availableThreads(),
      device: 'cpu',
      absolute: places.absolute,
    });
    // Before any file that it names is opened, and any that these name.
    for (const job of plan.jobs) places.require(job);
    const whole = await withRecipes({ ...plan, made: { by: 'studio' } }, places.absolute);
    for (const job of whole.jobs) places.require(job);
    await checkRecipes(whole);
    for (const job of whole.jobs) await requireWeightsOf(job);
    return openedPlan(whole, path);
  };
  const isFree = async (name: string) =>
    !asked.has(name) && (await readdir(folderOf(name)).catch(() => [])).length === 0;

  return {
    token: randomBytes(24).toString('base64url'),
    files: places.files,
    async state() {
      const plans: WorkPlan[] = [];
      const turns = [...asked].filter(([, one]) => !one.begun).map(([name]) => name);
      for (const name of new Set([...asked.keys(), ...(await findPlans(root))])) {
        const one = asked.get(name);
        const state = !one ? 'resting' : one.begun ? 'running' : 'waiting';
        const turn = state === 'waiting' ? { turn: turns.indexOf(name) + 1 } : {};
        const error = errors.get(name);
        const path = join(root, ...name.split('/'));
        const shown = await showPlan(path, { root, places, opened: one?.opened, askSlurm, log: logs.get(name) });
        plans.push({ name, state, ...turn, ...shown, ...(error && { error }) });
      }
      const order = ({ state, turn = 0 }: WorkPlan) => (state === 'running' ? 0 : state === 'waiting' ? turn : 1e6);
      plans.sort((a, b) => order(a) - order(b) || (a.since < b.since ? 1 : -1));
      return { places: places.list, plans, threads: availableThreads() };
    },
    async estimate(written) {
      measuring.abort();
      measuring = new AbortController();
      const { signal } = measuring;
      const opened = await read(written, root);
      if (!opened.plan.jobs.some(({ kind }) => kind === 'train'))
        throw usageError('no-trainings', 'The plan has no training, and what else costs is not measured.', {
          hint: 'Begin it: what is no training takes minutes, as a rule.',
        });
      return await estimateWork(opened, signal);
    },
    async start(asking, written, numbered = false) {
      let name = asking;
      for (let i = 2; numbered && !(await isFree(name)); i++) name = `${asking}-${i}`;
      const path = folderOf(name);
      refuseBusy(name);
      if (!(await isFree(name)))
        throw usageError('folder-in-use', `${name} holds something already.`, {
          hint: 'Choose another name, or go on with the plan that it holds.',
        });
      const opened = await read(written, path);
      // It was another's turn meanwhile.
      refuseBusy(name);
      // Before its turn comes, so that it is there when the server was started anew.
      await placePlan(opened);
      enqueue(name, opened);
      return name;
    },
    async resume(name) {
      refuseBusy(name);
      const opened = await openBelow(name);
      refuseBusy(name);
      enqueue(name, opened);
    },
    async stop(name) {
      const one = asked.get(name);
      if (!one) return await stopElsewhere(await openPlanFolder(folderOf(name)), name);
      one.stop.abort();
      if (!one.begun) asked.delete(name);
    },
    async remove(name) {
      refuseBusy(name);
      await removePlan(await openPlanFolder(folderOf(name)));
      for (const kept of [errors, logs]) kept.delete(name);
    },
    async table(name, id) {
      const { folder: path, plan } = await openPlanFolder(folderOf(name));
      const job = plan.jobs.find((one) => one.id === id && one.kind === 'predict');
      const file = join(realPath(path) ?? path, 'predictions', `${job?.id}.csv`);
      // A link would lead elsewhere.
      if (job && [file, undefined].includes(realPath(file))) return file;
      throw usageError('no-file', `${name} has no job ${id} that writes a table of answers.`);
    },
    async close() {
      measuring.abort();
      for (const { stop } of asked.values()) stop.abort();
      for (const [name, one] of asked) if (!one.begun) asked.delete(name);
      await last;
    },
  };
}
