import { foldRatios } from '../../data/groups/splitRule.js';
import { usageError } from '../../errors.js';
import { foldJobs } from '../../jobs/foldJobs.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { readJson } from '../files/readJson.js';
import type { StepContext } from '../machine/stepContext.js';
import { type CrossValidation, crossValidationFile, poolFiles } from '../steps/poolFolds.js';
import type { RunOptions } from '../training/planRun.js';
import type { OpenedPlan } from './openedPlan.js';
import { runMadePlan } from './runPlan.js';
import { type PlanPlace, planOfCommand, planTraining } from './trainingJobs.js';

/** What is cross-validated; the rest as for `trainRun`. */
export interface CrossValidateStepOptions
  extends Omit<RunOptions, 'run' | 'splitRule' | 'ratios' | 'onReplace'>,
    PlanPlace {
  /** Folder for the folds' runs and the pooled results. */
  readonly out: string;
  /** At least 3: one fold tests, one validates, the others train. Default 5. */
  readonly folds?: number;
  /** Bootstrap resamples behind the pooled intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
}

/** Results of the folds, and where they were written. */
export interface CrossValidateStepResult extends CrossValidation {
  /** Files written beside the runs. */
  readonly files: readonly string[];
}

/**
 * k-fold cross-validation by lesion: trains one network a fold, tests each on its fold, and scores all predictions together, so that
 * every image of the dataset is a test image once. It is a plan, whose jobs run beside each other where there is room; what is done is not done again on resuming.
 * @throws LesionlabError kind `usage` for fewer than 3 folds; as `trainRun` and `evaluateStep` do
 */
export async function crossValidateStep(
  context: StepContext,
  options: CrossValidateStepOptions,
): Promise<CrossValidateStepResult> {
  const { out, on, beside, resume, overwrite } = options;
  const opened = await planFolds(context, options);
  await runMadePlan(context, opened, { on, beside, resume, overwrite, command: 'cross-validate' });
  const files = poolFiles(out);
  return { ...(await readJson(files[0], crossValidationFile)), files };
}

/** The plan of a cross-validation, of which nothing is run. @throws LesionlabError kind `usage` for fewer than 3 folds */
export async function planFolds(context: StepContext, options: CrossValidateStepOptions): Promise<OpenedPlan> {
  const { folds = 5, out, resamples, resume, seedGiven, threadsGiven, on: _on, beside: _beside, ...training } = options;
  if (!Number.isInteger(folds) || folds < 3)
    throw usageError('bad-folds', `Expected a whole number of folds from 3, found ${folds}.`, {
      hint: 'One fold tests, one validates, the others train; five is usual.',
    });
  const common = await planTraining(context, { ...training, ratios: foldRatios(folds) });
  const { seed, threads, device } = common;
  const jobs = foldJobs(folds, resamples).map((job) => {
    const shared = job.kind === 'train' ? common : { seed, threads, device };
    return {
      ...shared,
      ...job,
      settings: { ...(job.kind === 'train' && common.settings), ...job.settings },
    } as PlannedJob;
  });
  return await planOfCommand(out, 'cross-validate', jobs, { resume, seedGiven, threadsGiven });
}
