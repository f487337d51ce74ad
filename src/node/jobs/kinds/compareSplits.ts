import { join } from 'node:path';
import { removeWhole } from '../../files/writeFile.js';
import { compareSplitsStep, leakFiles } from '../../steps/compareSplits.js';
import type { JobRunner } from './jobRunner.js';

export const compareSplits: JobRunner<'compare-splits'> = {
  async run(context, { settings }, { opened }) {
    const runOf = (id: string) => join(opened.named, opened.plan.jobs.find((job) => job.id === id)!.run);
    await compareSplitsStep(context, {
      out: opened.named,
      byImage: runOf(settings.byImage),
      byLesion: runOf(settings.byLesion),
    });
  },
  resultFile: (_, { folder }) => leakFiles(folder)[0],
  async removeEarlier(_, { folder }) {
    for (const file of leakFiles(folder)) await removeWhole(file);
  },
};
