import { join } from 'node:path';
import type { LeakDemonstration } from '../../evaluation/outside/leakDemonstration.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { leakFile } from '../../report/files/leakFile.js';
import { readJson } from '../files/readJson.js';
import type { StepContext } from '../machine/stepContext.js';
import { leakFiles } from '../steps/compareSplits.js';
import type { RunOptions } from '../training/planRun.js';
import type { OpenedPlan } from './openedPlan.js';
import { runMadePlan } from './runPlan.js';
import { type PlanPlace, planOfCommand, planTraining } from './trainingJobs.js';

/** What is trained twice; the rest as for `trainRun`. */
export interface LeakStepOptions extends Omit<RunOptions, 'run' | 'splitRule' | 'onReplace'>, PlanPlace {
  /** Folder for both runs and what they show together. */
  readonly out: string;
}

/** leak.json, with what was written. */
export interface LeakResult extends LeakDemonstration {
  /** Files and folders written. */
  readonly files: readonly string[];
}

/**
 * Trains the same network twice, with a split by image and with one by lesion, and shows how much the first flatters. The dataset, the
 * recipe and the seed are the same; only the split differs. It is a plan of two trainings.
 * @throws LesionlabError as `trainRun` and `evaluateStep` do
 */
export async function leakStep(context: StepContext, options: LeakStepOptions): Promise<LeakResult> {
  const { out, on, beside, resume, overwrite } = options;
  const opened = await planLeak(context, options);
  await runMadePlan(context, opened, { on, beside, resume, overwrite, command: 'leak' });
  const files = leakFiles(out);
  const result = await readJson(files[0], leakFile);
  return { ...result, files: [...files, join(out, runs.images), join(out, runs.lesions)] };
}

/** The plan of both trainings and their comparison, of which nothing is run. */
export async function planLeak(context: StepContext, options: LeakStepOptions): Promise<OpenedPlan> {
  const { out, resume, seedGiven, threadsGiven, on: _on, beside: _beside, ...training } = options;
  const common = await planTraining(context, training);
  const { seed, threads, device } = common;
  const jobs = (['images', 'lesions'] as const).flatMap((kind): PlannedJob[] => {
    const id = runs[kind];
    const settings = { ...common.settings, split: { kind } };
    const evaluation = { ...{ seed, threads, device }, needs: [id], settings: { scoresOnly: true } };
    return [
      { ...common, id, run: id, settings },
      { id: `${id}-evaluate`, kind: 'evaluate', run: id, ...evaluation },
    ];
  });
  jobs.push({
    id: 'compare-splits',
    kind: 'compare-splits',
    run: '.',
    ...{ seed, threads, device },
    needs: jobs.map(({ id }) => id),
    settings: { byImage: runs.images, byLesion: runs.lesions },
  });
  return await planOfCommand(out, 'leak', jobs, { resume, seedGiven, threadsGiven });
}

const runs = { images: 'by-image', lesions: 'by-lesion' } as const;
