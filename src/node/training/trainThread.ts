import { startWorker, workerUrl } from '../machine/workerUrl.js';
import type { TrainJob, TrainMessage, TrainPreparation } from './trainJob.js';

/** A thread that trains once. */
export interface TrainThread {
  /**
   * Trains; settles when the thread has ended, so that its files are closed.
   * @param onMessage hears what it posts
   * @returns its exit code @throws what broke it
   */
  run(job: TrainJob, onMessage: (message: TrainMessage) => void): Promise<number>;
  /** Ends it where it has no job, and waits until it has ended. */
  close(): Promise<void>;
}

/** Starts a thread, which loads the runtime and opens what it can before its job is known. */
export function startTrainThread(preparation: TrainPreparation): TrainThread {
  const worker = startWorker(workerUrl('training/trainWorker'), preparation);
  let broken: Error | undefined;
  let hasWord = false;
  const send = (message: TrainJob | null) => {
    hasWord = true;
    worker.postMessage(message);
  };
  const ended = new Promise<number>((resolve) => worker.once('exit', resolve));
  worker.on('error', (error: Error) => {
    broken = error;
  });
  return {
    async run(job, onMessage) {
      worker.on('message', onMessage);
      send(job);
      const code = await ended;
      if (broken) throw broken;
      return code;
    },
    async close() {
      // Not terminated: it would be in the middle of the runtime's own code.
      if (!hasWord) send(null);
      await ended;
    },
  };
}
