import { join } from 'node:path';
import { removeWhole } from '../../files/writeFile.js';
import { ablationFiles } from '../../run/ablationFiles.js';
import { compareChoicesStep } from '../../steps/compareChoices.js';
import type { JobRunner } from './jobRunner.js';

export const compareChoices: JobRunner<'compare-choices'> = {
  async run(context, { settings }, { opened }) {
    const { baseline, choices, ...options } = settings;
    const runsOf = (ids: readonly string[]) =>
      ids.map((id) => join(opened.named, opened.plan.jobs.find((job) => job.id === id)!.run));
    await compareChoicesStep(context, {
      ...options,
      out: opened.named,
      baseline: runsOf(baseline),
      choices: choices.map(({ id, trainings }) => ({ id, runs: runsOf(trainings) })),
    });
  },
  resultFile: (_, { folder }) => ablationFiles(folder)[0],
  async removeEarlier(_, { folder }) {
    for (const file of ablationFiles(folder)) await removeWhole(file);
  },
};
