import { requireInteger, requireNumber, requireOneOf } from '../../checks.js';

/** Learning rates over a training, each a function of the share of all steps that is done. */
export interface ScheduleOptions {
  readonly schedule: 'constant' | 'step' | 'cosine' | 'one-cycle';
  /** Highest learning rate. */
  readonly learningRate: number;
  /** Share of the steps in which it rises. */
  readonly warmUp: number;
  /** Of `step`: epochs after which the factor is applied once more. */
  readonly stepEpochs: number;
  readonly stepFactor: number;
}

const cosine = (from: number, to: number, share: number) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/**
 * Learning rate of a step.
 * constant: always the highest. step: multiplied by `stepFactor` after every `stepEpochs` epochs (PyTorch's StepLR). cosine: falls
 * to 0 along half a cosine (Loshchilov and Hutter 2017). These three rise linearly in the warm-up, step by step to the highest.
 * one-cycle: rises from 1/25 and falls towards 1/250,000 of the highest along cosines (Smith and Topin 2019). It peaks at step
 * `warmUp * steps` and would end at step `steps`, one after the last; PyTorch's OneCycleLR peaks at step
 * `pct_start * total_steps - 1` and ends at its last. They are equal with `total_steps = steps + 1` and
 * `pct_start = (warmUp * steps + 1) / (steps + 1)`. PyTorch also cycles the momentum unless told not to; here it is constant.
 * @param step from 0 @param steps in all @param epoch that the step is in, from 0
 * @throws LesionlabError kind `usage` for a step that isn't one of them, or options out of their ranges
 */
export function learningRateAt(step: number, steps: number, epoch: number, options: ScheduleOptions): number {
  const { schedule, learningRate, warmUp, stepEpochs, stepFactor } = options;
  requireInteger('steps', steps, { min: 1 });
  requireInteger('step', step, { min: 0, max: steps });
  requireInteger('epoch', epoch, { min: 0 });
  requireOneOf('schedule', schedule, ['constant', 'step', 'cosine', 'one-cycle']);
  requireNumber('learningRate', learningRate, { min: 0 });
  requireNumber('warmUp', warmUp, { min: 0, max: 1 });
  if (schedule === 'step') {
    requireInteger('stepEpochs', stepEpochs, { min: 1 });
    requireNumber('stepFactor', stepFactor, { above: 0 });
  }
  const warmUpSteps = warmUp * steps;
  const done = (step - warmUpSteps) / Math.max(1, steps - warmUpSteps);
  if (schedule === 'one-cycle') {
    const lowest = learningRate / 25;
    if (step < warmUpSteps) return cosine(lowest, learningRate, step / warmUpSteps);
    return cosine(learningRate, lowest / 1e4, done);
  }
  const stepped = schedule === 'step' ? learningRate * stepFactor ** Math.floor(epoch / stepEpochs) : learningRate;
  if (step < warmUpSteps) return (stepped * (step + 1)) / (warmUpSteps + 1);
  return schedule === 'cosine' ? cosine(learningRate, 0, done) : stepped;
}
