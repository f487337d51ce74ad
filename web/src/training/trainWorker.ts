import type { ComputeDevice } from '../../../src/browser/computeDevice.js';
import { loadBrowserRuntime } from '../../../src/runtime/browser.js';
import { estimateTraining, type TrainingEstimate } from '../../../src/training/estimateTraining.js';
import type { Recipe } from '../../../src/training/recipe/config.js';
import { onnxFiles } from '../browser/onnxFiles.js';
import { type CallContext, serveCalls } from '../browser/workerCalls.js';
import { addStudioNetwork, readStudioNetwork } from './readStudioNetwork.js';
import { runStudioTraining, type StudioTrainResult } from './runStudioTraining.js';
import type { NetworkJob, NetworkRequest, StudioNetwork } from './studioNetwork.js';
import type { StudioTrainJob } from './trainJob.js';

export interface EstimateRequest {
  readonly recipe: Recipe;
  /** In all splits. */
  readonly images: number;
  readonly classCount: number;
  readonly device: ComputeDevice;
  /** Somebody's network that the recipe's model is. */
  readonly network?: NetworkJob;
}

let resume: (() => void) | undefined;
let paused: Promise<void> | undefined;

// Running a graph holds this thread up: only after a message to itself has it heard the others.
const { port1, port2 } = new MessageChannel();
const hearMessages = () =>
  new Promise<void>((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });

function endPause(): void {
  resume?.();
  resume = undefined;
  paused = undefined;
}

async function gate(): Promise<void> {
  await hearMessages();
  await paused;
}

const functions = {
  async readNetwork(request: NetworkRequest): Promise<StudioNetwork> {
    return await readStudioNetwork(request, await loadBrowserRuntime({ device: 'cpu', onnxFiles }));
  },
  async estimate({ recipe, images, classCount, device, network }: EstimateRequest): Promise<TrainingEstimate> {
    const runtime = await loadBrowserRuntime({ ...device, onnxFiles });
    if (network) await addStudioNetwork(network, runtime);
    return await estimateTraining(runtime, recipe, { images, classCount }, { device: device.device, spin: false });
  },
  async train(job: StudioTrainJob, context: CallContext): Promise<StudioTrainResult> {
    endPause();
    // A training that is stopped while it pauses takes one more step, and ends.
    context.signal.addEventListener('abort', endPause);
    return await runStudioTraining(job, context, gate);
  },
  setPaused(value: boolean): void {
    endPause();
    if (value)
      paused = new Promise((done) => {
        resume = done;
      });
  },
};
export type TrainFunctions = typeof functions;

serveCalls(functions);
