import { formatCount } from './format.js';
import type { TestLooks } from './reportInput.js';

/** What of a line of evaluation/test/log.jsonl is counted; earlier versions wrote less. */
export interface TestLookEntry {
  readonly checkpoint?: string;
  readonly epoch?: number | null;
  readonly sha256?: string;
  /** What looked, where it was no evaluation. */
  readonly by?: string;
  /** Of a run that the folder held before. */
  readonly replaced?: boolean;
}

/** How often the test split was looked at, by the lines of its log. */
export function countTestLooks(entries: readonly TestLookEntry[]): TestLooks {
  // The latest results are of an evaluation.
  const last = entries.findLast(({ by, replaced }) => by === undefined && !replaced);
  return {
    times: entries.length,
    replaced: entries.filter(({ replaced }) => replaced).length,
    weights: new Set(entries.map(({ sha256 }) => sha256)).size,
    checkpoint: last?.checkpoint ?? null,
    epoch: last?.epoch ?? null,
    sha256: last?.sha256 ?? null,
  };
}

/** `, once by a run that was replaced since`: of which of the looks nothing else is left; empty where there are none. */
export function replacedLooks({ replaced = 0 }: Pick<TestLooks, 'replaced'>): string {
  if (replaced === 0) return '';
  return `, ${replaced === 1 ? 'once by a run that was' : `${formatCount(replaced)} times by runs that were`} replaced since`;
}
