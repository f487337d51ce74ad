import { runFolderPaths } from '../../run/runFolder.js';
import { exportStep } from '../../steps/export.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const exportModel: JobRunner<'export'> = {
  async run(context, { settings: { checkpoint } }, { folder }) {
    await exportStep(context, { checkpoint, run: folder });
  },
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).model,
};
