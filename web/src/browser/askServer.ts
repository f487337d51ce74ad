import { readerError } from '../runs/runSource.js';

/** Asks the studio's server. @throws an error for people where it doesn't answer */
export async function askServer(
  path: string,
  headers: Record<string, string> = {},
  rest: Pick<RequestInit, 'method' | 'body' | 'signal'> = {},
): Promise<Response> {
  try {
    return await fetch(path, { headers, ...rest });
  } catch (cause) {
    if (rest.signal?.aborted) throw cause;
    throw Object.assign(
      readerError(
        'The studio’s server does not answer any more.',
        'Start it again: lesionlab studio. Then load this page anew.',
      ),
      { cause },
    );
  }
}

/** @throws what the server says is wrong */
export async function requireOk(answer: Response): Promise<void> {
  if (answer.ok) return;
  const { error } = await answer.json().catch(() => ({ error: { message: `The server answered ${answer.status}.` } }));
  throw Object.assign(readerError(error.message, error.hint, error.details), { code: error.code });
}
