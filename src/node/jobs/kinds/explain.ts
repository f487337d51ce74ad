import { runFolderPaths } from '../../run/runFolder.js';
import { explainStep } from '../../steps/explain.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const explain: JobRunner<'explain'> = {
  async run(context, { settings: { checkpoint } }, { folder }) {
    await explainStep(context, { checkpoint, run: folder });
  },
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).explanationsJson,
};
