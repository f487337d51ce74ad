import { z } from 'zod';
import { describeProblem } from './describeProblem.js';
import type { OpenedModel, PredictedImage, PredictMessage, PredictReply } from './messages.js';
import { openPredictor, type Predictor } from './openPredictor.js';

// The page's policy forbids code that is made at run time.
z.config({ jitless: true });

let predictor: Promise<Predictor> | undefined;

async function act(message: PredictMessage): Promise<OpenedModel | PredictedImage> {
  if (message.kind === 'open') {
    predictor = openPredictor(message.name, message.bytes, message.device);
    return (await predictor).model;
  }
  if (!predictor) throw new Error('No model was opened.');
  return (await predictor).predict(message.image, message);
}

const post = (reply: PredictReply) => postMessage(reply);

// One thing at a time: the runtime takes no second image while it computes.
let queue: Promise<unknown> = Promise.resolve();
addEventListener('message', ({ data: message }: MessageEvent<PredictMessage>) => {
  queue = queue
    .then(() => act(message))
    .then(
      (result) => post({ id: message.id, result }),
      (error) => post({ id: message.id, problem: describeProblem(error) }),
    );
});
