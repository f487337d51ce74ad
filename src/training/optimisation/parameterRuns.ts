import { requireNumber } from '../../checks.js';
import type { Shape } from '../../graph/index.js';
import type { ParameterStore } from './parameterStore.js';

/** How parameters are told apart when they are updated. */
export interface ParameterGroups {
  /** What the learning rate is multiplied by, by the parameter's name. Default 1 for all. */
  readonly learningRateFactor?: (name: string) => number;
  /** Whether weight decay is for this parameter. Default all. */
  readonly decays?: (name: string, shape: Shape) => boolean;
}

/** Neighbouring parameters that are updated alike. */
export interface ParameterRun {
  /** Bytes from the beginning of each of the store's arrays, multiples of 16. */
  readonly start: number;
  readonly end: number;
  readonly factor: number;
  readonly decays: boolean;
}

/**
 * Cuts a store's arrays into runs of parameters with the same learning rate and decay: an update is one pass over the arrays
 * whatever the groups, with one kernel call a run.
 */
export function planParameterRuns(store: ParameterStore, groups: ParameterGroups = {}): ParameterRun[] {
  const { learningRateFactor = () => 1, decays = () => true } = groups;
  const { offset, views } = store.parameters;
  const entries = Object.entries(views)
    .map(([name, { data, shape }]) => ({ name, shape, start: data.byteOffset - offset }))
    .sort((a, b) => a.start - b.start);
  const runs: ParameterRun[] = [];
  entries.forEach(({ name, shape, start }, i) => {
    const end = entries[i + 1]?.start ?? store.byteLength;
    const factor = requireNumber(`learningRateFactor of ${name}`, learningRateFactor(name), { min: 0 });
    const run = { start, end, factor, decays: decays(name, shape) };
    const last = runs.at(-1);
    if (last && last.factor === run.factor && last.decays === run.decays) runs[runs.length - 1] = { ...last, end };
    else runs.push(run);
  });
  return runs;
}

/** Weight decay as it is usual: filters and matrices decay, biases and the scales of batch norms don't. */
export const decaysOnlyWeights = (_name: string, shape: Shape): boolean => shape.length >= 2;
