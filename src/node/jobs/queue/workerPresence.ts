import type { Redis } from 'ioredis';
import { z } from 'zod';
import { queuePrefix, workerKey } from './jobRequest.js';

const presence = z.object({
  name: z.string(),
  lesionlab: z.string(),
  /** Jobs at once. */
  beside: z.int(),
  since: z.string(),
});
/** What a worker says of itself. */
export type WorkerPresence = z.infer<typeof presence>;

/** Milliseconds between two signs of life, and how long one is believed. */
const interval = 5_000;
const lasts = 20_000;

/** Says again and again that a worker is there. @returns ends it, and takes the word back */
export function announceWorker(client: Redis, worker: WorkerPresence): () => Promise<void> {
  const say = () => void client.set(workerKey(worker.name), JSON.stringify(worker), 'PX', lasts).catch(() => {});
  say();
  const timer = setInterval(say, interval);
  timer.unref();
  return async () => {
    clearInterval(timer);
    // Where the server is away, the word is forgotten by itself.
    if (client.status === 'ready') await client.del(workerKey(worker.name)).catch(() => {});
  };
}

/** Workers that are there now. */
export async function listWorkers(client: Redis): Promise<WorkerPresence[]> {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await client.scan(cursor, 'MATCH', `${queuePrefix}:worker:*`, 'COUNT', 500);
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== '0');
  if (keys.size === 0) return [];
  const texts = await client.mget([...keys]);
  return texts.flatMap((text) => {
    const read = presence.safeParse(text === null ? undefined : JSON.parse(text));
    return read.success ? [read.data] : [];
  });
}
