import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { type LesionlabError, runError } from '../../../errors.js';
import { type FoundLease, readLeaseNow } from './leaseFile.js';

const key = 'lesionlab: held folders';

/** Tokens by folder; a worker has those that were held when it was started. */
const held = new Map<string, string>(
  isMainThread ? [] : Object.entries((getEnvironmentData(key) as Record<string, string> | undefined) ?? {}),
);

function share(): void {
  if (isMainThread) setEnvironmentData(key, Object.fromEntries(held));
}

const namesOf = (folder: string): readonly string[] => [...new Set([resolve(folder), realpathSync(folder)])];

/** From now on this process writes into the folder, its workers too. @returns ends it */
export function markHeld(folder: string, token: string): () => void {
  const names = namesOf(folder);
  for (const name of names) held.set(name, token);
  share();
  return () => {
    for (const name of names) if (held.get(name) === token) held.delete(name);
    share();
  };
}

/** The nearest folder above a path that this process holds. */
export function heldFolderOf(path: string): { readonly folder: string; readonly token: string } | undefined {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const token = held.get(folder);
    if (token !== undefined) return { folder, token };
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Looks whether a file may be written: in a folder that this process holds, the lease must still be its own. To be called right before the step that
 * others see: a process that was suspended while another took its folder writes nothing more.
 * @throws LesionlabError kind `run` where another process has the folder
 */
export function checkLease(path: string): void {
  const own = heldFolderOf(path);
  if (own === undefined) return;
  const found = readLeaseNow(own.folder);
  if (found?.token !== own.token) throw takenOver(own.folder, found);
}

/** The refusal to go on writing. */
export function takenOver(folder: string, by: FoundLease | undefined): LesionlabError {
  const who = by ? `${describeHolder(by)} has taken it over` : 'its lease is gone';
  return runError('run-taken-over', `${folder} is not this process's any more: ${who}. Nothing more is written.`, {
    hint: 'This process had not been heard of for a minute: it, or the connection to its disk, had stopped. Nothing that it had saved is lost; the other process went on from it.',
  });
}

/** `"train" (process 17 on ward-3, since 2026-01-01 12:00:00)`. */
export function describeHolder({ command, pid, host, since }: FoundLease): string {
  if (pid === undefined) return 'an unknown process';
  const when = since === undefined ? '' : `, since ${since.slice(0, 19).replace('T', ' ')} UTC`;
  return `"${command}" (process ${pid} on ${host}${when})`;
}
