import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import { LesionlabError, runError } from '../../../errors.js';
import type { JobOutcome } from '../../../jobs/jobEvent.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { packageInfo } from '../../machine/packageInfo.js';
import type { StepContext } from '../../machine/stepContext.js';
import type { ExecuteRequest } from '../executor.js';
import type { OpenedPlan } from '../openedPlan.js';
import { describeRedisError, isFull } from './describeRedisError.js';
import { type JobAnswer, type JobRequest, stopKey, type WorkerReport } from './jobRequest.js';
import type { RedisConnection } from './openRedis.js';
import type { QueueAddress } from './queueAddress.js';
import { listWorkers } from './workerPresence.js';

/** Milliseconds. */
export interface AskTiming {
  /** Between two looks at what is asked for. */
  readonly look: number;
  /** How long all workers may refuse before that is an error, and how long those that are to stop may take. */
  readonly patience: number;
}

/** What a call at a queue is about. */
export interface AskingOf {
  readonly context: StepContext;
  readonly opened: OpenedPlan;
  readonly request: ExecuteRequest;
  readonly address: QueueAddress;
  readonly redis: RedisConnection;
  readonly queue: Queue<JobRequest, JobAnswer>;
  readonly probe: string;
  readonly timing: AskTiming;
}

/** Seconds after which the server forgets what is over. */
const day = 86_400;

/** Of so many looks, one is at every job, in case the server has lost it or its event. */
const looksToAll = 5;

/** Looks that may fail one after another, while the connection says that it is there. */
const mostFailures = 10;

interface Asked {
  readonly job: PlannedJob;
  readonly settle: (outcome: JobOutcome) => void;
}

/** One call at a queue: what it has asked for. */
export class Asking {
  /** By the queue's id. */
  readonly #asked = new Map<string, Asked>();
  /** What there was no room for yet. */
  readonly #unasked: Asked[] = [];
  readonly #toLook = new Set<string>();
  /** By worker, why it does nothing of this. */
  readonly #refusals = new Map<string, string>();
  readonly #said = new Set<string>();
  readonly #of: AskingOf;
  #refusedSince: number | undefined;
  #count = 0;
  #looks = 0;
  #ended = false;
  /** What ends the call: of a listener, or of the place. */
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(of: AskingOf) {
    this.#of = of;
  }

