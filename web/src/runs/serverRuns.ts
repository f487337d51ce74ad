import type { RunList, RunRecords, RunSummary } from '../../../src/report/runSummary.js';
import { askServer as ask, requireOk } from '../browser/askServer.js';
import { type RunSource, type RunText, readerError } from './runSource.js';

/** Runs that `lesionlab studio` serves. */
export const serverRuns: RunSource = {
  live: true,
  list: () => getJson<RunList>('api/runs'),
  summary: (id) => getJson<RunSummary>(runUrl(id)),
  records: (id, external) => getJson<RunRecords>(`${runUrl(id)}/records${query(external)}`),
  imageUrl: (id, imageId, external) => `${runUrl(id)}/images/${encodeURIComponent(imageId)}${query(external)}`,
  fileUrl,
  pictureUrl: fileUrl,
  async read(id, path, known) {
    const answer = await ask(fileUrl(id, path), known?.tag ? { 'If-None-Match': known.tag } : {});
    if (answer.status === 304 && known) return known;
    if (answer.status === 404) {
      const { error } = await answer.json();
      if (error.code === 'no-file') return null;
      throw readerError(error.message, error.hint, error.details);
    }
    await requireOk(answer);
    return { text: await answer.text(), tag: answer.headers.get('etag') ?? undefined } satisfies RunText;
  },
};

const query = (external: string | undefined) =>
  external === undefined ? '' : `?external=${encodeURIComponent(external)}`;

const runUrl = (id: string) => `api/runs/${encodeURIComponent(id)}`;

function fileUrl(id: string, path: string): string {
  return `${runUrl(id)}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
}

async function getJson<T>(path: string): Promise<T> {
  const answer = await ask(path);
  await requireOk(answer);
  return (await answer.json()) as T;
}
