import { z } from 'zod';
import { openPredictor, type Predictor } from '../../../src/browser/openPredictor.js';
import type { OpenedModel, PredictedImage } from '../../../src/browser/predictedImage.js';
import type { Device } from '../../../src/runtime/runtime.js';
import { onnxFiles } from '../browser/onnxFiles.js';
import { serveCalls } from '../browser/workerCalls.js';

// The page's policy forbids code that is made at run time.
z.config({ jitless: true });

let predictor: Predictor | undefined;

// One thing at a time: the runtime takes no second image while it computes.
let queue: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = queue.then(work);
  queue = done.catch(() => {});
  return done;
}

interface OpenRequest {
  /** Of the file, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly device: 'auto' | Device;
}

const functions = {
  open: ({ name, bytes, device }: OpenRequest): Promise<OpenedModel> =>
    inTurn(async () => {
      predictor = await openPredictor(name, bytes, device, onnxFiles);
      return predictor.model;
    }),
  predict: ({ image, heat }: { readonly image: Uint8Array; readonly heat: boolean }): Promise<PredictedImage> =>
    inTurn(async () => {
      if (!predictor) throw new Error('No model was opened.');
      return predictor.predict(image, { heat });
    }),
};
export type PredictFunctions = typeof functions;

serveCalls(functions);