  /** What ended the call before its time. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Has a job done by whichever worker takes it. */
  async ask(job: PlannedJob): Promise<JobOutcome> {
    if (this.#ended) return { type: 'interrupted' };
    return await new Promise((settle) => {
      this.#unasked.push({ job, settle });
      this.#wake();
    });
  }

  /** Looks after what is asked for, until `end` is called. */
  async watch(): Promise<void> {
    let failures = 0;
    let withdrawn = false;
    while (!this.#ended) {
      try {
        if (!withdrawn) await this.#withdrawEarlier();
        withdrawn = true;
        await this.#settle();
        await this.#addUnasked();
        await this.#watchWorkers();
        failures = 0;
      } catch (error) {
        // A connection that breaks takes what was being asked with it.
        const words = error instanceof LesionlabError ? error : describeRedisError(this.#of.address, error);
        if (words.code !== 'no-queue' || ++failures > mostFailures) return await this.fail(words);
      }
      await this.#rest();
    }
  }

  /** Ends the call for a reason that is thrown in the end. */
  async fail(error: unknown): Promise<void> {
    this.#failure ??= { error };
    await this.stop();
  }

  /** No more is asked for. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Something happened to a job of the queue. */
  look(queueId: string): void {
    if (!this.#asked.has(queueId)) return;
    this.#toLook.add(queueId);
    this.#wake();
  }

  /** A worker said something of a job. */
  hearReport(queueId: string, report: WorkerReport): void {
    const job = this.#asked.get(queueId)?.job;
    if (!job || this.#failure) return;
    if (report.type === 'refused') {
      const words = `${report.worker} leaves jobs to others: ${report.message} ${report.hint}`;
      this.#refusals.set(report.worker, words);
      this.#say(`${report.worker} ${report.code}`, words);
      return;
    }
    this.#refusals.clear();
    try {
      for (const event of report.events) {
        const isHeld = event.type === 'ended' && event.outcome.type === 'held';
        if (isHeld) this.#say(`held ${queueId}`, `${job.id} waits: ${event.outcome.by}`);
        else this.#of.request.hear(job, event);
      }
    } catch (error) {
      // Whoever listens has had enough: all that runs is saved.
      void this.fail(error);
    }
  }

  #say(key: string, text: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#of.context.progress.note(text);
  }

  async #rest(): Promise<void> {
    if (this.#toLook.size > 0 || this.#ended) return;
    const controller = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([woken, pause(this.#of.timing.look, undefined, { signal: controller.signal }).catch(() => {})]);
    controller.abort();
  }

  /** What an earlier call for this plan left in the queue is nobody's any more: only one at a time asks for a plan. */
  async #withdrawEarlier(): Promise<void> {
    const { queue, probe } = this.#of;
    for (const job of await queue.getJobs(['waiting', 'delayed', 'prioritized']))
      if (job?.data.probe === probe) await withdraw(job);
  }

  /** Finds out what has become of what was asked for. */
  async #settle(): Promise<void> {
    const all = this.#looks++ % looksToAll === 0;
    const ids = all ? [...this.#asked.keys()] : [...this.#toLook];
    this.#toLook.clear();
    for (const queueId of ids) await this.#settleOne(queueId);
  }

  async #settleOne(queueId: string): Promise<void> {
    const asked = this.#asked.get(queueId);
    if (!asked) return;
    const { queue, request } = this.#of;
    // Its state first: read the other way round, one that ends in between would have no answer yet.
    const state = await queue.getJobState(queueId);
    if (!['unknown', 'completed', 'failed'].includes(state)) return;
    const found = state === 'unknown' ? undefined : await queue.getJob(queueId);
    this.#asked.delete(queueId);
    if (!found) {
      // Where it was done or goes on, the run folder says so to whoever takes it next.
      this.#say(`lost ${queueId}`, `The queue no longer knows of ${asked.job.id}; it is asked for again.`);
      this.#unasked.push(asked);
    } else if (state === 'completed') asked.settle(found.returnvalue.outcome);
    else {
      const outcome: JobOutcome = { type: 'failed', again: true, error: { message: found.failedReason } };
      request.hear(asked.job, { type: 'ended', outcome });
      asked.settle(outcome);
    }
  }

  async #addUnasked(): Promise<void> {
    const { opened, request, queue, probe, address } = this.#of;
    const { beside = Number.POSITIVE_INFINITY } = request;
    for (;;) {
      const [asked] = this.#unasked;
      if (!asked || this.#ended || this.#asked.size >= beside) return;
      const queueId = `${request.call}-${asked.job.id}-${++this.#count}`;
      const data: JobRequest = {
        ...{ lesionlab: packageInfo.version, folder: opened.folder, hash: opened.hash, id: asked.job.id },
        ...{ call: request.call, overwrite: request.overwrite, probe, results: address.results },
      };
      // Known before a worker can tell of it.
      this.#asked.set(queueId, asked);
      this.#unasked.shift();
      try {
        await queue.add(asked.job.id, data, {
          jobId: queueId,
          removeOnComplete: { age: day },
          removeOnFail: { age: day },
        });
      } catch (error) {
        this.#asked.delete(queueId);
        this.#unasked.unshift(asked);
        const words = describeRedisError(address, error);
        if (!isFull(error) || this.#asked.size === 0) throw words;
        this.#say('full', `${words.message} ${words.hint} Trying again until there is room.`);
        return;
      }
    }
  }

  async #watchWorkers(): Promise<void> {
    const { redis, address, timing } = this.#of;
    if (this.#asked.size === 0) return;
    const workers = await listWorkers(redis.client);
    if (workers.length === 0) {
      const how = `On each machine that is to work: lesionlab worker ${address.shown}`;
      this.#say('nobody', `No worker has joined the queue at ${address.shown}. ${how}`);
      return;
    }
    this.#said.delete('nobody');
    const refused = workers.filter(({ name }) => this.#refusals.has(name));
    if (refused.length < workers.length) this.#refusedSince = undefined;
    else this.#refusedSince ??= Date.now();
    if (this.#refusedSince !== undefined && Date.now() - this.#refusedSince > timing.patience)
      throw runError('all-refuse', `None of the workers at ${address.shown} (${workers.length}) can do this plan.`, {
        details: refused.map(({ name }) => this.#refusals.get(name)!),
        hint: 'Mend it there, or start a worker that can, and call this again: what is done is not done again.',
      });
  }

  /** Takes back what nobody has begun, has the rest saved, and waits for that. What was asked for is told to be interrupted. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.end();
    const { redis, request, timing, context, address } = this.#of;
    for (const { settle } of this.#unasked.splice(0)) settle({ type: 'interrupted' });
    const until = Date.now() + timing.patience;
    const work = async () => {
      if (this.#asked.size > 0) await redis.client.set(stopKey(request.call), '1', 'EX', 7 * day);
      while (this.#asked.size > 0 && Date.now() < until) {
        for (const queueId of this.#asked.keys()) await this.#takeBack(queueId);
        await pause(Math.min(timing.look, 500));
      }
    };
    const patience = async () => {
      while (this.#asked.size > 0 && Date.now() < until && !redis.isAway()) await pause(200);
    };
    await Promise.race([work().catch(() => {}), patience()]);
    if (this.#asked.size > 0)
      context.progress.note(
        `${this.#asked.size} of these jobs may go on: the queue at ${address.shown}, or the workers that have them, don't answer. What they do is saved in their folders all the same.`,
      );
    for (const { settle } of this.#asked.values()) settle({ type: 'interrupted' });
  }

  async #takeBack(queueId: string): Promise<void> {
    const state = await this.#of.queue.getJobState(queueId);
    if (state === 'active') return;
    const job = await this.#of.queue.getJob(queueId);
    if (job && state !== 'completed' && state !== 'failed') await withdraw(job);
    const asked = this.#asked.get(queueId);
    this.#asked.delete(queueId);
    asked?.settle(job && state === 'completed' ? job.returnvalue.outcome : { type: 'interrupted' });
  }
}

/** A job that somebody has just begun stays. */
const withdraw = (job: Job): Promise<void> => job.remove().catch(() => {});
