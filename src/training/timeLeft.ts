import { median } from '../data/median.js';

/** Forecasts how long a training goes on, from its steps and validations so far. */
export interface TimeLeft {
  /** @param seconds that `steps` steps took together */
  addSteps(seconds: number, steps: number): void;
  addValidation(seconds: number): void;
  /** Seconds that are left; null before the first steps are known. Validations count from the first one on. */
  forecast(left: { readonly steps: number; readonly validations: number }): number | null;
}

/** Records of steps that a forecast looks back on: a machine's speed changes with what else it does. */
const recentRecords = 20;

/** A forecast by medians: a pause, or a moment in which the machine did something else, does not count. */
export function makeTimeLeft(): TimeLeft {
  const perStep: number[] = [];
  const perValidation: number[] = [];
  return {
    addSteps(seconds, steps) {
      perStep.push(seconds / steps);
      if (perStep.length > recentRecords) perStep.shift();
    },
    addValidation(seconds) {
      perValidation.push(seconds);
    },
    forecast({ steps, validations }) {
      if (perStep.length === 0) return null;
      const validation = perValidation.length === 0 ? 0 : median(perValidation);
      return steps * median(perStep) + validations * validation;
    },
  };
}
