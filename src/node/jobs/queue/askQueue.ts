import { Queue, QueueEvents } from 'bullmq';
import { interruptedError, usageError } from '../../../errors.js';
import { sourceOf } from '../../../jobs/jobPaths.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import type { StepContext } from '../../machine/stepContext.js';
import type { ExecuteRequest } from '../executor.js';
import { followNeeds } from '../followNeeds.js';
import type { OpenedPlan } from '../openedPlan.js';
import { Asking, type AskTiming } from './asking.js';
import { type JobAnswer, type JobRequest, queueName, queuePrefix, type WorkerReport } from './jobRequest.js';
import { openRedis } from './openRedis.js';
import type { QueueAddress } from './queueAddress.js';
import { openStore } from './resultStore.js';
import { leaveProbe } from './sharedProbe.js';
import { storedFolder } from './storedFolder.js';
import { meetStore } from './workInStore.js';

const usualTiming: AskTiming = { look: 2_000, patience: 60_000 };

/**
 * Puts a plan's jobs into a queue, each once those that it needs are done, hears what workers tell, and returns once no more can be done.
 * Whatever the server loses is asked for again: what is done is known by the run folders.
 * @throws LesionlabError kind `usage` or `run` where the queue can't be used or every worker refuses; kind `interrupted` once all is saved
 */
export async function askQueue(
  context: StepContext,
  opened: OpenedPlan,
  request: ExecuteRequest,
  address: QueueAddress,
  timing = usualTiming,
): Promise<void> {
  if (address.results !== undefined) refuseSources(request.jobs, address.results);
  const redis = await openRedis(address, (text) => context.progress.note(text));
  const connection = { connection: redis.client, prefix: queuePrefix, skipVersionCheck: true };
  const queue = new Queue<JobRequest, JobAnswer>(queueName, connection);
  const events = new QueueEvents(queueName, connection);
  // What they are about is said by the connection, and found out by looking again.
  queue.on('error', () => {});
  events.on('error', () => {});
  let asking: Asking | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping = asking?.stop();
  };
  try {
    const probe = await leaveProbe(opened.folder);
    const store = address.results === undefined ? undefined : openStore(address.results);
    const runs = [...new Set(request.jobs.map(({ run }) => run))].filter((run) => run !== '.');
    if (store) await meetStore(store, opened, runs);
    const bring = async (job: PlannedJob) => void (await (store && storedFolder(store, opened, job.run).bring()));
    const own = new Asking({ context, opened, request, address, redis, queue, probe, timing });
    asking = own;
    events.on('progress', ({ jobId, data }) => own.hearReport(jobId, data as unknown as WorkerReport));
    events.on('completed', ({ jobId }) => own.look(jobId));
    events.on('failed', ({ jobId }) => own.look(jobId));
    context.signal.addEventListener('abort', stop, { once: true });
    if (context.signal.aborted) stop();
    const watching = own.watch();
    await followNeeds(context, opened, request, async (job) => {
      const outcome = await own.ask(job);
      await bring(job);
      return outcome;
    });
    await stopping;
    own.end();
    // A server that is away is not waited for.
    if (!redis.isAway()) await watching;
  } finally {
    context.signal.removeEventListener('abort', stop);
    redis.close();
    void Promise.allSettled([events.close(), queue.close()]);
  }
  if (asking?.failure) throw asking.failure.error;
  if (context.signal.aborted) throw interruptedError(`Stopped; everything so far is saved in ${opened.named}.`);
}

/** @throws LesionlabError kind `usage` where a job works in a run that no store keeps */
function refuseSources(jobs: readonly PlannedJob[], results: string): void {
  const job = jobs.find((one) => sourceOf(one) !== undefined);
  if (!job) return;
  throw usageError(
    'source-and-store',
    `${job.id} works in the run ${sourceOf(job)}, and ${results} keeps only runs that the plan makes.`,
    { hint: 'Do it on this machine (without --on), or on a queue whose workers see that folder (without results=).' },
  );
}
