import { teacherJob } from '../../../jobs/teacherJob.js';
import { runFolderPaths } from '../../run/runFolder.js';
import { trainRun } from '../../steps/run.js';
import type { RunOptions } from '../../training/planRun.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const train: JobRunner<'train'> = {
  async run(context, job, { opened, folder, overwrite, onReplace }) {
    const { data, settings } = job;
    const { recipe, split, imageTypes, allowMissing, weights, overrides, network, ...rest } = settings;
    const taughtBy = teacherJob(job);
    const teacher = opened.plan.jobs.find(({ id }) => id === taughtBy);
    await trainRun(context, {
      ...rest,
      ...(teacher && { teacher: { source: jobFolderOf(opened.folder, teacher.run) } }),
      recipe: openedRecipe(recipe),
      // What these hold is checked where they are used.
      overrides: overrides as RunOptions['overrides'],
      network: network as RunOptions['network'],
      weightsFile: weights,
      splitRule: typeof split === 'string' ? { kind: split } : split,
      dataOptions: imageTypes || allowMissing !== undefined ? { imageTypes, allowMissing } : undefined,
      data: data!,
      run: folder,
      seedGiven: true,
      resume: !overwrite,
      overwrite,
      onReplace,
    });
  },
  resultFile: ({ run }, { folder }) => runFolderPaths(jobFolderOf(folder, run)).bestCheckpoint,
};

/** A recipe as it stands in a plan has no lines that messages could name. */
export function openedRecipe(recipe: unknown): RunOptions['recipe'] {
  if (typeof recipe !== 'object' || recipe === null || !('changes' in recipe)) return recipe as RunOptions['recipe'];
  return { ...(recipe as { name: string; changes: object; sha256?: string }), lines: new Map() };
}
