import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { removeWhole } from '../../files/writeFile.js';
import { removeRun } from '../../run/removeRun.js';
import { runFolderPaths } from '../../run/runFolder.js';
import { poolFiles, poolFoldsStep } from '../../steps/poolFolds.js';
import type { JobRunner } from './jobRunner.js';

export const pool: JobRunner<'pool'> = {
  async run(context, { needs, settings }, { opened }) {
    const needed = opened.plan.jobs.filter(({ id, kind }) => kind === 'evaluate' && needs.includes(id));
    const runs = needed.map(({ run }) => join(opened.named, run));
    await poolFoldsStep(context, { ...settings, runs, out: opened.named });
  },
  resultFile: (_, { folder }) => poolFiles(folder)[0],
  async removeEarlier({ needs }, { folder }) {
    for (const file of poolFiles(folder)) await removeWhole(file);
    // Folds of an earlier division that had more of them.
    for (let fold = needs.length + 1; existsSync(join(folder, `fold-${fold}`)); fold++)
      await removeRun(runFolderPaths(join(folder, `fold-${fold}`)), { forget: true });
  },
};
