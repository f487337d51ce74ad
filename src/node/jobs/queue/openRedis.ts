import { Redis } from 'ioredis';
import { usageError } from '../../../errors.js';
import { describeRedisError } from './describeRedisError.js';
import type { QueueAddress } from './queueAddress.js';

/** A connection to a Redis or Valkey server, which comes back by itself. */
export interface RedisConnection {
  readonly client: Redis;
  /** Whether it is broken at the moment. */
  isAway(): boolean;
  close(): void;
}

/** Milliseconds. */
const connectTimeout = 10_000;
/** A server that hasn't answered a question for so long is taken for gone, as behind a cable that was pulled. */
const silence = 30_000;

/** The oldest that has what a queue needs. */
const oldestVersion = [6, 2] as const;

/**
 * Connects to a queue's server, and makes sure that it can be used.
 * @param note hears when the connection breaks and when it is back
 * @throws LesionlabError kind `usage` or `run` that says why it can't be used
 */
export async function openRedis(address: QueueAddress, note: (text: string) => void): Promise<RedisConnection> {
  let isOpen = false;
  let isClosed = false;
  let last: Error | undefined;
  const client = new Redis(address.url, {
    lazyConnect: true,
    connectTimeout,
    socketTimeout: silence,
    keepAlive: 10_000,
    // What was asked while it was away is asked again: none of it does harm when it is done twice.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isOpen && !isClosed ? Math.min(250 * times, 5_000) : null),
  });
  let away = false;
  client.on('error', (error: Error) => {
    last = error;
  });
  client.on('close', () => {
    if (!isOpen || isClosed || away) return;
    away = true;
    const why = last ? ` (${last.message})` : '';
    note(`The queue at ${address.shown} is away${why}. Trying to reach it again; what has begun goes on.`);
  });
  client.on('ready', () => {
    if (away) note(`The queue at ${address.shown} is back.`);
    away = false;
    last = undefined;
  });
  try {
    await client.connect();
    requireVersion(address, await client.info('server'));
    isOpen = true;
  } catch (error) {
    isClosed = true;
    client.disconnect();
    const isOwn = (error as Error).name === 'LesionlabError';
    throw isOwn ? error : describeRedisError(address, last ?? error);
  }
  return {
    client,
    isAway: () => away,
    close() {
      isClosed = true;
      client.disconnect();
    },
  };
}

function requireVersion({ shown }: QueueAddress, info: string): void {
  // Valkey says which version of Redis it is like.
  const version = /^redis_version:(\S+)/m.exec(info)?.[1];
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version === undefined || major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1]))
    return;
  throw usageError('old-queue', `The Redis server at ${shown} is version ${version}.`, {
    hint: `A queue needs Redis ${oldestVersion.join('.')} or later, or Valkey.`,
  });
}
