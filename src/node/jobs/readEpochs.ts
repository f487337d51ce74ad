import { existsSync } from 'node:fs';
import type { JobStatus } from '../../jobs/jobStatus.js';
import { epochLine } from '../../report/files/trainingLines.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { hasStalled } from '../../training/optimisation/earlyStopping.js';
import { readJsonLines } from '../files/jsonLines.js';
import { readTrainedConfig, runFolderPaths } from '../run/runFolder.js';

/** How far a training is; null where there is none in the folder, or it can't be read. */
export async function readEpochs(path: string): Promise<JobStatus['progress']> {
  const folder = runFolderPaths(path);
  if (!existsSync(folder.config)) return null;
  try {
    const { recipe } = await readTrainedConfig(folder);
    const records = await readJsonLines(folder.metrics, epochLine);
    const { epochs, earlyStopping } = recipe.training;
    const done = records.length;
    const stalled = hasStalled({ epoch: done, bestEpoch: findBestEpoch(records)?.epoch ?? 0 }, earlyStopping);
    const left = stalled ? 0 : epochs - done;
    const last = records.slice(-3).map(({ seconds }) => seconds);
    const each = last.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, last.length);
    return { done, total: epochs, secondsLeft: left === 0 ? 0 : done > 0 ? left * each : null };
  } catch {
    // A folder that can't be read is told when the job is begun.
    return null;
  }
}
