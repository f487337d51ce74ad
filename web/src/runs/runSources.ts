import { exampleId, exampleRuns } from './exampleRuns.js';
import { folderPrefix, folderRuns } from './folderRuns.js';
import { judgedPrefix, judgedRuns } from './judgedRuns.js';
import type { RunSource } from './runSource.js';
import { serverRuns } from './serverRuns.js';

/** Where the run with this id comes from. */
export function sourceOf(id: string): RunSource {
  if (id === exampleId) return exampleRuns;
  if (id.startsWith(judgedPrefix)) return judgedRuns;
  return id.startsWith(folderPrefix) ? folderRuns : serverRuns;
}

/** A run's name for readers. */
export function runName(id: string): string {
  if (id === exampleId) return 'Example on synthetic images';
  const prefix = [folderPrefix, judgedPrefix].find((own) => id.startsWith(own));
  return prefix ? id.slice(prefix.length) : id;
}
