import type { RunText } from './runSource.js';
import { sourceOf } from './runSources.js';

/** Reads a file of a run and parses it; null where the run has none. */
export type ReadRunFile = <T>(path: string, parse: (text: string, path: string) => T) => Promise<T | null>;

/** A reader that fetches and parses anew only what has changed since: an unchanged file is the same object again. */
export function readChangedFiles(id: string): ReadRunFile {
  const source = sourceOf(id);
  const texts = new Map<string, RunText | null>();
  const values = new Map<string, unknown>();
  return async <T>(path: string, parse: (text: string, path: string) => T) => {
    const known = texts.get(path);
    const file = await source.read(id, path, known);
    if (!file) return null;
    if (file !== known) {
      values.set(path, parse(file.text, path));
      texts.set(path, file);
    }
    return values.get(path) as T;
  };
}
