import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../../errors.js';
import { findJobKind } from '../../jobs/kinds/registry.js';
import { holdFolder } from '../files/lease/holdFolder.js';
import { removeWhole } from '../files/writeFile.js';
import { jobFolderOf, journalFolder, type OpenedPlan, planFile } from '../jobs/openedPlan.js';
import { slurmFolder } from '../jobs/slurm/submittedArrays.js';
import { runFolderPaths } from '../run/runFolder.js';

/**
 * Removes a plan that has no results in its folder, and the folder where nothing else lies in it. What it has worked out in runs elsewhere stays there.
 * @throws LesionlabError kind `usage` where it has results; kind `run` where somebody works in its folder
 */
export async function removePlan(opened: OpenedPlan): Promise<void> {
  const { folder, named, plan } = opened;
  await holdFolder(folder, { command: 'studio' }, async () => {
    const makers = plan.jobs.filter(({ kind }) => findJobKind(kind).folder === 'makes');
    const results = [
      ...makers.map((job) => runFolderPaths(jobFolderOf(folder, job)).config),
      join(folder, 'predictions'),
    ];
    if (results.some((path) => existsSync(path)))
      throw usageError('has-results', `${named} holds results, which are not removed from here.`, {
        hint: 'They may stay where they are. Whoever does not want them deletes the folder by hand.',
      });
    await removeWhole(planFile(folder));
    for (const own of [journalFolder(folder), slurmFolder(folder)]) await removeWhole(own);
  });
  // One that holds something else stays.
  await rmdir(folder).catch(() => {});
}
