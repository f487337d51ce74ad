import { requireDistinct, requireInteger, unexpected, Words } from '../../checks.js';
import { runError } from '../../errors.js';
import { readFilter, storeFilter } from '../../graph/blocked/filters.js';
import { storedShape } from '../../graph/blocked/layout.js';
import { elementCount, type Layout, type Shape } from '../../graph/index.js';
import type { ParameterInfo, Weights } from '../../nn/index.js';
import type { TensorLike } from '../../runtime/index.js';
import { allocateMemory, type WasmMemory } from '../../wasmModule.js';
import { compileKernels, type Kernels } from './wasmKernels.js';

/** One array over all parameters: its byte offset in the memory, and a view of each parameter's part, as the graph stores it. */
export interface ParameterArray {
  readonly offset: number;
  readonly all: Float32Array;
  readonly views: Readonly<Record<string, TensorLike & { readonly data: Float32Array }>>;
}

/**
 * All parameters, their gradients and the optimizer's state, side by side in one WebAssembly memory: graphs read and
 * write parameter by parameter, the optimizer runs over whole arrays, and nothing is ever copied between the two.
 */
export class ParameterStore {
  readonly kernels: Kernels;
  readonly parameters: ParameterArray;
  readonly gradients: ParameterArray;
  /** Bytes of one array, a multiple of 16. */
  readonly byteLength: number;
  readonly #memory: WasmMemory;
  readonly #layout: { name: string; shape: Shape; layout?: Layout; start: number; count: number }[];
  readonly #end: number;
  #next = 0;

  /** @param stateArrays how many further arrays the optimizer and weight averaging will take */
  constructor(parameters: readonly ParameterInfo[], stateArrays: number) {
    requireInteger('stateArrays', stateArrays, { min: 0 });
    requireDistinct(
      'parameters',
      parameters.map(({ name }) => name),
    );
    let start = 0;
    this.#layout = parameters.map(({ name, shape, layout }) => {
      const entry = { name, shape, layout, start, count: elementCount(storedShape(shape, layout)) };
      start += Math.ceil(entry.count / 4) * 4; // each begins at a multiple of 16 bytes
      return entry;
    });
    this.byteLength = 4 * start;
    this.#end = this.byteLength * (2 + stateArrays);
    this.#memory = allocateMemory(this.#end);
    this.kernels = compileKernels(this.#memory);
    this.parameters = this.takeArray();
    this.gradients = this.takeArray();
  }

  /** The next array of zeros. @throws LesionlabError kind `usage` where all that were asked for are taken */
  takeArray(): ParameterArray {
    const offset = this.#next;
    if (offset >= this.#end && this.byteLength > 0)
      throw unexpected('ParameterStore', 'as many arrays as were asked for', new Words('one more'));
    this.#next += this.byteLength;
    const { buffer } = this.#memory;
    const views = Object.fromEntries(
      this.#layout.map(({ name, shape, layout, start, count }) => [
        name,
        { data: new Float32Array(buffer, offset + 4 * start, count), shape: storedShape(shape, layout) },
      ]),
    );
    return { offset, all: new Float32Array(buffer, offset, this.byteLength / 4), views };
  }

  /** Copies weights into an array. @throws LesionlabError kind `run` where one is missing or doesn't fit */
  write(array: ParameterArray, weights: Weights): void {
    for (const { name, shape, layout } of this.#layout) {
      const found = weights.get(name);
      if (!found || `${found.shape}` !== `${shape}` || found.data.length !== elementCount(shape)) {
        throw runError(
          'weights-do-not-fit',
          `"${name}": expected ${elementCount(shape)} numbers of shape [${shape}], found ${found?.data.length ?? 'none'} of [${found?.shape ?? 'nothing'}]`,
        );
      }
      array.views[name].data.set(layout ? storeFilter(found.data, shape, layout) : found.data);
    }
  }

  /** A copy of an array as weights. */
  read(array: ParameterArray): Weights {
    return new Map(
      this.#layout.map(({ name, shape, layout }) => {
        const { data } = array.views[name];
        return [name, { data: layout ? readFilter(data, shape, layout) : data.slice(), shape }];
      }),
    );
  }
}
