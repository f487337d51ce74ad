/** The studio's server on this machine. */
export interface LocalServer {
  /** Of lesionlab. */
  readonly version: string;
  /** Folder of runs that it shows. */
  readonly runs: string;
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
    const { version, runs } = (await answer.json()) as Partial<LocalServer>;
    return typeof version === 'string' ? { version, runs: runs ?? '' } : null;
  } catch {
    return null;
  }
}
