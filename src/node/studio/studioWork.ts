import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { LesionlabError, usageError } from '../../errors.js';
import { jobPaths } from '../../jobs/jobPaths.js';
import type { JobStatus } from '../../jobs/jobStatus.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { readPlan } from '../../jobs/readPlan.js';
import { type OpenedPlan, planFile } from '../jobs/openedPlan.js';
import { openedPlan, openPlanFolder } from '../jobs/openPlan.js';
import { readStatus } from '../jobs/readStatus.js';
import { runPlan } from '../jobs/runPlan.js';
import { availableThreads } from '../machine/availableThreads.js';
import { packageInfo } from '../machine/packageInfo.js';
import { createContext } from '../machine/stepContext.js';

/** How a plan stands that the page may follow. */
export interface WorkPlan {
  /** Its folder, relative to that of the runs. */
  readonly name: string;
  /** `waiting` for another of the page's plans, `running` by this server, else `resting`; what runs elsewhere is told by its jobs. */
  readonly state: 'waiting' | 'running' | 'resting';
  readonly jobs: readonly JobStatus[];
  /** Why it could not be run, or shown. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** Work that the studio's page starts on this machine, one plan after another. */
export interface StudioWork {
  /** Who has it may start work: it stands in the address that the terminal shows. */
  readonly token: string;
  /** Names of the datasets that may be worked on. */
  readonly data: readonly string[];
  list(): Promise<WorkPlan[]>;
  /**
   * Begins a plan in a new folder below that of the runs.
   * @param written a plan as people write it, whose data are names of datasets
   * @throws LesionlabError kind `usage` where it can't be run, or names anything outside the folders that were named
   */
  start(name: string, written: unknown): Promise<void>;
  /** Goes on with one that rests. */
  resume(name: string): Promise<void>;
  /** Has what runs of it saved and stopped. */
  stop(name: string): Promise<void>;
  /** Stops all, saved. */
  close(): Promise<void>;
}

interface Asked {
  readonly opened: OpenedPlan;
  readonly stop: AbortController;
  begun: boolean;
  ended: Promise<void>;
}

/** @param folder of the runs @param data folders and files that were named on the command line */
export function openStudioWork(folder: string, data: readonly string[]): StudioWork {
  const root = resolve(folder);
  const datasets = nameDatasets(data);
  const asked = new Map<string, Asked>();
  const errors = new Map<string, WorkPlan['error']>();
  let last: Promise<void> = Promise.resolve();

  const enqueue = (name: string, opened: OpenedPlan): void => {
    const stop = new AbortController();
    const one: Asked = { opened, stop, begun: false, ended: Promise.resolve() };
    errors.delete(name);
    asked.set(name, one);
    one.ended = last = last.then(async () => {
      if (!stop.signal.aborted) {
        one.begun = true;
        const context = createContext({ signal: stop.signal });
        await runPlan(context, opened, { resume: true, command: 'studio' }).catch((error: unknown) => {
          if (!(error instanceof LesionlabError && error.kind === 'interrupted')) errors.set(name, describe(error));
        });
      }
      asked.delete(name);
    });
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
    for (const job of opened.plan.jobs) requireNamed(job, [root, ...datasets.values()]);
    return opened;
  };

  return {
    token: randomBytes(24).toString('base64url'),
    data: [...datasets.keys()],
    async list() {
      const plans: WorkPlan[] = [];
      for (const name of new Set([...(await findPlans(root)), ...asked.keys()])) {
        const one = asked.get(name);
        const state = !one ? 'resting' : one.begun ? 'running' : 'waiting';
        const error = errors.get(name);
        try {
          const opened = one?.opened ?? (await openPlanFolder(join(root, ...name.split('/'))));
          plans.push({ name, state, jobs: await readStatus(opened), ...(error && { error }) });
        } catch (thrown) {
          plans.push({ name, state, jobs: [], error: describe(thrown) });
        }
      }
      return plans;
    },
    async start(name, written) {
      const path = folderOf(name);
      refuseBusy(name);
      if ((await readdir(path).catch(() => [])).length > 0)
        throw usageError('folder-in-use', `${name} holds something already.`, {
          hint: 'Choose another name, or go on with the plan that it holds.',
        });
      const plan = readPlan(JSON.stringify(written), 'The plan', {
        lesionlab: packageInfo.version,
        seed: 0,
        threads: availableThreads(),
        device: 'cpu',
        absolute: (text) => datasets.get(text) ?? resolve(root, text),
      });
      for (const job of plan.jobs) requireNamed(job, [root, ...datasets.values()]);
      enqueue(name, openedPlan(plan, path));
    },
    async resume(name) {
      refuseBusy(name);
      enqueue(name, await openBelow(name));
    },
    async stop(name) {
      const one = asked.get(name);
      if (!one) throw usageError('plan-at-rest', `${name} is not at work.`);
      one.stop.abort();
    },
    async close() {
      for (const { stop } of asked.values()) stop.abort();
      await last;
    },
  };
}

/** Datasets by the names of their folders; several of a name by their places. */
function nameDatasets(paths: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const path of paths) {
    const name = basename(resolve(path));
    let own = name;
    for (let i = 2; named.has(own); i++) own = `${name}-${i}`;
    named.set(own, resolve(path));
  }
  return named;
}

/** @throws LesionlabError kind `usage` where a job names a file or a folder outside of these */
function requireNamed(job: PlannedJob, places: readonly string[]): void {
  const inside = places.map((place) => realPath(place) ?? place);
  for (const path of jobPaths(job)) {
    // Of what is not there the folder that would hold it counts.
    const real = realPath(path) ?? join(realPath(dirname(path)) ?? dirname(path), basename(path));
    if (inside.some((place) => real === place || real.startsWith(place + sep))) continue;
    throw usageError('outside-folders', `${job.id} names ${path}, which lies in no folder that the studio was given.`, {
      hint: 'Start the studio with that folder: lesionlab studio runs --work <data>',
    });
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Folders with plans, at most two below that of the runs. */
async function findPlans(root: string, below: readonly string[] = []): Promise<string[]> {
  const entries = await readdir(join(root, ...below), { withFileTypes: true }).catch(() => []);
  const own = entries.some((entry) => entry.isFile() && entry.name === basename(planFile('')));
  if (own) return below.length > 0 ? [below.join('/')] : [];
  if (below.length >= 2) return [];
  const found: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')))
    found.push(...(await findPlans(root, [...below, name])));
  return found.sort();
}

function describe(thrown: unknown): NonNullable<WorkPlan['error']> {
  if (!(thrown instanceof LesionlabError))
    return { code: 'bug', message: String((thrown as Error)?.message ?? thrown) };
  const hint = thrown.hintFor('page');
  return { code: thrown.code, message: thrown.message, ...(hint !== undefined && { hint }) };
}
