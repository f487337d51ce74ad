import { median } from '../../data/median.js';
import { interruptedError } from '../../errors.js';

export interface MeasureOptions {
  /** Images a step. */
  readonly batchSize: number;
  /** How long to measure. */
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

export interface Measurement {
  /** Images of all steps by the time they took together. */
  readonly imagesPerSecond: number;
  /** Median time of a step. */
  readonly medianMilliseconds: number;
  /** Shortest time of a step: what other work on the machine disturbs least. */
  readonly fastestMilliseconds: number;
  readonly steps: number;
}

/** Steps before the measurement: allocations, thread start-up and the just-in-time compiler are done after these. */
const warmUpSteps = 3;

/** Takes a step again and again, and tells how fast. @throws LesionlabError kind `interrupted` */
export async function measureSteps(
  step: () => Promise<unknown>,
  { batchSize, seconds, signal }: MeasureOptions,
): Promise<Measurement> {
  const take = async () => {
    if (signal?.aborted) throw interruptedError('The measurement was interrupted.');
    await step();
  };
  for (let i = 0; i < warmUpSteps; i++) await take();
  const times: number[] = [];
  const start = performance.now();
  let now = start;
  while (times.length === 0 || now - start < 1000 * seconds) {
    await take();
    const after = performance.now();
    times.push(after - now);
    now = after;
  }
  return {
    imagesPerSecond: round((1000 * times.length * batchSize) / (now - start), 2),
    medianMilliseconds: round(median(times), 3),
    fastestMilliseconds: round(
      times.reduce((a, b) => Math.min(a, b)),
      3,
    ),
    steps: times.length,
  };
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));
