import { hostname } from 'node:os';
import { DelayedError, type Job, Worker } from 'bullmq';
import { LesionlabError } from '../../../errors.js';
import { describeOutcome } from '../../../jobs/describeOutcome.js';
import type { JobOutcome } from '../../../jobs/jobEvent.js';
import { packageInfo } from '../../machine/packageInfo.js';
import { jobProcesses, type StartJob } from '../jobProcesses.js';
import { doRequest, type WorkOptions } from './doRequest.js';
import { gatherEvents } from './gatherEvents.js';
import { type JobAnswer, jobRequest, queueName, queuePrefix, stopKey, type WorkerReport } from './jobRequest.js';
import { openRedis, type RedisConnection } from './openRedis.js';
import type { QueueAddress } from './queueAddress.js';
import { announceWorker } from './workerPresence.js';

/** How a worker works. */
export interface JoinOptions extends Pick<WorkOptions, 'mappings' | 'signal' | 'keep'> {
  /** Jobs at once. */
  readonly beside: number;
  /** A line for whoever looks at this worker. */
  readonly note: (text: string) => void;
  /** How a job is done; in a process of its own where undefined. */
  readonly start?: StartJob;
  readonly timing?: WorkerTiming;
}

/** What a worker did while it was in a queue. */
export interface JoinResult {
  /** Times that a job was taken. */
  readonly taken: number;
  /** Jobs that were done. */
  readonly done: number;
}

/** Milliseconds. */
export interface WorkerTiming {
  /** After so long without a word from its worker, a job is given to another one, which finds out by the lease whether the first still has it. */
  readonly lock: number;
  /** Before a job that others have, or that this worker can't do, is looked at again. */
  readonly again: number;
  /** Between two looks whether a call is to stop. */
  readonly look: number;
}

const usualTiming: WorkerTiming = { lock: 30_000, again: 5_000, look: 2_000 };

/** How long an end waits for a server that is away. */
const patience = 10_000;

/**
 * Works for whoever asks at a queue, until the signal is aborted: then what is at hand is saved and put back.
 * @throws LesionlabError kind `usage` or `run` where the queue can't be used
 */
export async function joinQueue(address: QueueAddress, options: JoinOptions): Promise<JoinResult> {
  const { beside, note, signal, timing = usualTiming } = options;
  const redis = await openRedis(address, note);
  const name = `${hostname()}-${process.pid}`;
  const calls = new StoppedCalls(redis, timing.look);
  const processes = jobProcesses();
  const counts = { taken: 0, done: 0 };
  const start = options.start ?? processes.start;
  const said = new SaidOnce(note);
  const work = async (job: Job, token?: string) => {
    const answer = await workOn(job, token!, name, calls, said, { ...options, start, timing });
    counts.taken++;
    if (answer.outcome.type === 'done') counts.done++;
    return answer;
  };
  const worker = new Worker<unknown, JobAnswer>(queueName, work, {
    connection: redis.client,
    prefix: queuePrefix,
    name,
    concurrency: beside,
    lockDuration: timing.lock,
    stalledInterval: timing.lock / 2,
    // How often a job is tried is counted in its journal, which every worker reads.
    maxStalledCount: 1_000_000,
    skipVersionCheck: true,
  });
  // A job whose lock was lost while the server was away is done by this worker all the same: the lease of its folder says so to the next.
  worker.on('error', () => {});
  const leave = announceWorker(redis.client, {
    name,
    lesionlab: packageInfo.version,
    beside,
    since: new Date().toISOString(),
  });
  note(
    `Joined the queue at ${address.shown} as ${name}. Waiting for work; Ctrl-C saves what is at hand, and puts it back.`,
  );
  try {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await withPatience(worker.close(), redis);
    await withPatience(leave(), redis);
  } finally {
    calls.end();
    redis.close();
    await processes.close();
  }
  return counts;
}

