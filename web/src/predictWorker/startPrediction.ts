import type { Device } from '../../../src/runtime/runtime.js';
import type {
  OpenedModel,
  PostedProblem,
  PredictedImage,
  PredictMessage,
  PredictReply,
  PredictRequest,
  PredictResults,
} from './messages.js';

/** A model in a thread of its own. */
export interface Prediction {
  readonly model: OpenedModel;
  /** Images wait for each other. Rejects with a `PostedProblem`. */
  predict(image: Uint8Array, options?: { readonly heat?: boolean }): Promise<PredictedImage>;
  /** Ends the thread and gives its memory back; what waits is never answered. */
  close(): void;
}

/**
 * Opens a model in a worker of its own. Rejects with a `PostedProblem` where it can't be used.
 * @param name of the file, for messages @param signal ends the worker while it opens
 */
export async function startPrediction(
  name: string,
  bytes: Uint8Array,
  device: 'auto' | Device,
  signal: AbortSignal,
): Promise<Prediction> {
  const worker = new Worker(new URL('./predictWorker.ts', import.meta.url), { type: 'module', name: 'predict' });
  const waiting = new Map<number, { resolve(result: never): void; reject(problem: PostedProblem): void }>();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<PredictReply>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ('result' in data) asker?.resolve(data.result as never);
    else asker?.reject(data.problem);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const problem = {
      message: `The part of the page that computes stopped: ${event.message || 'it could not be loaded'}.`,
      hint: 'Load the page again. If it happens again, close other tabs: the browser may have run out of memory.',
    };
    for (const { reject } of waiting.values()) reject(problem);
    waiting.clear();
  });
  const ask = <K extends PredictRequest['kind']>(
    request: PredictRequest & { readonly kind: K },
    transfer: Transferable[] = [],
  ): Promise<PredictResults[K]> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...request, id } satisfies PredictMessage, transfer);
    });
  signal.addEventListener('abort', () => worker.terminate());
  try {
    const model = await ask<'open'>({ kind: 'open', name, bytes, device });
    return {
      model,
      predict: (image, { heat = false } = {}) =>
        ask<'predict'>({ kind: 'predict', image, heat }, [image.buffer as ArrayBuffer]),
      close: () => worker.terminate(),
    };
  } catch (problem) {
    worker.terminate();
    throw problem;
  }
}
