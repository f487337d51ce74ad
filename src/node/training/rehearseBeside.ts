import type { Dataset } from '../../data/dataset.js';
import type { Progress } from '../../progress.js';
import { forecastSteps, forecastTraining } from '../../training/estimateTraining.js';
import type { TrainEvent } from '../../training/events.js';
import type { Recipe } from '../../training/recipe/config.js';
import type { Turnstile } from '../machine/turnstile.js';
import { describeRun, tellDuration } from './estimateRun.js';
import type { TrainThread } from './trainThread.js';

/** After its first record a training's steps are as fast as they will be. */
const warmingMilliseconds = 500;

/** Finds out how long a training will take while its images are read. */
export interface Rehearsal {
  /** The images are there: nothing is begun any more, and what has begun is waited for. */
  end(): Promise<void>;
  /** Where images were there before the network was: tells how long it will take by the first steps themselves. */
  hear(event: TrainEvent): void;
}

/**
 * Says what a run will do at once, and how long it will take as soon as its thread has the network open: the images that are read beside wait at the
 * turnstile while it takes a few steps. What keeps it from them stops the images, too.
 */
export function rehearseBeside(
  progress: Pick<Progress, 'note'>,
  recipe: Recipe,
  dataset: Pick<Dataset, 'info' | 'records'>,
  thread: Pick<TrainThread, 'opened' | 'rehearse'>,
  turnstile: Turnstile,
): Rehearsal {
  const images = dataset.records.length;
  describeRun(progress, recipe, dataset, { steps: forecastSteps(recipe, images), featureBytes: 0 });
  let isOver = false;
  let hasBegun = false;
  let records = 0;
  let firstRecord = 0;
  let isTold = false;
  const tell = (seconds: number) => {
    isTold = true;
    tellDuration(progress, recipe, seconds);
  };
  const running = Promise.allSettled([thread.opened]).then(async () => {
    if (isOver) return;
    hasBegun = true;
    const times = await turnstile.alone(async () => {
      await thread.opened;
      return await thread.rehearse();
    });
    tell(forecastTraining(recipe, { images }, times).seconds);
  });
  running.catch(() => {}); // whoever passes the turnstile hears of it
  return {
    async end() {
      isOver = true;
      if (hasBegun) await running;
    },
    hear(event) {
      if (event.type !== 'step' || isTold) return;
      records += 1;
      if (records === 1) firstRecord = Date.now();
      // The first has in it what a training's beginning costs, and small steps are slow at first: the forecast's median is of others by then. Soon
      // after it there is something left to tell of, or it is a short one.
      const isWarm = records >= 3 && Date.now() - firstRecord >= warmingMilliseconds;
      if (isWarm && event.secondsLeft !== null && event.record.step <= event.steps / 10) tell(event.secondsLeft);
    },
  };
}
