import type { WorkEstimate, WorkFiles, WorkState } from '../../../src/jobs/work.js';
import { askServer, requireOk } from '../browser/askServer.js';
import type { WrittenPlan } from './workPlans.js';

const tokenKey = 'lesionlab-work';

/**
 * Takes the token out of the address that the terminal printed, so that it is neither seen nor copied with it. It stays in this browser, and is of no use once
 * the server has ended.
 */
export function takeToken(): void {
  const url = new URL(location.href);
  const token = url.searchParams.get('work');
  if (token === null) return;
  localStorage.setItem(tokenKey, token);
  url.searchParams.delete('work');
  history.replaceState(null, '', url);
}

/** Requests to the studio's server that start, follow and stop work. All throw an error for people. */
export const workServer = {
  state: () => getJson<WorkState>(''),
  /** @param path as plans name it @param endings of the files that are asked for; all where undefined */
  files: (path: string, endings?: readonly string[]) =>
    getJson<WorkFiles>(`/files?${new URLSearchParams({ path, ...(endings && { endings: endings.join(',') }) })}`),
  estimate: async (plan: WrittenPlan, signal: AbortSignal) =>
    (await (await post('/estimate', { plan }, signal)).json()) as WorkEstimate,
  /** @returns the name of its folder: another one where that is taken */
  start: async (name: string, plan: WrittenPlan) =>
    ((await (await post('/plans', { name, plan, numbered: true })).json()) as { name: string }).name,
  resume: (name: string) => post(`/plans/${encodeURIComponent(name)}/resume`),
  stop: (name: string) => post(`/plans/${encodeURIComponent(name)}/stop`),
  remove: (name: string) => post(`/plans/${encodeURIComponent(name)}/remove`),
  /** The table of answers that a job has written. */
  table: async (name: string, id: string) =>
    await (await ask(`/plans/${encodeURIComponent(name)}/tables/${encodeURIComponent(id)}`)).text(),
};

async function ask(path: string, rest: Parameters<typeof askServer>[2] = {}, headers = {}): Promise<Response> {
  const token = localStorage.getItem(tokenKey) ?? '';
  const answer = await askServer(`api/work${path}`, { 'x-lesionlab-token': token, ...headers }, rest);
  await requireOk(answer);
  return answer;
}

const post = (path: string, body: unknown = {}, signal?: AbortSignal) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), signal }, { 'content-type': 'application/json' });

const getJson = async <T>(path: string): Promise<T> => (await (await ask(path)).json()) as T;
