import type { Readable } from 'node:stream';
import { EnvHttpProxyAgent, request } from 'undici';
import { dataError, interruptedError, type LesionlabError } from '../../errors.js';

/** An answer whose body is still to come. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Where it came from in the end. */
  readonly url: string;
  /** Reads no more of it. */
  discard(): void;
}

/** How long is waited for what. */
export interface ClientOptions {
  /** For a connection, and for an answer to begin. Default: 30. */
  readonly seconds?: number;
}

/** Asks servers for files. */
export interface HttpClient {
  /**
   * @throws Error of the connection, which may be gone the next time: `isTransient` tells
   * @throws LesionlabError where a server sends us to a place that we don't go to
   */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

const mostRedirections = 8;

/** A client that takes HTTP_PROXY, HTTPS_PROXY and NO_PROXY from the environment, as other programs do. */
export function openHttpClient({ seconds = 30 }: ClientOptions = {}): HttpClient {
  const milliseconds = seconds * 1000;
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: milliseconds },
    headersTimeout: milliseconds,
    // The reader looks itself at whether enough comes.
    bodyTimeout: 0,
  });
  return {
    async get(address, headers, signal) {
      let url = address;
      for (let hop = 0; hop <= mostRedirections; hop++) {
        const answer = await request(url, {
          dispatcher,
          signal,
          // A compressed answer would have other sizes and ranges than the file.
          headers: { 'user-agent': 'lesionlab', 'accept-encoding': 'identity', ...headers },
        });
        const { statusCode: status, body } = answer;
        const flat = Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
        );
        const discard = () => {
          // What is cut off reports an error that nobody needs.
          body.on('error', () => {});
          body.destroy();
        };
        if (![301, 302, 303, 307, 308].includes(status))
          return { status, headers: flat, body: everyChunk(body), url, discard };
        discard();
        url = followed(url, flat.location);
      }
      throw dataError(
        'redirected-for-ever',
        `${address} sends on to other places more than ${mostRedirections} times.`,
        {
          hint: 'A proxy or a login page between may do that: open the address in a browser.',
        },
      );
    },
    close: () => dispatcher.close(),
  };
}

const [mostWaiting, fewWaiting] = [8 << 20, 1 << 20];

/**
 * Chunks as they come, from this moment on. A stream drops what waits in it once the connection breaks; all of that is handed on here before the
 * error.
 */
function everyChunk(body: Readable): AsyncIterable<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let ended = body.closed;
  let failure: unknown;
  let wake = () => {};
  body.on('data', (chunk: Uint8Array) => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes > mostWaiting) body.pause();
    wake();
  });
  body.on('error', (error) => {
    failure = error;
  });
  body.on('close', () => {
    ended = true;
    wake();
  });
  return {
    async *[Symbol.asyncIterator]() {
      while (true) {
        for (let chunk = waiting.shift(); chunk; chunk = waiting.shift()) {
          bytes -= chunk.length;
          if (bytes < fewWaiting && !ended) body.resume();
          yield chunk;
        }
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw failure;
    },
  };
}

function followed(from: string, location: string | undefined): string {
  const next = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!next || !/^https?:$/.test(next.protocol))
    throw dataError('bad-redirection', `${from} sends on to ${location ?? 'nowhere'}, which is no web address.`);
  if (next.protocol === 'http:' && from.startsWith('https:'))
    throw dataError('bad-redirection', `${from} sends on to ${next.href}, which is not encrypted.`, {
      hint: 'A login page of the network may do that: open the address in a browser, then try again.',
    });
  return next.href;
}

/** Connections that may be there again in a moment. */
const transientCodes = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
]);

/** Whether a failed connection is worth another try. */
export const isTransient = (error: unknown): boolean => transientCodes.has(codeOf(error));

/** Whether a status says that the same request may succeed later. */
export const isTransientStatus = (status: number): boolean => [408, 425, 429, 500, 502, 503, 504].includes(status);

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown };
  return code ?? (cause ? codeOf(cause) : '');
}

/** What a connection that failed for good is told with. */
export function connectionError(url: string, cause: unknown): LesionlabError {
  const { host } = new URL(url);
  const code = codeOf(cause);
  if (/CERT|SELF_SIGNED|SSL|TLS/.test(code)) {
    return dataError('bad-certificate', `${host} could not prove who it is (${code}).`, {
      hint: 'Where the network looks into encrypted connections, name its certificate in the environment variable NODE_EXTRA_CA_CERTS.',
      cause,
    });
  }
  return dataError('no-connection', `${host} could not be reached: ${(cause as Error).message || code}`, {
    hint: 'Check the connection; where there is a proxy, name it in the environment variable HTTPS_PROXY. The same command goes on where this one stopped.',
    cause,
  });
}

/** What is said when the user ends a download. */
export const downloadInterrupted = () =>
  interruptedError('Interrupted: what was downloaded is kept.', { hint: 'The same command goes on from there.' });
