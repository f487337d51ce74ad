import { join } from 'node:path';
import type { AblationResult } from '../../evaluation/ablation/ablationResult.js';
import type { ChoiceFigure } from '../../evaluation/ablation/choiceFigures.js';
import { type ComparedPrevalence, measureNetwork } from '../../evaluation/ablation/compareChoices.js';
import { checkPlan } from '../../jobs/checkPlan.js';
import type { JobEvent } from '../../jobs/jobEvent.js';
import type { Plan, PlannedJob } from '../../jobs/plan.js';
import { ablationFile } from '../../report/files/ablationFile.js';
import { readJson } from '../files/readJson.js';
import type { StepContext } from '../machine/stepContext.js';
import { ablationFiles } from '../run/ablationFiles.js';
import { readChoiceRun } from '../steps/compareChoices.js';
import type { RunOptions } from '../training/planRun.js';
import { openAblation } from './ablationChoices.js';
import type { OpenedPlan } from './openedPlan.js';
import { madePlan, openedPlan, placedPlan } from './openPlan.js';
import { runMadePlan } from './runPlan.js';
import { type PlanPlace, planTraining } from './trainingJobs.js';

/** What is compared, and where; what is given here goes before what the file says. */
export interface AblateStepOptions
  extends Pick<
      RunOptions,
      'data' | 'overrides' | 'weightsFile' | 'limit' | 'excludeUnusable' | 'dataOptions' | 'resume' | 'overwrite'
    >,
    PlanPlace {
  /** File that declares baseline, choices and seeds. */
  readonly ablation: string;
  /** Folder for the runs and the result. */
  readonly out: string;
  /** Draws behind what choices have in common, from 200. Default 5,000. */
  readonly resamples?: number;
  /** Hears what came of each training as soon as it is evaluated: a table that grows. */
  readonly onTrained?: (row: TrainedRow) => void;
}

/** What came of one training of an ablation. */
export interface TrainedRow {
  readonly choice: string;
  readonly seed: number;
  /** Its run folder. */
  readonly run: string;
  readonly seconds: number;
  readonly figures: Readonly<Record<ChoiceFigure, number>>;
  /** What the baseline of this seed came to; null where it isn't done yet. */
  readonly baseline: Readonly<Record<ChoiceFigure, number>> | null;
}

/** ablation.json, with what was written. */
export interface AblateStepResult extends AblationResult {
  /** Files written beside the runs. */
  readonly files: readonly string[];
}

/**
 * Trains a baseline and what differs from it with the same seeds on one split, and compares them on its validation images. It is a plan, whose jobs run beside each other where there is room;
 * on resuming, what is done is not done again, choices and seeds that were added to the file are trained, and a choice that was changed is refused.
 * @throws LesionlabError kind `usage` where the file can't be used, or results are of other settings than it has now; as `trainRun` and `evaluateStep` do
 */
export async function ablateStep(context: StepContext, options: AblateStepOptions): Promise<AblateStepResult> {
  const { out, on, beside, resume, overwrite } = options;
  const opened = await planAblation(context, options);
  const rows = trainedRows(opened, options);
  try {
    await runMadePlan(context, opened, { on, beside, resume, overwrite, command: 'ablate', hear: rows.hear });
  } finally {
    await rows.told();
  }
  const files = ablationFiles(out);
  return { ...(await readJson(files[0], ablationFile)), files };
}

/** Tells of trainings one after another, as they are evaluated. */
function trainedRows({ plan }: OpenedPlan, { out, onTrained }: AblateStepOptions) {
  const { jobs } = plan;
  const compared = jobs.find((job) => job.kind === 'compare-choices')!;
  const { prevalence } = compared.settings as { prevalence?: ComparedPrevalence };
  const read = async (run: string) => {
    const found = await readChoiceRun(join(out, run));
    return {
      figures: measureNetwork(found, prevalence),
      seconds: found.records.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  };
  const tell = async (run: string, seed: number) => {
    const own = await read(run);
    const beside = await read(`baseline/seed-${seed}`).catch(() => null);
    onTrained?.({ choice: run.split('/')[0], seed, run: join(out, run), ...own, baseline: beside?.figures ?? null });
  };
  let last = Promise.resolve();
  return {
    hear(job: PlannedJob, event: JobEvent) {
      if (!onTrained || event.type !== 'ended' || event.outcome.type !== 'done' || job.kind !== 'evaluate') return;
      // What can't be read is told when all are compared.
      last = last.then(() => tell(job.run, job.seed)).catch(() => {});
    },
    told: () => last,
  };
}

/** The plan of an ablation, of which nothing is run. @throws LesionlabError kind `usage` where its file can't be used */
export async function planAblation(context: StepContext, options: AblateStepOptions): Promise<OpenedPlan> {
  const { ablation: path, out, data, overrides, weightsFile, limit, excludeUnusable, dataOptions } = options;
  const common = await planTraining(context, { data, weightsFile, limit, excludeUnusable, dataOptions });
  const { ablation, settings, choices } = await openAblation(path, { overrides, settings: common.settings });
  const { threads, device } = common;
  const seeds = Array.isArray(ablation.seeds)
    ? ablation.seeds
    : Array.from({ length: ablation.seeds }, (_, i) => context.seed + i);
  const jobs: PlannedJob[] = [];
  const trainings = new Map<string, string[]>();
  // Seed by seed, so that a plan that is stopped has whole rounds of all choices.
  for (const seed of seeds)
    for (const { id: choice, settings: own } of choices) {
      const id = `${choice}-seed-${seed}`;
      const run = `${choice}/seed-${seed}`;
      // Pictures of the data are the same in all of them.
      const all = { explore: false, ...settings, ...own, splitSeed: ablation.splitSeed };
      const evaluation = { split: 'validation', scoresOnly: true, resamples: 0 } as const;
      jobs.push({ ...common, id, run, seed, settings: all });
      jobs.push({
        id: `${id}-validation`,
        kind: 'evaluate',
        run,
        seed,
        threads,
        device,
        needs: [id],
        settings: evaluation,
      });
      trainings.set(choice, [...(trainings.get(choice) ?? []), id]);
    }
  const [[, baseline], ...others] = trainings;
  jobs.push({
    id: 'compare',
    kind: 'compare-choices',
    run: '.',
    ...{ seed: context.seed, threads, device },
    needs: jobs.filter(({ kind }) => kind === 'evaluate').map(({ id }) => id),
    settings: {
      baseline,
      choices: others.map(([id, ids]) => ({ id, trainings: ids })),
      figure: ablation.figure,
      prevalence: ablation.prevalence,
      ...(options.resamples !== undefined && { resamples: options.resamples }),
    },
  });
  const made = madePlan('ablate', jobs);
  if (!options.resume) return openedPlan(checkPlan(made, out), out);
  return await placedPlan(made, out, (earlier) => withThreadsOf(earlier, made, options));
}

/** Digits depend on the number of threads: who doesn't ask for another goes on with that of before. */
function withThreadsOf(earlier: Plan, made: Plan, { threadsGiven = false }: PlanPlace): Plan {
  const threads = earlier.jobs.find(({ kind }) => kind === 'train')?.threads;
  if (earlier.made.by !== made.made.by || threadsGiven || threads === undefined) return made;
  return { ...made, jobs: made.jobs.map((job) => ({ ...job, threads })) };
}
