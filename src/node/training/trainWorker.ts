import { parentPort, workerData } from 'node:worker_threads';
import { postError } from '../../postedError.js';
import { asDiskError } from '../files/diskError.js';
import { openEarly } from './openTraining.js';
import { runTrainJob } from './runTrainJob.js';
import type { TrainJob, TrainMessage, TrainPreparation } from './trainJob.js';

// onnxruntime occupies the thread that calls it; training has this one to itself.
const post = (message: TrainMessage) => parentPort?.postMessage(message);

const opened = openEarly(workerData as TrainPreparation);
opened.catch(() => {}); // said when there is a job

// A job, or null where there will be none.
parentPort?.once('message', async (job: TrainJob | null) => {
  try {
    const early = await opened;
    if (job) await runTrainJob(job, post, early);
    else await early?.close();
  } catch (error) {
    post({ type: 'error', error: postError(asDiskError(error) ?? error) });
  }
});
