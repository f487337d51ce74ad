import { join } from 'node:path';
import { runFolderPaths } from '../../run/runFolder.js';
import { ensembleStep } from '../../steps/ensemble.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const ensemble: JobRunner<'ensemble'> = {
  async run(context, { needs, settings }, { opened, folder, overwrite, begun }) {
    const trainings = opened.plan.jobs.filter(({ id, kind }) => kind === 'train' && needs.includes(id));
    const members = trainings.map(({ run }) => join(opened.folder, run));
    // It is made in one go: what an earlier try left is made anew.
    await ensembleStep(context, { ...settings, members, run: folder, overwrite: overwrite || begun });
  },
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).config,
};
