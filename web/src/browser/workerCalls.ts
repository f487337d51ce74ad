import { LesionlabError, runError } from '../../../src/errors.js';
import { type PostedError, postError, receiveError } from '../../../src/postedError.js';
import type { Progress } from '../../../src/progress.js';
import { lacksMemory } from '../../../src/runtime/runtimeErrors.js';

/** What a worker's function hears and tells while it works. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Anything else that the caller wants to know before the end. */
  post(event: unknown): void;
}

/** How far a task is; null once it is over. */
export type ProgressReport = { readonly label: string; readonly done: number; readonly total?: number } | null;

/** Functions of a worker by name: one argument, and the context of the call. */
// biome-ignore lint/suspicious/noExplicitAny: each function has its own argument
export type WorkerFunctions = Record<string, (argument: any, context: CallContext) => unknown>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (report: ProgressReport) => void;
  readonly onEvent?: (event: never) => void;
  readonly transfer?: Transferable[];
}

type Request =
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly argument: unknown }
  | { readonly type: 'cancel'; readonly id: number };

type Answer = { readonly id: number } & (
  | { readonly type: 'progress'; readonly report: ProgressReport }
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'error'; readonly error: PostedError }
);

/** A result some of whose memory is given away instead of copied. */
export class Transferred<T> {
  constructor(
    readonly result: T,
    readonly transfer: Transferable[],
  ) {}
}

/** What to give away with an array: its memory, unless workers share that. */
export const ownedMemory = ({ buffer }: Uint8Array): ArrayBuffer[] => (buffer instanceof ArrayBuffer ? [buffer] : []);

/** What a caller of a worker's function gets. */
export type CallResult<F extends (...values: never[]) => unknown> =
  Awaited<ReturnType<F>> extends Transferred<infer T> ? T : Awaited<ReturnType<F>>;

const millisecondsBetweenReports = 80;

/** Lets a page call functions of this worker; several calls may be under way at a time. */
export function serveCalls(functions: WorkerFunctions): void {
  const running = new Map<number, AbortController>();
  const answer = (message: Answer, transfer: Transferable[] = []) => self.postMessage(message, { transfer });
  self.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
    const { id } = data;
    if (data.type === 'cancel') {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const progress = postedProgress((report) => answer({ type: 'progress', id, report }));
      const post = (event: unknown) => answer({ type: 'event', id, event });
      const given = await functions[data.name](data.argument, { signal: controller.signal, progress, post });
      if (given instanceof Transferred) answer({ type: 'result', id, result: given.result }, given.transfer);
      else answer({ type: 'result', id, result: given });
    } catch (error) {
      answer({ type: 'error', id, error: postError(explainLackOfMemory(error)) });
    } finally {
      running.delete(id);
    }
  });
}

function postedProgress(post: (report: ProgressReport) => void): Progress {
  return {
    start(label, total) {
      let last = 0;
      post({ label, done: 0, total });
      return {
        update(done) {
          const now = performance.now();
          if (now - last < millisecondsBetweenReports && done !== total) return;
          last = now;
          post({ label, done, total });
        },
        end: () => post(null),
      };
    },
    note: () => {},
  };
}

/** Calls functions of a worker. */
export class WorkerCalls<F extends WorkerFunctions> {
  #next = 0;
  #failure: Error | undefined;
  readonly #calls = new Map<
    number,
    { options: CallOptions; resolve(result: unknown): void; reject(error: Error): void }
  >();

  constructor(readonly worker: Worker) {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#hear(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      const why = event.message || 'it could not be started, or ran out of memory';
      this.#fail(
        Object.assign(new Error(`A part of the page that computes has stopped: ${why}.`), {
          hint: 'Load the page again. If it happens again, close other tabs and programs: the browser may lack memory.',
        }),
      );
    });
  }

  call<N extends keyof F & string>(
    name: N,
    argument: Parameters<F[N]>[0],
    options: CallOptions = {},
  ): Promise<CallResult<F[N]>> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    const { signal, transfer = [] } = options;
    const cancel = () => this.worker.postMessage({ type: 'cancel', id } satisfies Request);
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { options, resolve: resolve as (result: unknown) => void, reject });
      this.worker.postMessage({ type: 'call', id, name, argument } satisfies Request, transfer);
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** Whether the worker has ended or could not be started; calls fail from then on. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Ends the worker; calls under way fail. */
  close(): void {
    this.worker.terminate();
    this.#fail(new Error('The worker was closed.'));
  }

  #hear(answer: Answer): void {
    const call = this.#calls.get(answer.id);
    if (!call) return;
    if (answer.type === 'progress') call.options.onProgress?.(answer.report);
    else if (answer.type === 'event') call.options.onEvent?.(answer.event as never);
    else {
      this.#calls.delete(answer.id);
      if (answer.type === 'result') call.resolve(answer.result);
      else call.reject(receiveError(answer.error));
    }
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

/** What ran out of memory, in words for people; other errors as they are. The runtime of WebAssembly throws numbers and texts, too. */
function explainLackOfMemory(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LesionlabError || !lacksMemory(message)) return error;
  return runError('no-memory', 'The browser has not enough memory for this.', {
    hint: 'Close other tabs and programs and try again, or take smaller images, fewer of them, or a smaller model.',
    details: [message],
  });
}
