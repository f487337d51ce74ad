import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { freeWhenEnded } from '../files/decodingMemory.js';

/**
 * Where the compiled file of a worker lies, for example `workerUrl('dataset/prepareWorker')`. Worker threads run JavaScript only: where
 * the calling code itself runs from `src` (under Vitest), the worker comes from `dist`.
 * @throws Error where the project isn't built
 */
export function workerUrl(name: string): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  const url = new URL(fromSource ? `../../../dist/node/${name}.js` : `../${name}.js`, import.meta.url);
  if (!existsSync(url)) throw new Error(`${fileURLToPath(url)} is missing: run "npm run build" first.`);
  return url;
}

/** Starts a worker thread with data of its own. */
export function startWorker(url: URL, workerData: unknown): Worker {
  // Threads take over the process's arguments, and refuse those of `node --input-type=module -e "..."`.
  const fromText = process.execArgv.some((argument) => argument.startsWith('--input-type'));
  const worker = new Worker(url, { workerData, ...(fromText ? { execArgv: [] } : {}) });
  freeWhenEnded(worker);
  return worker;
}