/** A server that is away doesn't keep a worker from ending, once what it does is saved. */
async function withPatience(ending: Promise<void>, redis: RedisConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let awaySince: number | undefined;
  const away = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      awaySince = redis.isAway() ? (awaySince ?? Date.now()) : undefined;
      if (awaySince !== undefined && Date.now() - awaySince > patience) resolve();
    }, 500);
  });
  await Promise.race([ending.catch(() => {}), away]);
  clearInterval(timer);
}

async function workOn(
  job: Job,
  token: string,
  worker: string,
  calls: StoppedCalls,
  said: SaidOnce,
  {
    mappings,
    start,
    keep,
    signal,
    note,
    timing,
  }: JoinOptions & { readonly start: StartJob; readonly timing: WorkerTiming },
): Promise<JobAnswer> {
  const report = (message: WorkerReport) => job.updateProgress(message);
  const later = async (): Promise<never> => {
    await job.moveToDelayed(Date.now() + timing.again, token);
    throw new DelayedError();
  };
  const read = jobRequest.safeParse(job.data);
  if (!read.success) {
    await report({
      type: 'refused',
      worker,
      code: 'other-version',
      message: 'It asks in words that this worker does not know.',
      hint: 'Install the same version of lesionlab on all machines.',
    });
    return await later();
  }
  const request = read.data;
  const stop = calls.signalOf(request.call);
  const events = gatherEvents((gathered) => report({ type: 'events', events: gathered }));
  let outcome: JobOutcome;
  try {
    outcome = await doRequest(request, {
      mappings,
      start,
      keep,
      signal: AbortSignal.any([signal, stop.signal]),
      hear: events.add,
    });
  } catch (error) {
    if (!(error instanceof LesionlabError)) throw error;
    const hint = error.hintFor('terminal') ?? '';
    const message = [error.message, ...error.details].join(' ');
    said.note(`${request.call} ${error.code}`, `${request.id} was left to others: ${message} ${hint}`);
    await report({ type: 'refused', worker, code: error.code, message, hint });
    return await later();
  } finally {
    await events.end();
    stop.release();
  }
  if (outcome.type === 'held') {
    said.note(`${request.call} ${request.id} held`, `${request.id}: ${outcome.by} It is looked at again and again.`);
    return await later();
  }
  note(`${request.id}: ${describeOutcome(outcome)}`);
  if (outcome.type === 'interrupted' && !stop.signal.aborted) {
    // Whoever takes it next goes on from what is saved.
    await job.moveToDelayed(Date.now() + 200, token);
    throw new DelayedError();
  }
  return { outcome, worker };
}

/** A job that is left comes back every few seconds. */
class SaidOnce {
  readonly #keys = new Set<string>();

  constructor(private readonly say: (text: string) => void) {}

  note(key: string, text: string): void {
    if (!this.#keys.has(key)) this.say(text);
    this.#keys.add(key);
  }
}

/** Finds out which calls are to stop, of those that a worker works for. */
class StoppedCalls {
  readonly #working = new Map<string, { readonly controller: AbortController; jobs: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(redis: RedisConnection, interval: number) {
    this.#timer = setInterval(() => void this.#look(redis).catch(() => {}), interval);
  }

  signalOf(call: string): { readonly signal: AbortSignal; release(): void } {
    const entry = this.#working.get(call) ?? { controller: new AbortController(), jobs: 0 };
    this.#working.set(call, entry);
    entry.jobs++;
    return {
      signal: entry.controller.signal,
      release: () => {
        if (--entry.jobs === 0) this.#working.delete(call);
      },
    };
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #look(redis: RedisConnection): Promise<void> {
    const calls = [...this.#working.keys()];
    if (calls.length === 0 || redis.isAway()) return;
    const stopped = await redis.client.mget(calls.map(stopKey));
    for (const [i, call] of calls.entries()) if (stopped[i] !== null) this.#working.get(call)?.controller.abort();
  }
}
