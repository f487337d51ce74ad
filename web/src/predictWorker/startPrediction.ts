import type { OpenedModel } from '../../../src/browser/predictedImage.js';
import type { Device } from '../../../src/runtime/runtime.js';
import { WorkerCalls } from '../browser/workerCalls.js';
import type { ModelFiles, PredictFunctions, StudioPrediction } from './predictWorker.js';

/** A model in a thread of its own. */
export interface Prediction {
  readonly model: OpenedModel;
  /** Images wait for each other; their memory is given away. @throws LesionlabError for what is no image */
  predict(image: Uint8Array, options?: { readonly heat?: boolean }): Promise<StudioPrediction>;
  /** Whether `close` was called: that is why what waited has failed. */
  readonly closed: boolean;
  /** Ends the thread and gives its memory back; what waits fails. */
  close(): void;
}

/**
 * Opens a model in a worker of its own.
 * @param model its name is for messages @param signal ends the worker, whether it still opens or predicts
 * @throws LesionlabError where the model can't be used
 */
export async function startPrediction(
  model: ModelFiles,
  device: 'auto' | Device,
  signal: AbortSignal,
): Promise<Prediction> {
  const calls = new WorkerCalls<PredictFunctions>(
    new Worker(new URL('./predictWorker.ts', import.meta.url), { type: 'module', name: 'predict' }),
  );
  let closed = false;
  const close = () => {
    closed = true;
    calls.close();
  };
  signal.addEventListener('abort', close);
  try {
    const opened = await calls.call('open', { ...model, device });
    return {
      model: opened,
      predict: (image, { heat = false } = {}) =>
        calls.call('predict', { image, heat }, { transfer: [image.buffer as ArrayBuffer] }),
      get closed() {
        return closed;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
