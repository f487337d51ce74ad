import { join } from 'node:path';
import { poolFoldsStep } from '../../steps/poolFolds.js';
import type { JobRunner } from './jobRunner.js';

export const pool: JobRunner<'pool'> = {
  async run(context, { needs, settings }, { opened }) {
    const needed = opened.plan.jobs.filter(({ id, kind }) => kind === 'evaluate' && needs.includes(id));
    const runs = needed.map(({ run }) => join(opened.named, run));
    await poolFoldsStep(context, { ...settings, runs, out: opened.named });
  },
  resultFile: (_, { folder }) => join(folder, 'cross-validation.json'),
  planFiles: ['cross-validation.json', 'predictions.csv'],
};
