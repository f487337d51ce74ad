import { usageError } from '../errors.js';
import type { Weights } from '../nn/index.js';
import type { ParameterArray, ParameterStore } from './parameterStore.js';

/** Changes all parameters by their gradients. */
export interface Optimizer {
  /** @param step steps done before this one @param learningRate of this step */
  update(step: number, learningRate: number): void;
  /** State by name, for resuming. */
  readonly state: Readonly<Record<string, ParameterArray>>;
}

export interface OptimizerOptions {
  readonly kind: 'adam' | 'adamw' | 'sgd';
  /**
   * Decoupled weight decay, for adamw only: each step multiplies the parameters by 1 - learningRate * weightDecay. 0 for the
   * others, whose weight decay in PyTorch is another thing: it adds to the gradient.
   */
  readonly weightDecay: number;
}

/** Arrays of state that each optimizer takes from the store. */
export const optimizerStateArrays = { adam: 2, adamw: 2, sgd: 1 } as const;

/**
 * PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8; SGD with momentum 0.9.
 * @throws LesionlabError kind `usage` for weight decay with another optimizer than adamw
 */
export function makeOptimizer(store: ParameterStore, { kind, weightDecay }: OptimizerOptions): Optimizer {
  if (weightDecay > 0 && kind !== 'adamw')
    throw usageError('weight-decay', `The optimizer ${kind} takes no weight decay; it was asked for ${weightDecay}`, {
      hint: 'Choose adamw, whose weight decay is apart from the gradient, or set the weight decay to 0.',
    });
  return kind === 'sgd' ? makeSgd(store) : makeAdam(store, weightDecay);
}

function makeAdam(store: ParameterStore, weightDecay: number): Optimizer {
  const first = store.takeArray();
  const second = store.takeArray();
  const { kernels, parameters, gradients, byteLength } = store;
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  return {
    state: { firstMoments: first, secondMoments: second },
    update(step, learningRate) {
      const t = step + 1;
      kernels.adam(
        parameters.offset,
        first.offset,
        second.offset,
        gradients.offset,
        parameters.offset + byteLength,
        learningRate / (1 - beta1 ** t),
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        1 / Math.sqrt(1 - beta2 ** t),
        epsilon,
        1 - learningRate * weightDecay,
      );
    },
  };
}

function makeSgd(store: ParameterStore): Optimizer {
  const buffer = store.takeArray();
  const { kernels, parameters, gradients, byteLength } = store;
  return {
    state: { momentum: buffer },
    update(_step, learningRate) {
      kernels.sgd(
        parameters.offset,
        buffer.offset,
        gradients.offset,
        parameters.offset + byteLength,
        learningRate,
        0.9,
        1,
      );
    },
  };
}

/** Exponential moving average of the parameters, after each step. */
export class WeightAverage {
  readonly array: ParameterArray;

  constructor(
    readonly store: ParameterStore,
    readonly decay: number,
  ) {
    this.array = store.takeArray();
  }

  /**
   * The decay starts low and rises to its final value, (1 + t) / (10 + t), so that the first steps' weights are
   * forgotten soon.
   */
  update(step: number): void {
    const decay = Math.min(this.decay, (1 + step) / (10 + step));
    const { kernels, parameters, byteLength } = this.store;
    kernels.average(this.array.offset, parameters.offset, this.array.offset + byteLength, decay, 1 - decay);
  }

  begin(weights: Weights): void {
    this.store.write(this.array, weights);
  }
}
