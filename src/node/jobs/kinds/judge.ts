import { runFolderPaths } from '../../run/runFolder.js';
import { judgeStep } from '../../steps/judge.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const judge: JobRunner<'judge'> = {
  async run(context, { data, settings }, { folder, overwrite, begun }) {
    const { imageTypes, allowMissing, ...rest } = settings;
    const dataOptions = imageTypes || allowMissing !== undefined ? { imageTypes, allowMissing } : undefined;
    // It is made in one go: what an earlier try left is made anew.
    await judgeStep(context, { ...rest, dataOptions, truth: data![0], run: folder, overwrite: overwrite || begun });
  },
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).evaluation('test').predictions,
};
