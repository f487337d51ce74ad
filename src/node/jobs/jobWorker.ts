import { postError } from '../../postedError.js';
import { createContext } from '../machine/stepContext.js';
import { executeJob } from './executeJob.js';
import type { FromJobProcess, ProcessRequest, ToJobProcess } from './jobProcess.js';

/** The process that `startJobProcess` starts: does the jobs that it is sent, one after another. */
let stopping = new AbortController();
let working: Promise<void> = Promise.resolve();

const send = (message: FromJobProcess) => {
  if (process.connected) process.send!(message, () => {});
};

async function work({ opened, id, call }: ProcessRequest): Promise<void> {
  const context = createContext({ signal: stopping.signal });
  const job = opened.plan.jobs.find((other) => other.id === id)!;
  try {
    const outcome = await executeJob(context, opened, job, call, (event) => send({ type: 'event', event }));
    send({ type: 'outcome', outcome });
  } catch (error) {
    send({ type: 'outcome', outcome: { type: 'failed', error: postError(error), again: false } });
  }
}

process.on('message', (message: ToJobProcess) => {
  if (message.type === 'stop') stopping.abort();
  else {
    if (stopping.signal.aborted && process.connected) stopping = new AbortController();
    working = working.then(() => work(message.request));
  }
});
// A terminal sends Ctrl-C to all processes in it: whoever started this one says what is to be stopped.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => stopping.abort());
process.once('disconnect', async () => {
  stopping.abort();
  await working;
  process.exit();
});
setInterval(() => send({ type: 'memory', bytes: process.memoryUsage.rss() }), 1000).unref();
