import { usageError } from '../../../errors.js';

/** Where a queue is. */
export interface QueueAddress {
  /** With the password, for connecting alone. */
  readonly url: string;
  /** Without it, for people. */
  readonly shown: string;
  /** Whether anybody gave a password. */
  readonly hasPassword: boolean;
  /** Store for results, where machines share no folder, as `s3://bucket/prefix`. */
  readonly results?: string;
}

/** Where a password may stand, so that it is in no list of processes. */
export const passwordVariable = 'LESIONLAB_REDIS_PASSWORD';

const protocols: Readonly<Record<string, string>> = {
  'redis:': 'redis:',
  'rediss:': 'rediss:',
  'valkey:': 'redis:',
  'valkeys:': 'rediss:',
};

/** Whether an address is that of a queue. */
export const isQueueAddress = (text: string): boolean => /^(redis|valkey)s?:/i.test(text);

/**
 * Reads `redis://user:password@host:port/database`; `rediss://` is encrypted, `valkey://` the same as `redis://`. A password that the address lacks is taken
 * from `LESIONLAB_REDIS_PASSWORD`. Behind it, `?results=s3://bucket/prefix` names a store for results.
 * @throws LesionlabError kind `usage` where it is none
 */
export function parseQueueAddress(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): QueueAddress {
  const hint = 'Expected redis://host:port, rediss:// for an encrypted connection, /1 behind it for database 1.';
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw usageError('bad-queue-address', 'That is no address of a Redis or Valkey server.', { hint });
  }
  const protocol = protocols[parsed.protocol];
  // The text itself is not repeated: a password may stand in it.
  if (protocol === undefined || parsed.hostname === '')
    throw usageError(
      'bad-queue-address',
      `${parsed.protocol}// without a known kind or a host is no address of a queue.`,
      { hint },
    );
  if (!/^\/?\d{0,5}$/.test(parsed.pathname))
    throw usageError('bad-queue-address', `${parsed.pathname} is no number of a database.`, { hint });
  const url = new URL(`${protocol}//${parsed.host}${parsed.pathname}`);
  url.username = parsed.username;
  url.password = parsed.password || encodeURIComponent(environment[passwordVariable] ?? '');
  const shown = `${protocol}//${parsed.hostname}:${parsed.port || 6379}${parsed.pathname === '/' ? '' : parsed.pathname}`;
  const results = parsed.searchParams.get('results') ?? undefined;
  return { url: url.href, shown, hasPassword: url.password !== '', ...(results !== undefined && { results }) };
}
