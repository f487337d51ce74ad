import { useMemo } from 'react';
import type { SplitsSummary } from '../../../../src/data/groups/splitsJson.js';
import { splitsFile } from '../../../../src/report/files/splitsFile.js';
import { epochLine, stepLine } from '../../../../src/report/files/trainingLines.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import type { EpochRecord, StepRecord } from '../../../../src/training/events.js';
import type { AnyConfig } from '../../../../src/training/recipe/ensembleConfig.js';
import { anyConfig } from '../../../../src/training/recipe/ensembleConfig.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { readChangedFiles } from '../../runs/changedFiles.js';
import { pollMilliseconds } from '../../runs/pollMilliseconds.js';
import { parseJson, parseJsonLines } from '../../runs/runSource.js';
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
  const { value: run, error } = useLoaded(id, read, (last) =>
    sourceOf(id).live ? pollMilliseconds[last?.summary.state === 'training' ? 'training' : 'over'] : null,
  );
  return { run, error };
}

function makeReader(id: string): () => Promise<RunNow> {
  const read = readChangedFiles(id);
  return async () => {
    const [summary, config, splits, epochs, steps] = await Promise.all([
      sourceOf(id).summary(id),
      read('config.json', parseJson(anyConfig)),
      read('splits.json', parseJson(splitsFile)),
      read('metrics.jsonl', parseJsonLines(epochLine)),
      read('steps.jsonl', parseJsonLines(stepLine)),
    ]);
    return { summary, config: config!, splits, epochs: epochs ?? [], steps: steps ?? [] };
  };
}
