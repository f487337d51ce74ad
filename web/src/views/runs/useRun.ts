import { useMemo } from 'react';
import type { SplitsSummary } from '../../../../src/data/splitsCsv.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import type { AnyConfig } from '../../../../src/training/ensembleConfig.js';
import type { EpochRecord, StepRecord } from '../../../../src/training/events.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { pollMilliseconds } from '../../runs/pollMilliseconds.js';
import { parseJson, parseJsonLines, type RunText } from '../../runs/runSource.js';
import { sourceOf } from '../../runs/runSources.js';

/** A run's training as its files have it now. */
export interface RunNow {
  readonly summary: RunSummary;
  readonly config: AnyConfig;
  readonly splits: SplitsSummary | null;
  readonly epochs: readonly EpochRecord[];
  readonly steps: readonly StepRecord[];
}

/**
 * Reads a run, and again every two seconds while it is trained; later every ten, since it may be evaluated. Files that have not changed
 * are not sent again. The last state stays when reading fails once, with the error beside it.
 */
export function useRun(id: string): { readonly run?: RunNow; readonly error?: unknown } {
  const read = useMemo(() => makeReader(id), [id]);
  const { value: run, error } = useLoaded(id, read, ({ summary }) =>
    sourceOf(id).live ? pollMilliseconds[summary.state === 'training' ? 'training' : 'over'] : null,
  );
  return { run, error };
}

/** A function that reads a run, keeping what has not changed. */
function makeReader(id: string): () => Promise<RunNow> {
  const source = sourceOf(id);
  const texts = new Map<string, RunText | null>();
  const values = new Map<string, unknown>();
  async function load<T>(path: string, parse: (text: string) => T): Promise<T | null> {
    const known = texts.get(path);
    const file = await source.read(id, path, known);
    if (!file) return null;
    if (file !== known) {
      texts.set(path, file);
      values.set(path, parse(file.text));
    }
    return values.get(path) as T;
  }
  return async () => {
    const [summary, config, splits, epochs, steps] = await Promise.all([
      source.summary(id),
      load('config.json', (text) => parseJson<AnyConfig>(text, 'config.json')),
      load('splits.json', (text) => parseJson<SplitsSummary>(text, 'splits.json')),
      load('metrics.jsonl', parseJsonLines<EpochRecord>),
      load('steps.jsonl', parseJsonLines<StepRecord>),
    ]);
    return { summary, config: config!, splits, epochs: epochs ?? [], steps: steps ?? [] };
  };
}
