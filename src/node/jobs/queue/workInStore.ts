import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { LesionlabError, runError } from '../../../errors.js';
import type { JobEvent, JobOutcome } from '../../../jobs/jobEvent.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { writeFileWhole } from '../../files/writeFile.js';
import { type OpenedPlan, planFile } from '../openedPlan.js';
import { openPlanFolder } from '../openPlan.js';
import type { ResultStore } from './resultStore.js';
import { type StoredFolder, storedFolder } from './storedFolder.js';

/** Milliseconds between two looks whether there is something to send. */
const usualInterval = 30_000;

/** Times that results are sent in vain, each after a longer wait, before the job is left to others. */
const mostSends = 8;

/** The plan that a store keeps, as a folder of this machine. */
export async function fetchPlan(store: ResultStore, folder: string): Promise<OpenedPlan> {
  const found = await store.read('plan.json');
  if (!found)
    throw runError('no-stored-plan', `${store.shown} holds no plan.json.`, {
      hint: 'Call the plan again: it is put there first.',
    });
  await writeFileWhole(planFile(folder), found.bytes);
  return await openPlanFolder(folder);
}

/** Puts a plan into a store, with what of it is done here; what the store is ahead with is brought here. */
export async function meetStore(store: ResultStore, opened: OpenedPlan, runs: readonly string[]): Promise<void> {
  await store.write('plan.json', new TextEncoder().encode(JSON.stringify(opened.plan)));
  for (const run of runs) await storedFolder(store, opened, run).meet(newHolder());
}

/**
 * Does a job whose folder is kept by a store: brings what is there, sends what is new every now and then, and all of it at the end. Where another one has
 * been told to do it meanwhile, it stops, and nothing more is sent.
 */
export async function workInStore(
  store: ResultStore,
  opened: OpenedPlan,
  job: PlannedJob,
  { signal, hear }: { readonly signal: AbortSignal; readonly hear: (event: JobEvent) => void },
  work: (signal: AbortSignal) => Promise<JobOutcome>,
  interval = usualInterval,
): Promise<JobOutcome> {
  for (const run of runsNeeded(opened, job)) await storedFolder(store, opened, run).bring();
  const folder = storedFolder(store, opened, job.run);
  await folder.bring();
  await folder.claim(newHolder());
  const taken = new AbortController();
  let sending: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // What could not be sent is sent the next time.
    sending = sending
      .then(async () => {
        if (!taken.signal.aborted && !(await folder.send())) taken.abort();
      })
      .catch(() => {});
  }, interval);
  let outcome: JobOutcome;
  try {
    outcome = await work(AbortSignal.any([signal, taken.signal]));
  } finally {
    clearInterval(timer);
    await sending;
  }
  if (taken.signal.aborted || !(await sendAtLast(folder, hear)))
    return { type: 'held', by: `Another worker was given ${job.id}.` };
  return outcome;
}

async function sendAtLast(folder: StoredFolder, hear: (event: JobEvent) => void): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await folder.send();
    } catch (error) {
      if (!(error instanceof LesionlabError) || tries >= mostSends) throw error;
      hear({ type: 'note', text: `${error.message} Trying again.` });
      await pause(1000 * 2 ** tries);
    }
  }
}

/** Folders of the jobs that one needs, and of those that these need. */
function runsNeeded({ plan }: OpenedPlan, job: PlannedJob): Set<string> {
  const runs = new Set<string>();
  const add = (id: string): void => {
    const need = plan.jobs.find((other) => other.id === id)!;
    if (need.run !== job.run && need.run !== '.') runs.add(need.run);
    for (const further of need.needs) add(further);
  };
  for (const id of job.needs) add(id);
  return runs;
}

const newHolder = () => `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
