import { runFolderPaths } from '../../run/runFolder.js';
import { exportStep } from '../../steps/export.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const exportModel: JobRunner<'export'> = {
  async run(context, { settings }, { folder }) {
    await exportStep(context, { ...settings, run: folder });
  },
  resultFile: ({ run }, { folder }) => runFolderPaths(jobFolderOf(folder, run)).model,
};
