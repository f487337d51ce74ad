import { runFolderPaths } from '../../run/runFolder.js';
import { reportStep } from '../../steps/report.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const report: JobRunner<'report'> = {
  async run(context, { settings: { data } }, { folder }) {
    await reportStep(context, folder, { data });
  },
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).report,
};
