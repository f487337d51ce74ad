import { availableParallelism } from 'node:os';
import { parentPort, type TransferListItem } from 'node:worker_threads';
import { type PostedError, postError, receiveError } from '../../postedError.js';
import { asDiskError } from '../files/diskError.js';
import { startWorker } from './workerUrl.js';

interface Pending<Response> {
  resolve(response: Response): void;
  reject(error: Error): void;
}

type Reply<Response> = { id: number; response: Response } | { id: number; error: PostedError };

export interface WorkerPool<Request, Response> {
  readonly size: number;
  /**
   * Hands a request to the worker with the least to do, or to that of number `worker`.
   * @param transfer buffers that move there instead of being copied
   */
  run(request: Request, transfer?: TransferListItem[], worker?: number): Promise<Response>;
  /** Ends all workers; requests that wait are rejected. */
  close(): Promise<void>;
}

/**
 * Starts `size` threads of one worker file (see `workerUrl`), which must call `serveRequests`.
 * @param workerData given to every worker at its start
 */
export function createWorkerPool<Request, Response>(
  url: URL,
  size: number = availableParallelism(),
  workerData?: unknown,
): WorkerPool<Request, Response> {
  let nextId = 0;
  let closed = false;
  const threads = Array.from({ length: Math.max(1, size) }, () => {
    const worker = startWorker(url, workerData);
    const pending = new Map<number, Pending<Response>>();
    const thread = { worker, pending, broken: undefined as Error | undefined };
    const fail = (error: Error) => {
      thread.broken = error;
      for (const { reject } of pending.values()) reject(error);
      pending.clear();
    };
    worker.on('message', (reply: Reply<Response>) => {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if ('error' in reply) waiting?.reject(receiveError(reply.error));
      else waiting?.resolve(reply.response);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(closed ? 'The workers were stopped.' : `A worker ended (${code}).`)));
    return thread;
  });
  return {
    size: threads.length,
    run(request, transfer, index) {
      let thread = threads[index ?? 0];
      if (index === undefined)
        for (const other of threads) if (other.pending.size < thread.pending.size) thread = other;
      if (thread.broken) return Promise.reject(thread.broken);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        thread.pending.set(id, { resolve, reject });
        thread.worker.postMessage({ id, request }, transfer);
      });
    },
    async close() {
      closed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

/** The worker's side: answers every request of its pool. What `answer` throws reaches the caller. */
export function serveRequests<Request, Response>(
  answer: (request: Request) => Promise<Response> | Response,
  transferred: (response: Response) => TransferListItem[] = () => [],
): void {
  const port = parentPort;
  if (!port) throw new Error('This file runs as a worker thread only.');
  port.on('message', async ({ id, request }: { id: number; request: Request }) => {
    try {
      const response = await answer(request);
      port.postMessage({ id, response }, transferred(response));
    } catch (error) {
      port.postMessage({ id, error: postError(asDiskError(error) ?? error) });
    }
  });
}
