import { receiveError } from '../../postedError.js';
import { startWorker, workerUrl } from '../machine/workerUrl.js';
import type { RehearsedTimes, TrainJob, TrainMessage, TrainPreparation, TrainRequest } from './trainJob.js';

/** A thread that trains once. */
export interface TrainThread {
  /** Opens the network before the job is known; only what follows from recipe, seed and a file of weights can be. */
  prepare(preparation: TrainPreparation): void;
  /** Settles when the prepared network stands open and can rehearse; never where it can't. @throws what keeps it from opening */
  readonly opened: Promise<void>;
  /** Times a few steps of the opened network, of which nothing stays. @throws what breaks them */
  rehearse(): Promise<RehearsedTimes>;
  /**
   * Trains; settles when the thread has ended, so that its files are closed.
   * @param onMessage hears what it posts
   * @returns its exit code @throws what broke it
   */
  run(job: TrainJob, onMessage: (message: TrainMessage) => void): Promise<number>;
  /** Ends it where it has no job, and waits until it has ended. */
  close(): Promise<void>;
}

/** Starts a thread, which loads the runtime's files at once. */
export function startTrainThread(): TrainThread {
  const worker = startWorker(workerUrl('training/trainWorker'), undefined);
  const send = (request: TrainRequest) => worker.postMessage(request);
  let broken: Error | undefined;
  let hasWord = false;
  const ended = new Promise<number>((resolve) => worker.once('exit', resolve));
  const opened = promised<void>();
  const rehearsed = promised<RehearsedTimes>();
  const fail = (error: Error) => {
    opened.reject(error);
    rehearsed.reject(error);
  };
  worker.on('error', (error: Error) => {
    broken = error;
    fail(error);
  });
  worker.on('message', (message: TrainMessage) => {
    if (message.type === 'opened') opened.resolve();
    else if (message.type === 'rehearsed') rehearsed.resolve(message.times);
    else if (message.type === 'error') fail(receiveError(message.error));
  });
  return {
    prepare: (preparation) => send({ type: 'prepare', preparation }),
    opened: opened.promise,
    rehearse() {
      send({ type: 'rehearse' });
      return rehearsed.promise;
    },
    async run(job, onMessage) {
      worker.on('message', onMessage);
      hasWord = true;
      send({ type: 'train', job });
      const code = await ended;
      if (broken) throw broken;
      return code;
    },
    async close() {
      // Not terminated: it would be in the middle of the runtime's own code.
      if (!hasWord) send({ type: 'train', job: null });
      hasWord = true;
      await ended;
    },
  };
}

/** A promise that others settle; nobody needs to hear of its failure. */
function promised<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
