import { join } from 'node:path';
import { compareSplitsStep } from '../../steps/compareSplits.js';
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
  resultFile: (_, { folder }) => join(folder, 'leak.json'),
  planFiles: ['leak.json', 'leak.svg'],
};
