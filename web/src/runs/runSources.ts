import { exampleId, exampleRuns } from './exampleRuns.js';
import { folderPrefix, folderRuns } from './folderRuns.js';
import type { RunSource } from './runSource.js';
import { serverRuns } from './serverRuns.js';

/** Where the run with this id comes from. */
export function sourceOf(id: string): RunSource {
  if (id === exampleId) return exampleRuns;
  return id.startsWith(folderPrefix) ? folderRuns : serverRuns;
}

/** A run's name for readers. */
export function runName(id: string): string {
  if (id === exampleId) return 'Example on synthetic images';
  return id.startsWith(folderPrefix) ? id.slice(folderPrefix.length) : id;
}
