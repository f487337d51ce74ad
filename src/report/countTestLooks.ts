import type { TestLooks } from './reportInput.js';

/** What of a line of evaluation/test/log.jsonl is counted; earlier versions wrote less. */
export interface TestLookEntry {
  readonly checkpoint?: string;
  readonly epoch?: number | null;
  readonly sha256?: string;
  /** What looked, where it was no evaluation. */
  readonly by?: string;
}

/** How often the test split was looked at, by the lines of its log. */
export function countTestLooks(entries: readonly TestLookEntry[]): TestLooks {
  // The latest results are of an evaluation.
  const last = entries.findLast(({ by }) => by === undefined);
  return {
    times: entries.length,
    weights: new Set(entries.map(({ sha256 }) => sha256)).size,
    checkpoint: last?.checkpoint ?? null,
    epoch: last?.epoch ?? null,
    sha256: last?.sha256 ?? null,
  };
}
