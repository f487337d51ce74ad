import { runFolderPaths } from '../../run/runFolder.js';
import { explainStep } from '../../steps/explain.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const explain: JobRunner<'explain'> = {
  async run(context, { settings }, { folder }) {
    await explainStep(context, { ...settings, run: folder });
  },
  resultFile: ({ run }, { folder }) => runFolderPaths(jobFolderOf(folder, run)).explanationsJson,
};
