import { useEffect, useState } from 'react';
import type { ComputeDevice } from '../../../../src/browser/computeDevice.js';
import type { Recipe } from '../../../../src/training/recipe/config.js';
import type { NetworkJob } from '../../training/studioNetwork.js';
import { startTrainWorker } from '../../training/trainingSession.js';

/** Milliseconds without a change before anything is measured. */
const patience = 700;

/** Seconds that a training will take, measured in a worker; undefined while that is under way, null where it can't be told. */
export function useEstimate(
  recipe: Recipe | undefined,
  images: number,
  classCount: number,
  device: ComputeDevice | undefined,
  network: NetworkJob | undefined,
): number | null | undefined {
  const [seconds, setSeconds] = useState<number | null>();
  const key = recipe && device ? JSON.stringify([recipe, images, classCount, device]) : undefined;
  useEffect(() => {
    let gone = false;
    setSeconds(key === undefined ? null : undefined);
    if (key === undefined) return;
    const [recipe, images, classCount, device] = JSON.parse(key) as [Recipe, number, number, ComputeDevice];
    // Its own worker: a measurement that nobody waits for any more ends at once, and no training waits for it.
    let worker: ReturnType<typeof startTrainWorker> | undefined;
    const timer = setTimeout(async () => {
      worker = startTrainWorker();
      const found = await worker.call('estimate', { recipe, images, classCount, device, network }).catch(() => null);
      worker.close();
      if (!gone) setSeconds(found === null ? null : found.seconds);
    }, patience);
    return () => {
      gone = true;
      clearTimeout(timer);
      worker?.close();
    };
  }, [key, network]);
  return seconds;
}
