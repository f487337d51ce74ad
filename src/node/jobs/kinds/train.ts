import type { PlannedJob } from '../../../jobs/plan.js';
import { teacherJob } from '../../../jobs/teacherJob.js';
import { silentProgress } from '../../../progress.js';
import { chooseWeightsFile } from '../../download/imagenetWeights.js';
import { runFolderPaths } from '../../run/runFolder.js';
import { trainRun } from '../../steps/run.js';
import { chooseRecipe } from '../../training/openRecipe.js';
import type { RunOptions } from '../../training/planRun.js';
import { requireWeights } from '../../training/requireWeights.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const train: JobRunner<'train'> = {
  async run(context, job, { opened, folder, overwrite, onReplace }) {
    const { data, settings } = job;
    const { recipe, split, imageTypes, allowMissing, weights, overrides, network, teacher, ...rest } = settings;
    const taughtBy = teacherJob(job);
    const taught = opened.plan.jobs.find(({ id }) => id === taughtBy);
    await trainRun(context, {
      ...rest,
      teacher: taught
        ? { source: jobFolderOf(opened.folder, taught) }
        : teacher && 'source' in teacher
          ? teacher
          : undefined,
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
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).bestCheckpoint,
};

/** @throws LesionlabError kind `usage` where a training needs weights that nobody gives, or that are not here */
export async function requireWeightsOf(job: PlannedJob): Promise<void> {
  if (job.kind !== 'train') return;
  const { preset, recipe, member, overrides, network, weights } = job.settings;
  const given = {
    preset,
    member,
    recipe: openedRecipe(recipe),
    overrides: overrides as never,
    network: network as never,
  };
  const { recipe: chosen } = await chooseRecipe(given, silentProgress);
  requireWeights(chosen, chooseWeightsFile(weights, chosen.model));
}

/** A recipe as it stands in a plan has no lines that messages could name. */
export function openedRecipe(recipe: unknown): RunOptions['recipe'] {
  if (typeof recipe !== 'object' || recipe === null || !('changes' in recipe)) return recipe as RunOptions['recipe'];
  return { ...(recipe as { name: string; changes: object; sha256?: string }), lines: new Map() };
}
