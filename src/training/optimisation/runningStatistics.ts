import { runError } from '../../errors.js';
import type { BatchStatistics, Network, Weights } from '../../nn/index.js';
import type { TensorLike } from '../../runtime/index.js';

type FloatTensor = TensorLike & { readonly data: Float32Array };

export const meanOf = ({ name }: Pick<BatchStatistics, 'name'>) => `${name}.running_mean`;
export const varianceOf = ({ name }: Pick<BatchStatistics, 'name'>) => `${name}.running_var`;
const counterOf = ({ name }: Pick<BatchStatistics, 'name'>) => `${name}.num_batches_tracked`;

/** Names of the outputs of a training graph that hold a batch norm's statistics of the batch. */
export const batchOutputs = (norm: Pick<BatchStatistics, 'name'>) => ({
  mean: `batch/${meanOf(norm)}`,
  variance: `batch/${varianceOf(norm)}`,
});

/**
 * The running statistics of all batch norms of a network, kept outside its graph: running = (1 - momentum) running + momentum batch,
 * with the batch's unbiased variance, and the number of batches so far.
 */
export class RunningStatistics {
  /** Running means and variances by PyTorch's names: feeds of the training graph (it asks for the means only). */
  readonly feeds: Readonly<Record<string, FloatTensor>>;
  /** Arrays that the graph writes the batch's statistics into, by output name. */
  readonly results: Readonly<Record<string, FloatTensor>>;
  readonly #norms: readonly BatchStatistics[];
  readonly #counts = new Map<string, number>();

  constructor(network: Network) {
    this.#norms = network.statistics;
    const feeds: Record<string, FloatTensor> = {};
    const results: Record<string, FloatTensor> = {};
    for (const norm of this.#norms) {
      const { shape } = norm.mean;
      const tensor = (value: number) => ({ data: new Float32Array(shape[0]).fill(value), shape });
      feeds[meanOf(norm)] = tensor(0);
      feeds[varianceOf(norm)] = tensor(1);
      results[batchOutputs(norm).mean] = tensor(0);
      results[batchOutputs(norm).variance] = tensor(0);
    }
    this.feeds = feeds;
    this.results = results;
  }

  /** Takes in what the graph wrote into `results`. */
  update(): void {
    for (const norm of this.#norms) {
      const outputs = batchOutputs(norm);
      blend(this.feeds[meanOf(norm)].data, this.results[outputs.mean].data, norm.momentum);
      blend(this.feeds[varianceOf(norm)].data, this.results[outputs.variance].data, norm.momentum);
    }
    this.count();
  }

  /** Counts a batch whose means and variances were taken in elsewhere. */
  count(): void {
    for (const norm of this.#norms) this.#counts.set(norm.name, this.#count(norm) + 1);
  }

  /** A copy by PyTorch's names, `num_batches_tracked` included. */
  read(): Weights {
    const found = new Map<string, FloatTensor>();
    for (const norm of this.#norms) {
      for (const name of [meanOf(norm), varianceOf(norm)]) {
        found.set(name, { data: this.feeds[name].data.slice(), shape: this.feeds[name].shape });
      }
      found.set(counterOf(norm), { data: Float32Array.of(this.#count(norm)), shape: [] });
    }
    return found;
  }

  /**
   * @param weights running means and variances by PyTorch's names; counters may be left out
   * @throws LesionlabError kind `run` where one is missing or doesn't fit
   */
  write(weights: Weights): void {
    for (const norm of this.#norms) {
      for (const name of [meanOf(norm), varianceOf(norm)]) {
        const found = weights.get(name);
        const { data, shape } = this.feeds[name];
        if (!found || `${found.shape}` !== `${shape}` || found.data.length !== data.length) {
          throw runError(
            'weights-do-not-fit',
            `"${name}": expected ${data.length} numbers of shape [${shape}], found ${found?.data.length ?? 'none'} of [${found?.shape ?? 'nothing'}]`,
          );
        }
        data.set(found.data);
      }
      this.#counts.set(norm.name, weights.get(counterOf(norm))?.data[0] ?? 0);
    }
  }

  #count({ name }: BatchStatistics): number {
    return this.#counts.get(name) ?? 0;
  }
}

function blend(running: Float32Array, batch: Float32Array, momentum: number): void {
  for (let i = 0; i < running.length; i++) running[i] = (1 - momentum) * running[i] + momentum * batch[i];
}
