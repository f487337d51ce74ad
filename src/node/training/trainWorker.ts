import { parentPort } from 'node:worker_threads';
import { postError } from '../../postedError.js';
import { rehearseSteps, timeAugmentation } from '../../training/networkTimes.js';
import { trainingSide } from '../../training/recipe/trainingSplits.js';
import { asDiskError } from '../files/diskError.js';
import { type EarlyTraining, openEarly } from './openTraining.js';
import { runTrainJob } from './runTrainJob.js';
import type { TrainJob, TrainMessage, TrainPreparation, TrainRequest } from './trainJob.js';

// onnxruntime occupies the thread that calls it; training has this one to itself.
const post = (message: TrainMessage) => parentPort?.postMessage(message);

let preparation: TrainPreparation | undefined;
let early: EarlyTraining | undefined;

async function answer(request: TrainRequest): Promise<void> {
  if (request.type === 'prepare') {
    preparation = request.preparation;
    early = openEarly(preparation);
    if ((await early.trainer).rehearses) post({ type: 'opened' });
  } else if (request.type === 'rehearse') {
    const { recipe, threads } = preparation!;
    const augmented = timeAugmentation(recipe, trainingSide(recipe)) / threads;
    post({ type: 'rehearsed', times: { step: await rehearseSteps(await early!.trainer), augmented } });
  } else await train(request.job);
}

async function train(job: TrainJob | null): Promise<void> {
  try {
    if (job) {
      early?.batches();
      await runTrainJob(job, post, early);
    } else await (await early?.trainer)?.close();
  } finally {
    await early?.endBatches();
  }
}

const hear = (request: TrainRequest) => {
  // Nothing comes after a job, or the word that there is none: the thread ends when all is done.
  if (request.type === 'train') parentPort?.off('message', hear);
  answer(request).catch((error) => post({ type: 'error', error: postError(asDiskError(error) ?? error) }));
};
parentPort?.on('message', hear);
