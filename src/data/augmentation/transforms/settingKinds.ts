import { z } from 'zod';

/** How often, [0, 1]. */
export const probability = z.number().min(0).max(1);

/** ColorJitter's factor comes from [1 - x, 1 + x]. @param what is changed, for readers */
export const jitter = (what: string) =>
  z
    .number()
    .min(0)
    .default(0)
    .describe(`How much ${what} changes: with 0.1 it is multiplied by a factor from 0.9 to 1.1; 0: not at all.`);

/** A factor out of what a `jitter` allows. */
export const jitterRange = (amount: number): [number, number] => [Math.max(0, 1 - amount), 1 + amount];
