import { receiveError } from '../../postedError.js';
import type { TrainEvent } from '../../training/events.js';
import type { StepContext } from '../machine/stepContext.js';
import { writeTrainingCurves } from '../run/trainingCurves.js';
import type { TrainJob, TrainMessage } from './trainJob.js';
import { trainProgress } from './trainProgress.js';
import type { TrainThread } from './trainThread.js';

/** How a training ended. */
export type Outcome = Extract<TrainEvent, { type: 'done' | 'stopped' }>;

/**
 * Trains in a thread of its own; settles when that has ended, so that the files are closed and the progress bar is gone.
 * @param drawOnce is done beside the training, which doesn't wait for it
 */
export async function runInThread(
  ctx: StepContext,
  thread: TrainThread,
  job: TrainJob,
  drawOnce: () => Promise<void>,
): Promise<Outcome> {
  const show = trainProgress(ctx.progress, job.recipe.training.epochs);
  const stop = () => Atomics.store(job.stopFlag, 0, 1);
  if (ctx.signal.aborted) stop();
  ctx.signal.addEventListener('abort', stop, { once: true });
  let outcome: Outcome | undefined;
  let failure: Error | undefined;
  // What can't go on here ends the training after the step at hand, saved.
  const fail = (error: unknown) => {
    failure ??= error as Error;
    stop();
  };
  let drawing: Promise<void> | undefined;
  const draw = () => {
    drawing ??= drawOnce().catch(fail);
    return drawing;
  };
  let curves = Promise.resolve();
  let drawnAt = Number.NEGATIVE_INFINITY;
  const hear = (message: TrainMessage) => {
    if (message.type === 'error') {
      failure = receiveError(message.error);
      return;
    }
    if (message.type === 'note') {
      ctx.progress.note(message.text);
      return;
    }
    if (message.type !== 'event') return;
    const { event } = message;
    show(event);
    try {
      // An error is the caller's own, who gets it back.
      if (!failure) ctx.onEvent?.(event, job.runFolder);
    } catch (error) {
      fail(error);
    }
    // Not before the first step, which it would only keep waiting.
    if (event.type !== 'start') draw();
    if (event.type === 'done' || event.type === 'stopped') outcome = event;
    // Curves follow the training: now and then, since drawing takes time from it; a drawing that fails must not end it.
    if (event.type === 'epoch' && performance.now() - drawnAt > millisecondsBetweenCurves) {
      drawnAt = performance.now();
      curves = curves.then(() => writeTrainingCurves(job.runFolder)).then(noop, noop);
    }
  };
  let code: number | undefined;
  try {
    code = await thread.run(job, hear);
  } catch (error) {
    failure = error as Error;
  }
  ctx.signal.removeEventListener('abort', stop);
  show({ type: 'done', reason: 'all-epochs', epoch: 0, bestEpoch: 0 });
  if (!failure) await draw();
  await Promise.all([drawing, curves]);
  if (outcome && !failure) return outcome;
  throw failure ?? new Error(`The training thread ended early (exit code ${code}).`);
}

const noop = () => {};
const millisecondsBetweenCurves = 10_000;
