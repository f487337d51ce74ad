import { workerData } from 'node:worker_threads';
import { countChannelValues } from '../../data/preparation/normalisation.js';
import { serveRequests } from '../machine/workerPool.js';
import { openPreparedFile } from './preparedFile.js';

/** Path of a file of prepared images. */
export type CountWorkerData = string;

const images = openPreparedFile(workerData as CountWorkerData);

serveRequests<Int32Array, Float64Array>((indices) => countChannelValues(images, indices));
