import { parentPort, workerData } from 'node:worker_threads';
import { LesionlabError } from '../errors.js';
import { runTrainJob } from './runTrainJob.js';
import type { TrainJob, TrainMessage } from './trainJob.js';

// onnxruntime occupies the thread that calls it; training has this one to itself.
const post = (message: TrainMessage) => parentPort?.postMessage(message);

try {
  await runTrainJob(workerData as TrainJob, (event) => post({ type: 'event', event }));
} catch (thrown) {
  const error = thrown as Error;
  const { message, stack } = error;
  const known = error instanceof LesionlabError ? error : undefined;
  post({
    type: 'error',
    error: { message, stack, kind: known?.kind, code: known?.code, hint: known?.hint, details: known?.details },
  });
}
