import type { OpenedModel } from '../../../src/browser/predictedImage.js';
import type { MetadataValues } from '../../../src/data/preparation/metadataInput.js';
import type { Device } from '../../../src/runtime/runtime.js';
import { WorkerCalls } from '../browser/workerCalls.js';
import type {
  FoundInFile,
  LoadedFile,
  ModelFiles,
  PredictFunctions,
  SaidOfModel,
  StudioPrediction,
} from './predictWorker.js';

/** A model in a thread of its own. */
export interface Prediction {
  readonly model: OpenedModel;
  /** Images wait for each other; their memory is given away. @throws LesionlabError for what is no image */
  predict(
    image: Uint8Array,
    options?: { readonly heat?: boolean; readonly metadata?: MetadataValues },
  ): Promise<StudioPrediction>;
  /** Whether `close` was called: that is why what waited has failed. */
  readonly closed: boolean;
  /** Ends the thread and gives its memory back; what waits fails. */
  close(): void;
}

/** A model's file in a thread of its own, looked into and not opened yet. */
export interface LoadedPrediction extends LoadedFile {
  /** Looks again, with what the reader says. */
  inspect(said: SaidOfModel): Promise<FoundInFile>;
  /** Opens it. @throws LesionlabError where it can't be used; it can be tried again */
  open(device: 'auto' | Device, said: SaidOfModel): Promise<Prediction>;
}

/**
 * Loads a model's file in a worker of its own.
 * @param model its name is for messages @param signal ends the worker, whether it still loads or predicts
 * @throws LesionlabError where it is no model
 */
export async function startPrediction(model: ModelFiles, signal: AbortSignal): Promise<LoadedPrediction> {
  const calls = new WorkerCalls<PredictFunctions>(
    new Worker(new URL('./predictWorker.ts', import.meta.url), { type: 'module', name: 'predict' }),
  );
  let closed = false;
  const close = () => {
    closed = true;
    calls.close();
  };
  signal.addEventListener('abort', close);
  const opened = (known: OpenedModel): Prediction => ({
    model: known,
    predict: (image, { heat = false, metadata = {} } = {}) =>
      calls.call('predict', { image, heat, metadata }, { transfer: [image.buffer as ArrayBuffer] }),
    get closed() {
      return closed;
    },
    close,
  });
  try {
    const file = await calls.call('load', model);
    return {
      ...file,
      inspect: (said) => calls.call('inspect', said),
      open: async (device, said) => opened(await calls.call('open', { device, said })),
    };
  } catch (error) {
    close();
    throw error;
  }
}
