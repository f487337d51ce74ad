import { useLoaded } from './useLoaded.js';

/** The studio's server on this machine. */
export interface LocalServer {
  /** Of lesionlab. */
  readonly version: string;
  /** Folder of runs that it shows. */
  readonly runs: string;
  /** Whether it lets its page start work. */
  readonly work: boolean;
}

let asked: Promise<LocalServer | null> | undefined;

/** Whether `lesionlab studio` serves this page; null on any other host, where everything but the list of local runs works. Asked once. */
export function findLocalServer(): Promise<LocalServer | null> {
  asked ??= ask();
  return asked;
}

async function ask(): Promise<LocalServer | null> {
  try {
    const answer = await fetch('./api/studio', { headers: { Accept: 'application/json' } });
    if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return null;
    const { version, runs, work } = (await answer.json()) as Partial<LocalServer>;
    return typeof version === 'string' ? { version, runs: runs ?? '', work: work ?? false } : null;
  } catch {
    return null;
  }
}

/** Whether the server of this page lets it start work; false until that is known. */
export const useWorkOffered = (): boolean => useLoaded('server', findLocalServer).value?.work ?? false;
