import { runFolderPaths } from '../../run/runFolder.js';
import { reportStep } from '../../steps/report.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const report: JobRunner<'report'> = {
  async run(context, _, { folder }) {
    await reportStep(context, folder);
  },
  resultFile: ({ run }, { folder }) => runFolderPaths(jobFolderOf(folder, run)).report,
};
