import type { JobOf } from '../../../jobs/plan.js';
import { runFolderPaths } from '../../run/runFolder.js';
import { evaluateStep, readTestEvaluation } from '../../steps/evaluate.js';
import { jobFolderOf } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const evaluate: JobRunner<'evaluate'> = {
  async run(context, job, { folder }) {
    const { imageTypes, allowMissing, name, source: _, ...settings } = job.settings;
    if (await isEvaluated(job, folder)) return;
    await evaluateStep(context, {
      ...settings,
      run: folder,
      ...(job.data && { data: job.data[0], name: evaluationOf(job) }),
      ...((imageTypes || allowMissing !== undefined) && { dataOptions: { imageTypes, allowMissing } }),
    });
  },
  resultFile: (job, { folder }) => runFolderPaths(jobFolderOf(folder, job)).evaluation(evaluationOf(job)).predictions,
};

/** What an evaluation's results are called in the run's folder. */
export const evaluationOf = ({ id, data, settings }: JobOf<'evaluate'>): string =>
  data ? (settings.name ?? id) : (settings.split ?? 'test');

/** A look at the test split counts: where one has all that is asked for, no other is taken. */
async function isEvaluated({ data, settings }: JobOf<'evaluate'>, folder: string): Promise<boolean> {
  const { split = 'test', checkpoint = 'best', scoresOnly = false, resamples = 2000 } = settings;
  if (data || split !== 'test' || checkpoint !== 'best') return false;
  const found = (await readTestEvaluation(runFolderPaths(folder)))?.evaluation;
  if (!found) return false;
  return scoresOnly || (found.outOfDistribution !== null && (found.intervals !== null) === resamples > 0);
}
