import type { ComputeDevice } from '../../../src/browser/computeDevice.js';
import type { Fitting } from '../../../src/image/fitImage.js';
import { addModel } from '../../../src/models/architectures/registry.js';
import type { EpochRecord, StepRecord } from '../../../src/training/events.js';
import { recipeFitting } from '../../../src/training/recipe/trainingSplits.js';
import { makeStore } from '../browser/store.js';
import { ownedMemory, type ProgressReport, WorkerCalls } from '../browser/workerCalls.js';
import { currentDivision, datasetCalls } from '../dataset/datasetSession.js';
import type { PrepareRequest } from '../dataset/prepareForTraining.js';
import type { StudioTrainEvent, StudioTrainResult } from './runStudioTraining.js';
import { type NetworkRequest, outlinedModel, type StudioNetwork } from './studioNetwork.js';
import type { StudioTrainJob } from './trainJob.js';
import type { TrainFunctions } from './trainWorker.js';

/** The training of this page; it goes on while other views are looked at. */
export interface TrainingSession {
  readonly phase: 'idle' | 'preparing' | 'features' | 'training' | 'validating' | 'evaluating' | 'over';
  readonly paused: boolean;
  readonly stopping: boolean;
  readonly device: ComputeDevice | undefined;
  /** Of what is done once: preparing images, computing features. */
  readonly report: ProgressReport;
  /** What was taken from a file of weights; empty without one. */
  readonly weightsNotes: readonly string[];
  readonly steps: number;
  readonly totalEpochs: number;
  readonly step: StepRecord | undefined;
  /** Forecast for the steps and validations to come; null where there is none yet. */
  readonly secondsLeft: number | null;
  readonly epochs: readonly EpochRecord[];
  readonly synthetic: boolean;
  readonly result: StudioTrainResult | undefined;
  readonly error: unknown;
}

const idle: TrainingSession = {
  phase: 'idle',
  paused: false,
  stopping: false,
  device: undefined,
  report: null,
  weightsNotes: [],
  steps: 0,
  totalEpochs: 0,
  step: undefined,
  secondsLeft: null,
  epochs: [],
  synthetic: false,
  result: undefined,
  error: undefined,
};

const session = makeStore(idle);
const { change } = session;
let worker: WorkerCalls<TrainFunctions> | undefined;
let controller: AbortController | undefined;

/** The training, in a component. */
export const useTraining = session.use;

/** Reads somebody's network in a worker that ends with that, and makes it known to the page. @throws LesionlabError where it can't be used */
export async function openNetwork(request: NetworkRequest): Promise<StudioNetwork> {
  const own = startTrainWorker();
  try {
    const network = await own.call('readNetwork', request);
    addModel(outlinedModel(network.outline));
    return network;
  } finally {
    own.close();
  }
}

/** A worker of its own, for whoever wants to end it when it is of no use any more. */
export const startTrainWorker = (): WorkerCalls<TrainFunctions> =>
  new WorkerCalls<TrainFunctions>(
    new Worker(new URL('./trainWorker.ts', import.meta.url), { type: 'module', name: 'training' }),
  );

/** The worker that trains; it is started when it is first needed. */
function trainCalls(): WorkerCalls<TrainFunctions> {
  if (worker?.failed) worker = undefined;
  worker ??= startTrainWorker();
  return worker;
}

/** Ends the worker: another device needs another runtime, which a thread loads once. */
export function endTrainWorker(): void {
  worker?.close();
  worker = undefined;
}

export const isTraining = ({ phase }: TrainingSession): boolean => phase !== 'idle' && phase !== 'over';

export type TrainRequest = Omit<StudioTrainJob, 'data'> & Omit<PrepareRequest, keyof Fitting | 'seed' | 'division'>;

/** Prepares the data that is open and trains on it. What goes wrong is in the session. */
export async function startTraining({ limit, ...job }: TrainRequest): Promise<void> {
  const own = new AbortController();
  controller = own;
  const { recipe, device, seed } = job;
  change({ ...idle, phase: 'preparing', device, totalEpochs: recipe.training.epochs });
  try {
    // As the network knows its images, where it is out of a file that says so.
    const fitting = recipeFitting(recipe);
    const data = await datasetCalls().call(
      'prepare',
      { ...fitting, limit, seed, division: currentDivision() },
      { signal: own.signal, onProgress: (report) => change({ report }) },
    );
    change({ synthetic: data.info.synthetic, report: null });
    const result = await trainCalls().call(
      'train',
      { ...job, data },
      {
        signal: own.signal,
        onEvent: hear,
        transfer: ownedMemory(data.pixels),
      },
    );
    change({ phase: 'over', result });
  } catch (error) {
    const interrupted = (error as { kind?: string }).kind === 'interrupted';
    change(interrupted ? idle : { phase: 'over', error });
  } finally {
    if (controller === own) controller = undefined;
  }
}

function hear(event: StudioTrainEvent): void {
  if (event.type === 'features')
    change({ phase: 'features', report: { label: 'Computing features', done: event.done, total: event.total } });
  else if (event.type === 'weights') change({ weightsNotes: event.notes });
  else if (event.type === 'start') change({ phase: 'training', report: null, steps: event.steps });
  else if (event.type === 'step') change({ phase: 'training', step: event.record, secondsLeft: event.secondsLeft });
  else if (event.type === 'validation') change({ phase: 'validating' });
  else if (event.type === 'epoch') {
    const epochs = [...session.get().epochs, event.record];
    change({ phase: 'training', epochs, secondsLeft: event.secondsLeft });
  } else if (event.type === 'evaluating') change({ phase: 'evaluating' });
}

/** Ends the training after the step at hand; what was learned is kept. */
export function stopTraining(): void {
  change({ stopping: true, paused: false });
  controller?.abort();
}

export function pauseTraining(paused: boolean): void {
  change({ paused });
  trainCalls().call('setPaused', paused);
}
