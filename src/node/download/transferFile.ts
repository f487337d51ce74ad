import { setTimeout as pause } from 'node:timers/promises';
import { dataError, LesionlabError } from '../../errors.js';
import { formatBytes } from '../machine/formatQuantity.js';
import {
  type Answer,
  connectionError,
  downloadInterrupted,
  type HttpClient,
  isTransient,
  isTransientStatus,
} from './httpClient.js';
import { type Origin, PartFile } from './partFile.js';
import type { RemoteFile } from './source.js';

/** How patient a download is. */
export interface Patience {
  /** Tries in a row that bring nothing new before it gives up. Default: 6. */
  readonly tries?: number;
  /** Seconds before the second try, doubled before each further one up to 60. Default: 1. */
  readonly firstPause?: number;
  /** Seconds in which at least 1 KiB has to come. Default: 30. */
  readonly stallSeconds?: number;
}

export interface TransferOptions extends Patience {
  readonly client: HttpClient;
  readonly signal: AbortSignal;
  /** Hears how many bytes are there. */
  readonly onBytes: (bytes: number) => void;
  /** Hears why it waits before another try. */
  readonly onRetry: (why: string, seconds: number) => void;
}

const longestPause = 60;
const leastBytes = 1024;

/**
 * Brings a file to `<target>.part`, going on where an earlier try ended, and tries again where the connection drops, stalls or is refused for the moment.
 * @returns the part, closed: whole by the server's account, with contents that nobody has checked yet
 * @throws LesionlabError kind `data` where no server has it, or none gives it whole; kind `run` where it can't be written; kind `interrupted`
 */
export async function transferFile(file: RemoteFile, target: string, options: TransferOptions): Promise<PartFile> {
  const { tries = 6, firstPause = 1, signal } = options;
  const part = await PartFile.open(target);
  try {
    let home = 0;
    let failures = 0;
    let furthest = part.bytes;
    while (true) {
      const url = file.urls[home];
      const outcome = await tryOnce(file, url, part, options);
      if (outcome === 'whole') break;
      if (signal.aborted) throw downloadInterrupted();
      if (outcome.gone && home + 1 < file.urls.length) {
        home++;
        continue;
      }
      // What brings nothing new counts, so that a server that drops every connection late still ends in a whole file.
      if (part.bytes > furthest) failures = 0;
      furthest = Math.max(furthest, part.bytes);
      if (outcome.final || ++failures >= tries) throw outcome.error;
      const seconds = outcome.waitSeconds ?? Math.min(longestPause, firstPause * 2 ** (failures - 1));
      options.onRetry(outcome.error.message, seconds);
      await pause(seconds * 1000, undefined, { signal }).catch(() => {
        throw downloadInterrupted();
      });
    }
    await part.close();
    return part;
  } catch (error) {
    // A part without anything in it is nothing to go on from.
    if (part.bytes === 0) await part.remove();
    else await part.close().catch(() => {});
    throw error;
  }
}

interface Failure {
  readonly error: LesionlabError;
  /** Another try would end the same. */
  readonly final?: boolean;
  /** It isn't there, though it may be elsewhere. */
  readonly gone?: boolean;
  /** As the server asks. */
  readonly waitSeconds?: number;
}

async function tryOnce(
  file: RemoteFile,
  url: string,
  part: PartFile,
  options: TransferOptions,
): Promise<'whole' | Failure> {
  let answer: Answer | undefined;
  try {
    answer = await options.client.get(url, rangeHeaders(file, url, part), options.signal);
    const refused = refusal(file, answer, part);
    if (refused === 'whole') return 'whole';
    if (refused) return refused;
    const total = await takeUp(file, url, answer, part);
    await receive(answer, part, total, options);
    if (total === undefined || part.bytes === total) return 'whole';
    return {
      error: dataError(
        'cut-off',
        `${file.name} ended after ${formatBytes(part.bytes)} of ${formatBytes(total)} from ${hostOf(url)}.`,
        { hint: 'The same command goes on where this one stopped.' },
      ),
    };
  } catch (thrown) {
    if (thrown instanceof LesionlabError) return { error: thrown, final: true };
    if (thrown instanceof Stalled) return { error: thrown.error };
    const error = connectionError(url, thrown);
    return { error, final: !isTransient(thrown), gone: isUnknownHost(thrown) };
  } finally {
    answer?.discard();
  }
}

const hostOf = (url: string) => new URL(url).host;
const isUnknownHost = (error: unknown) => (error as { code?: string }).code === 'ENOTFOUND';

