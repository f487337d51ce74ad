/** Learning rates over a training, each a function of the share of all steps that is done. */
export interface ScheduleOptions {
  readonly schedule: 'constant' | 'cosine' | 'one-cycle';
  /** Highest learning rate. */
  readonly learningRate: number;
  /** Share of the steps in which it rises. */
  readonly warmUp: number;
}

const cosine = (from: number, to: number, share: number) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/**
 * Learning rate of a step.
 * constant: always the highest. cosine: rises linearly, then falls to 0 along half a cosine (Loshchilov and Hutter 2017).
 * one-cycle: rises from 1/25 and falls towards 1/250,000 of the highest along cosines (Smith and Topin 2019). It peaks at step
 * `warmUp * steps` and would end at step `steps`, one after the last; PyTorch's OneCycleLR peaks at step
 * `pct_start * total_steps - 1` and ends at its last. They are equal with `total_steps = steps + 1` and
 * `pct_start = (warmUp * steps + 1) / (steps + 1)`. PyTorch also cycles the momentum unless told not to; here it is constant.
 * @param step from 0 @param steps in all
 */
export function learningRateAt(
  step: number,
  steps: number,
  { schedule, learningRate, warmUp }: ScheduleOptions,
): number {
  const warmUpSteps = warmUp * steps;
  const done = (step - warmUpSteps) / Math.max(1, steps - warmUpSteps);
  if (schedule === 'constant')
    return step < warmUpSteps ? (learningRate * (step + 1)) / (warmUpSteps + 1) : learningRate;
  if (schedule === 'cosine') {
    return step < warmUpSteps ? (learningRate * (step + 1)) / (warmUpSteps + 1) : cosine(learningRate, 0, done);
  }
  const lowest = learningRate / 25;
  if (step < warmUpSteps) return cosine(lowest, learningRate, step / warmUpSteps);
  return cosine(learningRate, lowest / 1e4, done);
}
