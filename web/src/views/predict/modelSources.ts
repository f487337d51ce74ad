import type { PostedProblem } from '../../predictWorker/messages.js';

/** Where a model comes from. */
export type ModelSource =
  | { readonly kind: 'example' }
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'file'; readonly file: File };

/** A run of the local server, as far as this view needs to know it. */
export interface LocalRun {
  readonly id: string;
  readonly model: string;
  readonly data: { readonly synthetic: boolean };
  readonly epochs: { readonly best: number | null };
}

/** Runs that have a model; none where the page comes from a host without the local server. */
export async function listRuns(signal: AbortSignal): Promise<readonly LocalRun[]> {
  const server = await fetchJson<{ readonly runs?: string }>('./api/studio', signal);
  if (server?.runs === undefined) return [];
  const list = await fetchJson<{ readonly runs: readonly LocalRun[] }>('./api/runs', signal);
  return (list?.runs ?? []).filter(({ epochs }) => epochs.best !== null);
}

/** Undefined where the host has none there: one that knows only files may answer with a page. */
async function fetchJson<T>(address: string, signal: AbortSignal): Promise<T | undefined> {
  try {
    const answer = await fetch(address, { signal });
    return answer.ok ? ((await answer.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

/** The ONNX file of a source. Throws a `PostedProblem` where it can't be had. */
export async function loadModel(
  source: ModelSource,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if (source.kind === 'file') return { name: source.file.name, bytes: await readFile(source.file) };
  const [name, address] =
    source.kind === 'example'
      ? ['the example model', './example/model.onnx']
      : [`the model of run ${source.id}`, `./api/runs/${encodeURIComponent(source.id)}/model`];
  const answer = await fetch(address, { signal }).catch((cause: Error): never => {
    if (signal.aborted) throw cause;
    throw { message: `Cannot fetch ${name}: the host of this page does not answer.`, hint: lostHint };
  });
  if (!answer.ok) throw await describeRefusal(answer, name);
  return { name, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

const lostHint = 'Check that `lesionlab studio` still runs, and load the page again.';

async function describeRefusal(answer: Response, name: string): Promise<PostedProblem> {
  const found = await answer.json().catch(() => null);
  return found?.error ?? { message: `Cannot fetch ${name}: the host answers ${answer.status}.`, hint: lostHint };
}

/** A chosen file's bytes. Throws a `PostedProblem` where it is gone, or too large for the browser's memory. */
export async function readFile(file: Blob & { readonly name?: string }): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw {
      message: `Cannot read ${file.name ?? 'the image'}: ${(cause as Error).message}`,
      hint: 'It may have been moved or changed since it was chosen, or be too large. Choose it again.',
    } satisfies PostedProblem;
  }
}
