import { requireInteger, requireNumber, requireOneOf } from '../../checks.js';
import { type ParameterGroups, planParameterRuns } from './parameterRuns.js';
import type { ParameterArray, ParameterStore } from './parameterStore.js';

/** Changes all parameters by their gradients. */
export interface Optimizer {
  /** @param step steps done before this one @param learningRate of this step */
  update(step: number, learningRate: number): void;
  /** State by name, for resuming. */
  readonly state: Readonly<Record<string, ParameterArray>>;
}

/** Which optimizer, and what it does besides following gradients. */
export interface OptimizerOptions extends ParameterGroups {
  readonly kind: 'adam' | 'adamw' | 'sgd';
  /**
   * For adamw decoupled: each step multiplies the parameters by 1 - learningRate * weightDecay. For adam and sgd PyTorch's L2
   * form: weightDecay times the parameters is added to their gradients.
   */
  readonly weightDecay: number;
  /** Highest Euclidean norm of all gradients together; longer ones are shortened to it. 0 or left out for no limit. */
  readonly gradientClipping?: number;
}

/** Arrays of state that each optimizer takes from the store. */
export const optimizerStateArrays = { adam: 2, adamw: 2, sgd: 1 } as const;

/** PyTorch's defaults. */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
export const sgdMomentum = 0.9;

/**
 * PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8; SGD with momentum 0.9.
 * @throws LesionlabError kind `usage` for another kind, or numbers out of their ranges
 */
export function makeOptimizer(store: ParameterStore, options: OptimizerOptions): Optimizer {
  requireOneOf('optimizer', options.kind, Object.keys(optimizerStateArrays) as OptimizerOptions['kind'][]);
  requireNumber('weightDecay', options.weightDecay, { min: 0 });
  requireNumber('gradientClipping', options.gradientClipping ?? 0, { min: 0 });
  const { state, update } = options.kind === 'sgd' ? makeSgd(store, options) : makeAdam(store, options);
  return {
    state,
    update(step, learningRate) {
      requireInteger('step', step, { min: 0 });
      requireNumber('learningRate', learningRate, { min: 0 });
      update(step, learningRate);
    },
  };
}

function makeAdam(store: ParameterStore, options: OptimizerOptions): Optimizer {
  const { kind, weightDecay } = options;
  const first = store.takeArray();
  const second = store.takeArray();
  const runs = planParameterRuns(store, options);
  const { kernels, parameters, gradients } = store;
  const { beta1, beta2, epsilon } = adamConstants;
  return {
    state: { firstMoments: first, secondMoments: second },
    update(step, learningRate) {
      const t = step + 1;
      const gradientScale = clipCoefficient(store, options);
      for (const { start, end, factor, decays } of runs) {
        const rate = learningRate * factor;
        const decay = decays ? weightDecay : 0;
        kernels.adam(
          parameters.offset + start,
          first.offset + start,
          second.offset + start,
          gradients.offset + start,
          parameters.offset + end,
          rate / (1 - beta1 ** t),
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          1 / Math.sqrt(1 - beta2 ** t),
          epsilon,
          kind === 'adamw' ? 1 - rate * decay : 1,
          gradientScale,
          kind === 'adamw' ? 0 : decay,
        );
      }
    },
  };
}

function makeSgd(store: ParameterStore, options: OptimizerOptions): Optimizer {
  const buffer = store.takeArray();
  const runs = planParameterRuns(store, options);
  const { kernels, parameters, gradients } = store;
  return {
    state: { momentum: buffer },
    update(_step, learningRate) {
      const gradientScale = clipCoefficient(store, options);
      for (const { start, end, factor, decays } of runs) {
        kernels.sgd(
          parameters.offset + start,
          buffer.offset + start,
          gradients.offset + start,
          parameters.offset + end,
          learningRate * factor,
          sgdMomentum,
          gradientScale,
          decays ? options.weightDecay : 0,
        );
      }
    },
  };
}

/**
 * What the gradients are multiplied by, as torch.nn.utils.clip_grad_norm_ has it (Pascanu et al. 2013): at most 1. The optimizers
 * do that in passing, so that clipping costs one reading of the gradients.
 */
function clipCoefficient({ kernels, gradients, byteLength }: ParameterStore, options: OptimizerOptions): number {
  const { gradientClipping = 0 } = options;
  if (gradientClipping === 0) return 1;
  // Between parameters lie zeros, which add nothing.
  const norm = Math.sqrt(kernels.sumOfSquares(gradients.offset, gradients.offset + byteLength));
  return Math.min(1, gradientClipping / (norm + 1e-6));
}

/** Average of the parameters after each step: exponentially moving, or of all steps from one on, each alike. */
export class WeightAverage {
  readonly array: ParameterArray;

  constructor(
    readonly store: ParameterStore,
    readonly decay: number,
  ) {
    requireNumber('weightAveraging', decay, { min: 0, below: 1 });
    this.array = store.takeArray();
  }

  /**
   * The decay starts low and rises to its final value, (1 + t) / (10 + t), so that the first steps' weights are
   * forgotten soon. @param tail first step of those that are averaged alike, in place of the moving average; before it the average is the weights themselves
   */
  decayAt(step: number, tail?: number): number {
    if (tail === undefined) return Math.min(this.decay, (1 + step) / (10 + step));
    requireInteger('tail', tail, { min: 0 });
    const since = Math.max(0, step - tail);
    return since / (since + 1);
  }

  /** Takes in the parameters after a step. @param tail as `decayAt` */
  update(step: number, tail?: number): void {
    requireInteger('step', step, { min: 0 });
    const decay = this.decayAt(step, tail);
    const { kernels, parameters, byteLength } = this.store;
    kernels.average(this.array.offset, parameters.offset, this.array.offset + byteLength, decay, 1 - decay);
  }

  /** Begins anew, with the parameters as they are. */
  begin(): void {
    this.array.all.set(this.store.parameters.all);
  }
}
