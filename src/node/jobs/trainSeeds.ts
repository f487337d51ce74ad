import { join } from 'node:path';
import { requireInteger } from '../../checks.js';
import type { JobStatus } from '../../jobs/jobStatus.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { epochLine } from '../../report/files/trainingLines.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { readJsonLines } from '../files/jsonLines.js';
import type { StepContext } from '../machine/stepContext.js';
import { runFolderPaths } from '../run/runFolder.js';
import type { RunOptions } from '../training/planRun.js';
import type { OpenedPlan } from './openedPlan.js';
import { readStatus } from './readStatus.js';
import { runMadePlan } from './runPlan.js';
import { type PlanPlace, planOfCommand, planTraining } from './trainingJobs.js';

/** What is trained with several seeds; the rest as for `trainRun`. */
export interface TrainSeedsOptions extends Omit<RunOptions, 'run' | 'onReplace'>, PlanPlace {
  /** Folder for the runs. */
  readonly out: string;
  /** How many seeds, the context's and those that follow it. */
  readonly seeds: number;
}

/** How each seed did on validation. */
export interface TrainSeedsResult {
  readonly jobs: readonly JobStatus[];
  readonly runs: readonly {
    readonly run: string;
    readonly seed: number;
    readonly epochs: number;
    readonly bestEpoch: number;
    /** In [0, 1], of the best epoch. */
    readonly validationBalancedAccuracy: number;
  }[];
}

/** The plan of one training with several seeds on one split, of which nothing is run. */
export async function planSeeds(context: StepContext, options: TrainSeedsOptions): Promise<OpenedPlan> {
  const { out, seeds, resume, seedGiven, threadsGiven, on: _on, beside: _beside, ...training } = options;
  requireInteger('seeds', seeds, { min: 2, max: 1000 });
  // One split for all of them: it is what the seeds are compared on, and averaged.
  const splitSeed = training.splitSeed ?? context.seed;
  const unasked = training.splitSeed === undefined && !seedGiven ? ['splitSeed'] : [];
  const common = await planTraining(context, { ...training, splitSeed });
  const jobs = Array.from({ length: seeds }, (_, i): PlannedJob => {
    const seed = context.seed + i;
    const id = `seed-${seed}`;
    return { ...common, id, run: id, seed };
  });
  return await planOfCommand(out, 'train --seeds', jobs, { resume, seedGiven, threadsGiven, unasked });
}

/**
 * Trains one network with several seeds on one split, as a plan: `ensembleStep` puts them together.
 * @throws LesionlabError as `trainRun` does
 */
export async function trainSeedsStep(context: StepContext, options: TrainSeedsOptions): Promise<TrainSeedsResult> {
  const { out, on, beside, resume, overwrite } = options;
  const opened = await planSeeds(context, options);
  await runMadePlan(context, opened, { on, beside, resume, overwrite, command: 'train' });
  const runs: TrainSeedsResult['runs'][number][] = [];
  for (const { run: name, seed } of opened.plan.jobs) {
    const run = join(out, name);
    const epochs = await readJsonLines(runFolderPaths(run).metrics, epochLine);
    const best = findBestEpoch(epochs);
    const { epoch: bestEpoch = 0, validationBalancedAccuracy = 0 } = best ?? {};
    runs.push({ run, seed, epochs: epochs.length, bestEpoch, validationBalancedAccuracy });
  }
  return { jobs: await readStatus(opened), runs };
}
