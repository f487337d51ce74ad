import { useEffect, useState } from 'react';
import type { SplitsSummary } from '../../../../src/data/splitsCsv.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import type { AnyConfig } from '../../../../src/training/ensembleConfig.js';
import type { EpochRecord, StepRecord } from '../../../../src/training/events.js';
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

const pollMilliseconds = 2000;

/**
 * Reads a run, and again every two seconds while it is trained and the page is seen. Files that have not changed are not sent again.
 * The last state stays when reading fails once, with the error beside it.
 */
export function useRun(id: string): { readonly run?: RunNow; readonly error?: unknown } {
  const [state, setState] = useState<{ readonly run?: RunNow; readonly error?: unknown }>({});
  useEffect(() => {
    const source = sourceOf(id);
    const read = makeReader(id);
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running = source.live;
    async function refresh() {
      clearTimeout(timer);
      try {
        const run = await read();
        running = source.live && run.summary.state === 'training';
        if (!ended) setState({ run });
      } catch (error) {
        if (!ended) setState(({ run }) => ({ run, error }));
      }
      if (!ended && running && !document.hidden) timer = setTimeout(refresh, pollMilliseconds);
    }
    const onVisibility = () => {
      if (document.hidden) clearTimeout(timer);
      else if (running) refresh();
    };
    document.addEventListener('visibilitychange', onVisibility);
    refresh();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [id]);
  return state;
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
