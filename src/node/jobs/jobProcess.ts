import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JobEvent, JobOutcome } from '../../jobs/jobEvent.js';
import { workerUrl } from '../machine/workerUrl.js';
import type { JobCall } from './executeJob.js';
import { endedSilently } from './followNeeds.js';
import type { OpenedPlan } from './openedPlan.js';

/** What a process is asked for. */
export interface ProcessRequest {
  readonly opened: OpenedPlan;
  readonly id: string;
  readonly call: JobCall;
}

/** What is sent to a process of jobs. */
export type ToJobProcess = { readonly type: 'run'; readonly request: ProcessRequest } | { readonly type: 'stop' };

/** What it sends. */
export type FromJobProcess =
  | { readonly type: 'event'; readonly event: JobEvent }
  | { readonly type: 'outcome'; readonly outcome: JobOutcome }
  /** Bytes of memory that it has. */
  | { readonly type: 'memory'; readonly bytes: number };

/** A process that does one job after another. */
export interface JobProcess {
  readonly pid: number | undefined;
  /** Whether it can be asked for another job. */
  readonly lives: boolean;
  /** Bytes of memory that it had last. */
  readonly memory: number;
  /** Does a job; one that ends without a word is told as a failure. @param hear hears what happens, its end included */
  run(request: ProcessRequest, hear: (event: JobEvent) => void): Promise<JobOutcome>;
  /** Has the job at hand saved and stopped. */
  stop(): void;
  /** Ends it, and waits until it has ended. */
  close(): Promise<void>;
}

/** Text of its errors that is kept for messages. */
const keptText = 2000;

/** Starts a process for jobs. It saves and ends where this one is gone; Ctrl-C is this one's to pass on. */
export function startJobProcess(onMemory: (bytes: number) => void = () => {}): JobProcess {
  const child = fork(fileURLToPath(workerUrl('jobs/jobWorker')), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-keptText);
  });
  let lives = true;
  let memory = 0;
  let current:
    | { readonly id: string; readonly settle: (outcome: JobOutcome) => void; readonly hear: (event: JobEvent) => void }
    | undefined;
  const settle = (outcome: JobOutcome) => {
    const { settle: done } = current ?? {};
    current = undefined;
    done?.(outcome);
  };
  const ended = new Promise<void>((resolve) => {
    const end = (how: string) => {
      lives = false;
      if (current) {
        const outcome = endedSilently(current.id, text.trim() ? `${how}: ${text.trim().split('\n').at(-1)}` : how);
        current.hear({ type: 'ended', outcome });
        settle(outcome);
      }
      resolve();
    };
    child.once('exit', (code, signal) => end(signal ?? `exit status ${code}`));
    child.once('error', (error) => end(error.message));
  });
  child.on('message', (message: FromJobProcess) => {
    if (message.type === 'memory') {
      memory = message.bytes;
      onMemory(memory);
    } else if (message.type === 'event') current?.hear(message.event);
    else settle(message.outcome);
  });
  const send = (message: ToJobProcess) => {
    // One that has just ended is told by its end.
    if (child.connected) child.send(message, () => {});
  };
  return {
    pid: child.pid,
    get lives() {
      return lives && child.connected;
    },
    get memory() {
      return memory;
    },
    run: (request, hear) =>
      new Promise((resolve) => {
        current = { id: request.id, settle: resolve, hear };
        send({ type: 'run', request });
        if (!lives) settle(endedSilently(request.id, 'before it began'));
      }),
    stop: () => send({ type: 'stop' }),
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