/** Asks for what is missing, of the very version that the part is of. */
function rangeHeaders(file: RemoteFile, url: string, part: PartFile): Record<string, string> {
  const { origin, bytes } = part;
  if (!origin || bytes === 0) return {};
  const strong = origin.url === url && !origin.etag?.startsWith('W/') ? origin.etag : undefined;
  const version = strong ?? (origin.url === url ? origin.lastModified : undefined);
  // Without a mark of the version only a checksum will tell whether both parts fit.
  if (version === undefined && file.checksum === undefined) return {};
  return { range: `bytes=${bytes}-`, ...(version !== undefined && { 'if-range': version }) };
}

/** Why an answer can't be taken; undefined where it can. */
function refusal(file: RemoteFile, answer: Answer, part: PartFile): 'whole' | Failure | undefined {
  const { status, headers, url } = answer;
  if (status === 416) {
    const whole = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
    if (whole !== undefined && Number(whole) === part.bytes) return 'whole';
    return undefined;
  }
  if (status !== 200 && status !== 206) {
    const error = dataError('refused', `${hostOf(url)} answered ${status} when asked for ${file.name} (${url}).`, {
      hint: isTransientStatus(status)
        ? 'The server is busy or broken for the moment: try the same command later.'
        : 'The file may have moved: open the address in a browser, and put the file into the folder yourself.',
    });
    if (!isTransientStatus(status)) return { error, final: true, gone: true };
    return { error, waitSeconds: retryAfter(headers['retry-after']) };
  }
  if (/text\/html/i.test(headers['content-type'] ?? '') && !/\.html?$/.test(file.name)) {
    return {
      final: true,
      error: dataError(
        'answered-page',
        `${hostOf(url)} answered with a web page where ${file.name} should be (${url}).`,
        {
          hint: 'A login page of the network, or a change at the server, does that: open the address in a browser.',
        },
      ),
    };
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    return {
      final: true,
      error: dataError(
        'answered-encoded',
        `${hostOf(url)} answered ${file.name} in the encoding ${encoding}, which was not asked for.`,
      ),
    };
  }
  return undefined;
}

/** Seconds that a server asks to wait, at most five minutes of them. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(300, Math.max(0, seconds)) : undefined;
}

/** Makes the part ready for an answer. @returns bytes of the whole file, undefined where nobody says */
async function takeUp(file: RemoteFile, url: string, answer: Answer, part: PartFile): Promise<number | undefined> {
  const { status, headers } = answer;
  if (status === 206) {
    const [, from, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
    const known = part.origin?.bytes;
    if (Number(from) === part.bytes && (known === undefined || Number(whole) === known)) return Number(whole);
    // Another piece than was asked for, or of another file.
    await part.begin({ url });
    throw new Stalled(
      dataError('wrong-range', `${hostOf(url)} answered with another part of ${file.name} than was asked for.`),
    );
  }
  if (status === 416) {
    await part.begin({ url });
    throw new Stalled(dataError('wrong-range', `${hostOf(url)} has less of ${file.name} than is here already.`));
  }
  const length = headers['content-length'];
  const bytes = length === undefined ? undefined : Number(length);
  if (file.bytes !== undefined && bytes !== undefined && bytes !== file.bytes) {
    throw dataError('other-size', `${file.name} at ${hostOf(url)} has ${bytes} bytes; ${file.bytes} were published.`, {
      hint: 'It may have been replaced by another version: open the address in a browser, and put the file into the folder yourself.',
    });
  }
  const { etag, 'last-modified': lastModified } = headers;
  const origin: Origin = { url, etag, lastModified, bytes: bytes ?? file.bytes };
  await part.begin(origin);
  return origin.bytes;
}

/** A failure that another try may mend. */
class Stalled extends Error {
  readonly error: LesionlabError;
  constructor(error: LesionlabError) {
    super(error.message);
    this.error = error;
  }
}

/** Writes what comes, as long as enough comes. */
async function receive(
  answer: Answer,
  part: PartFile,
  total: number | undefined,
  { stallSeconds = 30, onBytes, signal }: TransferOptions,
): Promise<void> {
  let lately = 0;
  let stalled = false;
  const watch = setInterval(() => {
    if (lately < leastBytes) {
      stalled = true;
      answer.discard();
    }
    lately = 0;
  }, stallSeconds * 1000);
  try {
    for await (const chunk of answer.body) {
      if (total !== undefined && part.bytes + chunk.length > total) {
        const error = dataError(
          'too-long',
          `${hostOf(answer.url)} sends more than the ${formatBytes(total)} that it announced.`,
        );
        await part.begin({ url: answer.url });
        throw new Stalled(error);
      }
      await part.append(chunk);
      lately += chunk.length;
      onBytes(part.bytes);
    }
  } catch (error) {
    if (!stalled || signal.aborted) throw error;
  } finally {
    clearInterval(watch);
  }
  if (stalled)
    throw new Stalled(
      dataError('stalled', `Nothing came from ${hostOf(answer.url)} for ${stallSeconds} s.`, {
        hint: 'The same command goes on where this one stopped.',
      }),
    );
}
