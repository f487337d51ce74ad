import { parentPort, workerData } from 'node:worker_threads';
import { postError } from '../../postedError.js';
import { asDiskError } from '../files/diskError.js';
import { runTrainJob } from './runTrainJob.js';
import type { TrainJob, TrainMessage } from './trainJob.js';

// onnxruntime occupies the thread that calls it; training has this one to itself.
const post = (message: TrainMessage) => parentPort?.postMessage(message);

try {
  await runTrainJob(workerData as TrainJob, (event) => post({ type: 'event', event }));
} catch (error) {
  post({ type: 'error', error: postError(asDiskError(error) ?? error) });
}
