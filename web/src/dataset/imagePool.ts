import { type CallResult, WorkerCalls } from '../browser/workerCalls.js';
import type { ImageFunctions } from './imageWorker.js';

/** Workers that decode and paint images, one a core; the one with the least to do gets the next image. */
export class ImagePool {
  readonly size: number;
  /** Images to have under way at a time: the browser decodes in threads of its own, and answers late when they are busy. */
  readonly inFlight: number;
  readonly #workers: { readonly calls: WorkerCalls<ImageFunctions>; busy: number }[];

  constructor(size = Math.max(1, Math.min(8, navigator.hardwareConcurrency || 1))) {
    this.size = size;
    this.inFlight = size * 6;
    this.#workers = Array.from({ length: size }, () => ({
      calls: new WorkerCalls<ImageFunctions>(
        new Worker(new URL('./imageWorker.ts', import.meta.url), { type: 'module', name: 'images' }),
      ),
      busy: 0,
    }));
  }

  async run<N extends keyof ImageFunctions & string>(
    name: N,
    argument: Parameters<ImageFunctions[N]>[0],
    transfer: Transferable[] = [],
  ): Promise<CallResult<ImageFunctions[N]>> {
    const worker = this.#workers.reduce((least, other) => (other.busy < least.busy ? other : least));
    worker.busy++;
    try {
      return await worker.calls.call(name, argument, { transfer });
    } finally {
      worker.busy--;
    }
  }

  close(): void {
    for (const { calls } of this.#workers) calls.close();
  }
}
